// What a stand-in answers where the real provider would decide or look something up. Pure.
//
// Values must be of the schema's type; null objects (a destroy) stay null.
#pragma once

#include <string>
#include <string_view>

#include "acceptance/schema_provider/recorded_schema.h"
#include "base/environment.h"
#include "provider/framework/value.h"

namespace ameide::acceptance {

// The proposed new state with every computed null turned into unknown, also inside blocks.
framework::Value PlannedState(const RecordedSchema& schema, const framework::Value& proposed);

// The planned state with every computed unknown made known: text is "<type>.<attribute>", numbers
// are 0, collections are empty.
framework::Value AppliedState(std::string_view type_name, const RecordedSchema& schema,
                              const framework::Value& planned);

// What is read for a data source's configuration. The coder provider's three sources answer as in
// a start build (of a stop build when CODER_WORKSPACE_TRANSITION says so): a parameter is worth
// its CODER_PARAMETER_<sha256 of its name> variable, else its default, else nothing.
framework::Value DataSourceState(std::string_view type_name, const RecordedSchema& schema,
                                 const framework::Value& config, const Environment& environment);

}  // namespace ameide::acceptance
