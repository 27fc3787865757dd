// The Registry's pages are made here from the schemas and the examples, and must be what is
// committed in docs/. AMEIDE_UPDATE_GOLDENS=1 writes them anew.
#include "base/files.h"
#include "base/strings.h"
#include "base/testing/golden.h"
#include "gtest/gtest.h"
#include "provider/framework/docs.h"
#include "provider/resources/profile_data_source.h"
#include "provider/resources/provider_settings.h"
#include "provider/resources/task_schema.h"
#include "provider/resources/template_data_source.h"

namespace ameide::resources {
namespace {

std::string Example(const std::string& file) {
  return ReadFile(fs::path(AMEIDE_SOURCE_DIR) / "examples" / file, 1 << 20).value();
}

std::string Page(std::string_view title, const framework::Schema& schema,
                 const std::string& example) {
  return StrCat("---\npage_title: \"", title, "\"\ndescription: |-\n  ",
                schema.description.substr(0, schema.description.find('.') + 1), "\n---\n\n# ",
                StrReplaceAll(title, "_", "\\_"), "\n\n", schema.description,
                "\n\n## Example Usage\n\n```terraform\n", example, "```\n\n",
                framework::SchemaMarkdown(schema));
}

TEST(RegistryDocs, ProviderPageIsMadeFromTheSchema) {
  EXPECT_GOLDEN(Page("ameide Provider", ProviderSchema(), Example("provider/provider.tf")),
                "docs/index.md");
}

TEST(RegistryDocs, TaskPageIsMadeFromTheSchema) {
  const std::string page =
      Page("ameide_task (Resource)", TaskSchema(), Example("resources/ameide_task/resource.tf"));
  EXPECT_GOLDEN(StrCat(page, "\n## Import\n\n```shell\n",
                       Example("resources/ameide_task/import.sh"), "```\n"),
                "docs/resources/task.md");
}

TEST(RegistryDocs, ProfilePageIsMadeFromTheSchema) {
  EXPECT_GOLDEN(Page("ameide_profile (Data Source)", ProfileSchema(),
                     Example("data-sources/ameide_profile/data-source.tf")),
                "docs/data-sources/profile.md");
}

TEST(RegistryDocs, TemplatePageIsMadeFromTheSchema) {
  EXPECT_GOLDEN(Page("ameide_template (Data Source)", TemplateSchema(),
                     Example("data-sources/ameide_template/data-source.tf")),
                "docs/data-sources/template.md");
}

}  // namespace
}  // namespace ameide::resources
