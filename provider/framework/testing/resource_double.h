// A resource and a data source whose verbs are functions a test sets, over schemas that have one
// attribute of every kind the framework treats differently.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/testing/fake_clock.h"
#include "provider/framework/checks.h"
#include "provider/framework/server.h"

namespace ameide::framework::testing {

inline Schema ThingSchema() {
  return {
      .version = 2,
      .description = "A thing.",
      .attributes = {
          {.name = "id", .type = Type::String(), .computed = true, .description = "Its id."},
          {.name = "name",
           .type = Type::String(),
           .required = true,
           .description = "Its name.",
           .on_change = OnChange::kReplace},
          {.name = "size",
           .type = Type::Number(),
           .optional = true,
           .computed = true,
           .default_value = Value::Number(1)},
          {.name = "etag", .type = Type::String(), .computed = true, .unknown_on_update = true},
          {.name = "zone",
           .type = Type::String(),
           .optional = true,
           .computed = true,
           .on_change = OnChange::kReplace},
          {.name = "secret",
           .type = Type::String(),
           .optional = true,
           .sensitive = true,
           .write_only = true,
           .checks = {MatchesRe2("[a-z-]*", "must be of small letters")}},
          {.name = "tags", .type = Type::Map(Type::String()), .optional = true},
          {.name = "repository",
           .nested =
               NestedAttributes{
                   .mode = Nesting::kSingle,
                   .attributes = {{.name = "url",
                                   .type = Type::String(),
                                   .required = true,
                                   .on_change = OnChange::kReplace},
                                  {.name = "ref",
                                   .type = Type::String(),
                                   .optional = true,
                                   .computed = true,
                                   .default_value = Value::String("HEAD")},
                                  {.name = "commit", .type = Type::String(), .computed = true}}},
           .optional = true},
          {.name = "files",
           .nested =
               NestedAttributes{
                   .mode = Nesting::kList,
                   .attributes = {{.name = "path", .type = Type::String(), .required = true},
                                  {.name = "digest", .type = Type::String(), .computed = true}}},
           .optional = true},
          {.name = "report",
           .nested = NestedAttributes{.mode = Nesting::kSingle,
                                      .attributes = {{.name = "path",
                                                      .type = Type::String(),
                                                      .optional = true,
                                                      .computed = true}}},
           .optional = true,
           .computed = true}}};
}

inline IdentitySchema ThingIdentity() {
  return {.version = 0,
          .attributes = {{.name = "id", .type = Type::String(), .required_for_import = true}}};
}

inline Value Text(std::string text) { return Value::String(std::move(text)); }

// A thing with some attributes; the others are null.
inline Value Thing(Value::Entries attributes) {
  return Value::Object(TypeOf(ThingSchema()), std::move(attributes));
}
inline Value NoThing() { return Value::Null(TypeOf(ThingSchema())); }
inline Value Unknown() { return Value::Unknown(Type::String()); }

inline Value Nested(std::string_view attribute, Value::Entries children) {
  Type type = TypeOf(ThingSchema()).attributes().find(attribute)->second;
  if (!type.is_object()) type = type.element();
  return Value::Object(type, std::move(children));
}
inline Value Files(Value::Elements files) {
  return Value::List(TypeOf(ThingSchema()).attributes().at("files").element(), std::move(files));
}
inline Value Identity(std::string id) { return Value::Object({{"id", Text(std::move(id))}}); }

struct Verbs {
  std::function<void(const Context&, const Value&, Diagnostics&)> validate;
  std::function<void(const Context&, const PlanRequest&, PlanResponse&)> modify_plan;
  std::function<ChangeResult(const Context&, const CreateRequest&)> create;
  std::function<ChangeResult(const Context&, const UpdateRequest&)> update;
  std::function<ReadResult(const Context&, const ReadRequest&)> read;
  std::function<DeleteResult(const Context&, const DeleteRequest&)> remove;
};

// Calls through to `verbs`, which must outlive it.
class ResourceDouble final : public Resource {
 public:
  explicit ResourceDouble(const Verbs& verbs) : verbs_(verbs) {}
  Schema schema() const override { return ThingSchema(); }
  void Validate(const Context& context, const Value& config, Diagnostics& out) const override {
    if (verbs_.validate) verbs_.validate(context, config, out);
  }
  void ModifyPlan(const Context& context, const PlanRequest& request,
                  PlanResponse& response) const override {
    if (verbs_.modify_plan) verbs_.modify_plan(context, request, response);
  }
  ChangeResult Create(const Context& context, const CreateRequest& request) const override {
    return verbs_.create(context, request);
  }
  ChangeResult Update(const Context& context, const UpdateRequest& request) const override {
    return verbs_.update(context, request);
  }
  ReadResult Read(const Context& context, const ReadRequest& request) const override {
    return verbs_.read(context, request);
  }
  DeleteResult Delete(const Context& context, const DeleteRequest& request) const override {
    return verbs_.remove(context, request);
  }

 private:
  const Verbs& verbs_;
};

inline Schema LookSchema() {
  return {.description = "A look at a thing.",
          .attributes = {
              {.name = "name", .type = Type::String(), .required = true, .checks = {NotEmpty()}},
              {.name = "zone", .type = Type::String(), .optional = true, .computed = true},
              {.name = "filter",
               .nested =
                   NestedAttributes{
                       .mode = Nesting::kSingle,
                       .attributes = {{.name = "tag", .type = Type::String(), .optional = true}}},
               .optional = true},
              {.name = "size", .type = Type::Number(), .computed = true}}};
}
inline Value Look(Value::Entries attributes) {
  return Value::Object(TypeOf(LookSchema()), std::move(attributes));
}

struct DataVerbs {
  std::function<void(const Context&, const Value&, Diagnostics&)> validate;
  std::function<DataResult(const Context&, const Value&)> read;
};

// Calls through to `verbs`, which must outlive it.
class DataSourceDouble final : public DataSource {
 public:
  explicit DataSourceDouble(const DataVerbs& verbs) : verbs_(verbs) {}
  Schema schema() const override { return LookSchema(); }
  void Validate(const Context& context, const Value& config, Diagnostics& out) const override {
    if (verbs_.validate) verbs_.validate(context, config, out);
  }
  DataResult Read(const Context& context, const Value& config) const override {
    return verbs_.read(context, config);
  }

 private:
  const DataVerbs& verbs_;
};

// A server with the one resource test_thing and the one data source test_look, and what they need.
// Verbs may be set at any time, the rest before the first call of server().
class ServerFixture {
 public:
  Server& server() {
    if (!server_) server_ = std::make_unique<Server>(Definition(), clock_, log_);
    return *server_;
  }

  Verbs thing;
  DataVerbs look;
  ImportFunction import;
  bool with_identity = true;
  ProviderDefinition provider = {
      .name = "test",
      .version = "1.2.3",
      .schema = {.attributes = {{.name = "url", .type = Type::String(), .optional = true}}}};

 private:
  ProviderDefinition Definition() {
    ResourceEntry entry;
    entry.type_name = "test_thing";
    entry.resource = std::make_unique<ResourceDouble>(thing);
    if (with_identity) entry.identity = ThingIdentity();
    entry.import = import;
    entry.upgraders[0] = {.prior_type = Type::Object({{"title", Type::String()}}),
                          .upgrade = [](const Value& old) -> Result<Value> {
                            return Thing({{"name", old.Attribute("title")}});
                          }};
    entry.upgraders[1] = {.prior_type = Type::Object({}),
                          .upgrade = [](const Value&) -> Result<Value> {
                            return Thing({{"name", Unknown()}, {"secret", Text("s")}});
                          }};
    provider.resources.push_back(std::move(entry));
    provider.data_sources.push_back({"test_look", std::make_unique<DataSourceDouble>(look)});
    return std::move(provider);
  }

  ameide::testing::FakeClock clock_;
  Log log_ = Log(LogLevel::kOff, "", clock_, nullptr);
  std::unique_ptr<Server> server_;
};

}  // namespace ameide::framework::testing
