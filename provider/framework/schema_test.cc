#include "provider/framework/schema.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "provider/framework/docs.h"
#include "provider/framework/testing/resource_double.h"

namespace ameide::framework {
namespace {

using ::testing::HasSubstr;

TEST(Schema, TypeFollowsNesting) {
  const Type type = TypeOf(testing::ThingSchema());
  EXPECT_EQ(type.attributes().at("files").ToString(),
            "list(object({digest = string, path = string}))");
  EXPECT_EQ(type.attributes().at("report").ToString(), "object({path = string})");
  EXPECT_EQ(TypeOf(testing::ThingIdentity()).ToString(), "object({id = string})");
}

TEST(CheckSchema, AcceptsAValidOne) {
  EXPECT_EQ(CheckSchema(testing::ThingSchema(), SchemaUse::kResource).Dump(), "");
  EXPECT_EQ(CheckSchema(testing::ThingIdentity()).Dump(), "");
}

TEST(CheckSchema, NamesTheBrokenRule) {
  const Type text = Type::String();
  const struct {
    Attribute attribute;
    SchemaUse use;
    const char* want;
  } cases[] = {
      {{.name = "a", .type = text}, SchemaUse::kResource, "(S-2)"},
      {{.name = "a", .type = text, .required = true, .optional = true},
       SchemaUse::kResource,
       "(S-2)"},
      {{.name = "a", .type = text, .required = true, .computed = true},
       SchemaUse::kResource,
       "(S-2)"},
      {{.name = "A", .type = text, .required = true}, SchemaUse::kResource, "(S-3)"},
      {{.name = "", .type = text, .required = true}, SchemaUse::kResource, "(S-3)"},
      {{.name = "count", .type = text, .required = true}, SchemaUse::kResource, "(S-3)"},
      {{.name = "alias", .type = text, .required = true}, SchemaUse::kProvider, "(S-3)"},
      {{.name = "a", .type = text, .optional = true, .computed = true, .write_only = true},
       SchemaUse::kResource,
       "(S-10)"},
      {{.name = "a", .type = text, .optional = true, .write_only = true},
       SchemaUse::kProvider,
       "(S-10)"},
      {{.name = "a", .type = text, .optional = true, .default_value = Value::String("")},
       SchemaUse::kResource,
       "(P-5)"},
      {{.name = "a",
        .type = text,
        .optional = true,
        .computed = true,
        .default_value = Value::Number(1)},
       SchemaUse::kResource,
       "another type"},
      {{.name = "a", .type = text, .required = true, .unknown_on_update = true},
       SchemaUse::kResource,
       "computed value"},
      {{.name = "a", .type = text, .computed = true, .on_change = OnChange::kReplace},
       SchemaUse::kResource,
       "replacement"},
      {{.name = "a", .type = text, .computed = true}, SchemaUse::kProvider, "provider's"},
      {{.name = "a", .type = Type::List(Type::Dynamic()), .required = true},
       SchemaUse::kResource,
       "(V-13)"},
      {{.name = "a",
        .nested = NestedAttributes{.attributes = {{.name = "b", .type = text}}},
        .required = true},
       SchemaUse::kResource,
       "a.b: must be"},
  };
  for (const auto& c : cases) {
    const Schema schema = {.attributes = {c.attribute}};
    EXPECT_THAT(CheckSchema(schema, c.use).Dump(), HasSubstr(c.want)) << c.attribute.name;
  }
  const Attribute a = {.name = "a", .type = text, .required = true};
  EXPECT_THAT(CheckSchema({.attributes = {a, a}}, SchemaUse::kResource).Dump(),
              HasSubstr("two attributes"));
  EXPECT_THAT(CheckSchema({.version = -1}, SchemaUse::kResource).Dump(), HasSubstr("(S-8)"));
}

TEST(CheckSchema, KnowsTheRulesOfIdentities) {  // S-12
  const auto check = [](IdentityAttribute attribute) {
    return CheckSchema(IdentitySchema{.attributes = {std::move(attribute)}}).Dump();
  };
  EXPECT_EQ(check({.name = "a", .type = Type::List(Type::String()), .optional_for_import = true}),
            "");
  EXPECT_THAT(check({.name = "a", .type = Type::Map(Type::String()), .required_for_import = true}),
              HasSubstr("primitive"));
  EXPECT_THAT(check({.name = "a", .type = Type::String()}), HasSubstr("required or optional"));
  EXPECT_THAT(CheckSchema(IdentitySchema{}).Dump(), HasSubstr("needs an attribute"));
}

TEST(CheckDefinition, KnowsTheRulesBetweenResources) {
  const testing::Verbs verbs;
  ProviderDefinition definition = {.name = "test"};
  const auto add = [&](std::string name) {
    ResourceEntry entry;
    entry.type_name = std::move(name);
    entry.resource = std::make_unique<testing::ResourceDouble>(verbs);
    definition.resources.push_back(std::move(entry));
  };
  add("test_a");
  add("test_a");
  add("other_b");
  const std::string problems = CheckDefinition(definition).Dump();
  EXPECT_THAT(problems, HasSubstr("test_a: defined twice"));
  EXPECT_THAT(problems, HasSubstr("other_b: its name must start with test_"));
  EXPECT_THAT(problems, HasSubstr("schema version 1 cannot be upgraded"));
}

TEST(WithoutWriteOnly, NullsThemAtEveryDepth) {  // S-10
  const std::vector<Attribute> attributes = {
      {.name = "list",
       .nested = NestedAttributes{.mode = Nesting::kList,
                                  .attributes = {{.name = "pin",
                                                  .type = Type::String(),
                                                  .optional = true,
                                                  .write_only = true}}},
       .optional = true},
      {.name = "map",
       .nested = NestedAttributes{.mode = Nesting::kMap,
                                  .attributes = {{.name = "pin",
                                                  .type = Type::String(),
                                                  .optional = true,
                                                  .write_only = true}}},
       .optional = true}};
  const Value pin = Value::Object({{"pin", Value::String("1234")}});
  const Value value = Value::Object({{"list", Value::List(pin.type(), {pin, pin})},
                                     {"map", Value::Map(pin.type(), {{"k", pin}})}});
  EXPECT_EQ(WithoutWriteOnly(attributes, value).Dump(),
            "{list = [{pin = null}, {pin = null}], map = {\"k\" = {pin = null}}}");
}

TEST(SchemaMarkdown, ListsAttributesAndNestedSections) {
  EXPECT_EQ(SchemaMarkdown(testing::ThingSchema()),
            R"(## Schema

### Required

- `name` (String) Its name. Changing this makes a new object.

### Optional

- `size` (Number) Default: `1`.
- `zone` (String) Changing this makes a new object.
- `secret` (String, Sensitive, Write-only)
- `tags` (Map of String)
- `repository` (Attributes) (see [below for nested schema](#nestedatt--repository))
- `files` (Attributes List) (see [below for nested schema](#nestedatt--files))
- `report` (Attributes) (see [below for nested schema](#nestedatt--report))

### Read-Only

- `id` (String) Its id.
- `etag` (String)

<a id="nestedatt--repository"></a>
### Nested Schema for `repository`

Required:

- `url` (String) Changing this makes a new object.

Optional:

- `ref` (String) Default: `"HEAD"`.

Read-Only:

- `commit` (String)

<a id="nestedatt--files"></a>
### Nested Schema for `files`

Required:

- `path` (String)

Read-Only:

- `digest` (String)

<a id="nestedatt--report"></a>
### Nested Schema for `report`

Optional:

- `path` (String)
)");
}

}  // namespace
}  // namespace ameide::framework
