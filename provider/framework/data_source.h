// What a data source is to the framework: a schema and a look. Source: tfplugin6 6.11.
//
// Terraform looks during the plan when the configuration is known and nothing that it depends on
// is about to change, else during the apply; possibly in every run (rule F-1).
#pragma once

#include <memory>
#include <string>

#include "provider/framework/resource.h"

namespace ameide::framework {

// Null without an error is a bug: what is not there is an error. Everything in it is known.
// Configured attributes may be left out: the framework answers them as they were configured.
struct DataResult {
  Value state;
  Diagnostics diagnostics;
};

// Methods are called from many threads at once and block as long as they need. An exception that
// escapes is reported as a bug of the provider.
class DataSource {
 public:
  virtual ~DataSource() = default;

  virtual Schema schema() const = 0;  // asked once; must not depend on configuration

  // Beyond the checks of single attributes. Anything may be unknown; the provider is not
  // configured.
  virtual void Validate(const Context&, const Value& config, Diagnostics&) const {
    static_cast<void>(config);
  }
  // `config` is wholly known. Without effects: called as often as Terraform likes.
  virtual DataResult Read(const Context&, const Value& config) const = 0;
};

struct DataSourceEntry {
  std::string type_name;
  std::unique_ptr<const DataSource> data_source;
};

}  // namespace ameide::framework
