// The "Schema" part of a documentation page in the Terraform Registry's Markdown form.
#pragma once

#include <string>

#include "provider/framework/schema.h"

namespace ameide::framework {

// Required, Optional and Read-Only lists, then one section per nested attribute with an anchor.
// Pure; attributes keep the schema's order. Ends with a newline.
std::string SchemaMarkdown(const Schema& schema);

}  // namespace ameide::framework
