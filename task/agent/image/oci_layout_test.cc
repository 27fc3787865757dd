// The layout that task/agent/image/oci-layout writes, read as a registry's client reads it
// (OCI image-spec 1.0).
#include "base/digest.h"
#include "base/files.h"
#include "base/json.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "base/testing/temp_dir.h"
#include "gmock/gmock.h"

namespace ameide {
namespace {

const Json& At(const Json& json, std::string_view key) {
  static const Json kNone;
  const Json* member = json.Find(key);
  EXPECT_NE(member, nullptr) << key << " in " << json.Dump();
  return member == nullptr ? kNone : *member;
}

std::string Text(const Json& json, std::string_view key) {
  const std::string* text = At(json, key).AsString();
  return text == nullptr ? "" : *text;
}

const Json& Only(const Json& array) {
  static const Json kNone;
  const bool one = array.AsArray() != nullptr && array.AsArray()->size() == 1;
  EXPECT_TRUE(one) << array.Dump();
  return one ? array.AsArray()->front() : kNone;
}

class OciLayoutTest : public ::testing::Test {
 protected:
  OciLayoutTest() {
    Write("amd64", "#!/bin/sh\necho amd64\n");
    Write("arm64", "#!/bin/sh\necho arm64\n");
  }
  void Write(const std::string& name, const std::string& bytes) {
    EXPECT_TRUE(WriteFileAtomically(temp_.path() / name, bytes).ok());
  }
  CommandResult Run(std::vector<std::string> argv) {
    const SystemClock clock;
    Result<CommandResult> result =
        RunCommand({.argv = std::move(argv),
                    .environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}},
                    .directory = temp_.path()},
                   {}, clock);
    EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().ToString());
    return result.ok() ? *result : CommandResult{};
  }
  CommandResult Make(const std::string& folder) {
    return Run({StrCat(AMEIDE_SOURCE_DIR, "/task/agent/image/oci-layout"), folder, "1.2.3",
                "amd64=amd64", "arm64=arm64"});
  }
  // What a descriptor points to; digest and size must be right.
  std::string Blob(const Json& descriptor) {
    const std::string digest = Text(descriptor, "digest");
    EXPECT_TRUE(digest.starts_with("sha256:")) << digest;
    const Result<std::string> bytes =
        ReadFile(temp_.path() / "a/blobs/sha256" / digest.substr(7), 1u << 20);
    EXPECT_TRUE(bytes.ok()) << digest;
    if (!bytes.ok()) return "";
    EXPECT_EQ(StrCat("sha256:", Sha256Hex(*bytes)), digest);
    int64_t size = -1;
    EXPECT_TRUE(At(descriptor, "size").GetInt64(&size));
    EXPECT_EQ(static_cast<size_t>(size), bytes->size());
    return *bytes;
  }
  Json JsonBlob(const Json& descriptor) {
    const std::string bytes = Blob(descriptor);
    const Result<Json> json = ParseJson(bytes);
    EXPECT_TRUE(json.ok()) << bytes;
    if (!json.ok()) return {};
    const Json* type = json->Find("mediaType");
    if (type != nullptr) {
      EXPECT_EQ(*type->AsString(), Text(descriptor, "mediaType"));
    }
    return *json;
  }
  void CheckImage(const Json& descriptor, const std::string& architecture) {
    EXPECT_EQ(Text(At(descriptor, "platform"), "architecture"), architecture);
    const Json manifest = JsonBlob(descriptor);
    const Json config = JsonBlob(At(manifest, "config"));
    EXPECT_EQ(Text(config, "architecture"), architecture);
    EXPECT_EQ(Text(config, "os"), "linux");
    EXPECT_EQ(At(At(config, "config"), "Entrypoint").Dump(), "[\"/ameide-agent\"]");
    const std::string packed = Blob(Only(At(manifest, "layers")));
    Write("layer.gz", packed);
    EXPECT_TRUE(Run({"gzip", "-dk", "layer.gz"}).status.Success());
    EXPECT_EQ(*Only(At(At(config, "rootfs"), "diff_ids")).AsString(),
              StrCat("sha256:", Sha256HexOfFile(temp_.path() / "layer").value()));
    EXPECT_THAT(Run({"tar", "--numeric-owner", "--utc", "-tvf", "layer"}).out,
                ::testing::MatchesRegex("-rwxr-xr-x 0/0 +21 1970-01-01 00:00 ameide-agent\n"));
    EXPECT_EQ(Run({"tar", "-xOf", "layer", "ameide-agent"}).out,
              StrCat("#!/bin/sh\necho ", architecture, "\n"));
    EXPECT_TRUE(RemoveTree(temp_.path() / "layer").ok());
    EXPECT_TRUE(RemoveTree(temp_.path() / "layer.gz").ok());
  }

  testing::TempDir temp_;
};

TEST_F(OciLayoutTest, EveryDigestAndSizeIsRightAndTheLayerHoldsTheProgramAlone) {
  const CommandResult made = Make("a");
  ASSERT_TRUE(made.status.Success()) << made.err;
  EXPECT_EQ(ReadFile(temp_.path() / "a/oci-layout", 100).value(),
            "{\"imageLayoutVersion\":\"1.0.0\"}");
  const Json top = ParseJson(ReadFile(temp_.path() / "a/index.json", 1u << 20).value()).value();
  const Json& named = Only(At(top, "manifests"));
  EXPECT_EQ(StrCat(Text(named, "digest"), "\n"), made.out);
  EXPECT_EQ(Text(At(named, "annotations"), "org.opencontainers.image.ref.name"), "1.2.3");
  const Json index = JsonBlob(named);
  const Json::Array* images = At(index, "manifests").AsArray();
  ASSERT_TRUE(images != nullptr && images->size() == 2);
  CheckImage((*images)[0], "amd64");
  CheckImage((*images)[1], "arm64");
}

TEST_F(OciLayoutTest, TwoRunsGiveEqualBytes) {
  const CommandResult first = Make("a");
  Run({"touch", "-d", "2001-02-03", "amd64"});
  Run({"chmod", "0600", "arm64"});
  const CommandResult second = Make("b");
  const CommandResult again = Make("b");
  EXPECT_EQ(first.out, second.out);
  EXPECT_EQ(first.out, again.out);
  const CommandResult compared = Run({"diff", "-r", "a", "b"});
  EXPECT_TRUE(compared.status.Success()) << compared.out;
}

TEST_F(OciLayoutTest, WhatIsMissingFails) {
  const std::string program = StrCat(AMEIDE_SOURCE_DIR, "/task/agent/image/oci-layout");
  EXPECT_EQ(Run({program, "c"}).status.code, 2);
  EXPECT_EQ(Run({program, "c", "a\"b", "amd64=amd64"}).status.code, 2);
  EXPECT_FALSE(Run({program, "c", "1", "amd64=none"}).status.Success());
  EXPECT_FALSE(Exists(temp_.path() / "c/index.json"));
}

}  // namespace
}  // namespace ameide
