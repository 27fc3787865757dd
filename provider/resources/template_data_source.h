// The data source ameide_template: whether Coder has a profile's template, and whether its active
// version is the one in a folder.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "provider/framework/data_source.h"
#include "provider/resources/engine.h"

namespace ameide::resources {

struct TemplateQuery {
  std::string name;
  std::optional<fs::path> directory;             // of the template's files, to compare with
  std::map<std::string, std::string> variables;  // that it was pushed with
};

// Strings of a template that does not exist are empty.
struct TemplateStatus {
  bool exists = false;
  std::string id;
  std::string active_version;  // its name
  std::string active_version_id;
  std::string deprecation_message;
  bool deprecated = false;
  std::string digest;  // of query.directory and query.variables; empty without a directory
  bool up_to_date = false;
};

// Asks Coder. Of a missing template the status says so; errors are about the server, the
// credentials or the folder.
using TemplateLook = std::function<Result<TemplateStatus>(
    const ProviderSettings& settings, const TemplateQuery& query, std::stop_token stop)>;

framework::Schema TemplateSchema();

// `engine` must outlive the entry.
framework::DataSourceEntry TemplateDataSource(const EngineSlot& engine, TemplateLook look);

}  // namespace ameide::resources
