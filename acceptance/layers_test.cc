// The arrows of the house: an #include may only follow one. Adding an arrow is adding a word to the
// table below, in a change that somebody reads.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/strings.h"
#include "gtest/gtest.h"

namespace ameide {
namespace {

struct Room {
  std::string folder;
  std::set<std::string> sees;            // besides itself
  std::set<std::string> tests_see = {};  // what only its tests may include, too
};

// A file belongs to the room with the longest matching folder.
const std::vector<Room>& Rooms() {
  static const std::vector<Room> kRooms = {
      {"base", {}},
      {"base/http", {"base"}},
      {"profiles", {}},
      {"task/contract", {"base"}, {"profiles"}},
      {"task/git", {"base", "task/contract"}},
      {"task/evidence", {"base", "task/contract"}},
      {"task/agent", {"base", "profiles", "task/contract", "task/evidence", "task/git"}},
      {"task/serve", {"base", "base/http", "task/contract"}},
      {"task/executor", {"base", "base/http", "task/contract"}},
      {"task/agent/main.cc", {"base", "task/agent", "task/executor", "task/publish", "task/serve"}},
      {"task/coder", {"base", "base/http"}},
      {"task/publish", {"base", "task/contract", "task/evidence", "task/git"}},
      {"task/launcher", {"base", "profiles", "task/contract", "task/evidence"}, {"task/publish"}},
      {"task/launcher/coder",
       {"base", "base/http", "task/coder", "task/contract", "task/evidence", "task/launcher"}},
      {"task/launcher/main.cc",
       {"base", "base/http", "profiles", "task/agent", "task/coder", "task/contract",
        "task/evidence", "task/launcher", "task/launcher/coder", "task/publish"}},
      {"provider/proto", {}},
      {"provider/framework", {"base"}},
      {"provider/wire", {"base", "provider/framework", "provider/proto"}},
      {"provider/plugin", {"base", "provider/proto"}},
      {"provider/resources",
       {"base", "provider/framework", "task/contract", "task/launcher"},
       {"profiles"}},
      {"provider/main.cc",
       {"base", "base/http", "profiles", "provider/framework", "provider/wire", "provider/plugin",
        "provider/resources", "task/agent", "task/coder", "task/launcher", "task/launcher/coder",
        "task/publish"}},
      {"generator/hcl", {"base"}},
      {"generator", {"base", "generator/hcl", "profiles", "task/contract"}},
      {"generator/push", {"base", "base/http", "generator", "task/coder", "task/contract"}},
      {"generator/main.cc", {"base", "generator", "generator/push"}},
      {"acceptance",
       {"base", "profiles", "task/contract", "task/evidence", "task/launcher", "provider/framework",
        "provider/resources", "generator", "acceptance/coder_simulator", "task/launcher/coder"},
       {"task/publish"}},
      {"acceptance/bench",
       {"base", "base/http", "profiles", "provider/plugin", "task/contract", "task/evidence",
        "task/launcher", "task/launcher/coder", "generator", "acceptance/coder_simulator"}},
      {"acceptance/coder_simulator", {"base", "base/http", "task/contract"}},
      {"acceptance/schema_provider",
       {"base", "provider/framework", "provider/plugin", "provider/proto", "provider/wire"}},
  };
  return kRooms;
}

// Which headers of a foreign library may be included where: its door files.
const std::map<std::string, std::vector<std::string>>& Doors() {
  static const std::map<std::string, std::vector<std::string>> kDoors = {
      {"nlohmann/", {"base/json.cc"}},
      {"boost/", {"base/http/"}},
      {"openssl/",
       {"base/digest.cc", "base/http/", "provider/plugin/auto_mtls.cc",
        "task/evidence/signature.cc"}},
      {"yaml-cpp/", {"task/contract/yaml_json.cc"}},
      {"pugixml.hpp", {"task/contract/test_counts.cc"}},
      {"re2/",
       {"acceptance/coder_simulator/rules.cc", "provider/framework/checks.cc",
        "task/contract/executor_rules.cc"}},
      {"CLI/",
       {"generator/cli.cc", "task/agent/agent_main.cc", "task/executor/tool_main.cc",
        "task/launcher/command_line.cc", "task/publish/publish_main.cc",
        "task/serve/serve_main.cc"}},
      {"google/protobuf/", {"provider/wire/", "provider/plugin/", "provider/proto/"}},
      {"grpc", {"provider/wire/", "provider/plugin/", "provider/proto/"}},
  };
  return kDoors;
}

const Room* RoomOf(const std::string& path) {
  const Room* best = nullptr;
  for (const Room& room : Rooms()) {
    const bool inside = path == room.folder || path.starts_with(room.folder + "/");
    if (inside && (best == nullptr || room.folder.size() > best->folder.size())) best = &room;
  }
  return best;
}

std::vector<std::string> SourceFiles() {
  std::vector<std::string> files;
  const fs::path root = AMEIDE_SOURCE_DIR;
  for (const char* top : {"base", "profiles", "task", "provider", "generator", "acceptance"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      const std::string extension = entry.path().extension().string();
      if (entry.is_regular_file() && (extension == ".cc" || extension == ".h")) {
        files.push_back(fs::relative(entry.path(), root).generic_string());
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string Read(const std::string& file) {
  return ReadFile(fs::path(AMEIDE_SOURCE_DIR) / file, 8u << 20).value();
}

struct Include {
  std::string path;
  bool quoted = false;
};

std::vector<Include> IncludesOf(const std::string& text) {
  std::vector<Include> includes;
  for (std::string_view line : StrSplit(text, '\n')) {
    if (!line.starts_with("#include ")) continue;
    line.remove_prefix(9);
    const char close = line.front() == '"' ? '"' : '>';
    const size_t end = line.find(close, 1);
    if (end == std::string_view::npos) continue;
    includes.push_back({std::string(line.substr(1, end - 1)), close == '"'});
  }
  return includes;
}

bool IsTestOnly(const std::string& file) {
  return file.find("/testing/") != std::string::npos || file.ends_with("_test.cc") ||
         file.ends_with("_fuzz.cc");
}

TEST(Layers, EveryFileBelongsToARoom) {
  for (const std::string& file : SourceFiles()) EXPECT_NE(RoomOf(file), nullptr) << file;
}

TEST(Layers, IncludesFollowTheArrows) {
  size_t followed = 0;
  for (const std::string& file : SourceFiles()) {
    const Room* from = RoomOf(file);
    if (from == nullptr) continue;
    for (const Include& include : IncludesOf(Read(file))) {
      const Room* to = include.quoted ? RoomOf(include.path) : nullptr;
      if (to == nullptr || to == from) continue;
      ++followed;
      EXPECT_TRUE(from->sees.contains(to->folder) ||
                  (IsTestOnly(file) && from->tests_see.contains(to->folder)))
          << file << " includes " << include.path << ", but " << from->folder << " may not see "
          << to->folder;
    }
  }
  EXPECT_GT(followed, 100u) << "hardly an include was found: is the source directory right?";
}

TEST(Layers, ShippedCodeNeverIncludesTestCode) {
  for (const std::string& file : SourceFiles()) {
    if (IsTestOnly(file) || file.starts_with("acceptance/")) continue;
    for (const Include& include : IncludesOf(Read(file))) {
      EXPECT_EQ(include.path.find("/testing/"), std::string::npos)
          << file << " includes " << include.path;
    }
  }
}

TEST(Layers, ForeignTypesStopAtTheirDoors) {
  for (const std::string& file : SourceFiles()) {
    if (IsTestOnly(file)) continue;
    for (const Include& include : IncludesOf(Read(file))) {
      for (const auto& [library, doors] : Doors()) {
        if (!include.path.starts_with(library)) continue;
        const bool at_door = std::any_of(doors.begin(), doors.end(), [&](const std::string& door) {
          return door.ends_with('/') ? file.starts_with(door) : file == door;
        });
        EXPECT_TRUE(at_door) << file << " includes " << include.path << "; go through "
                             << doors.front();
      }
    }
  }
}

TEST(Layers, FilesStayReadable) {
  for (const std::string& file : SourceFiles()) {
    const std::string text = Read(file);
    EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 450) << file << ": split it";
  }
}

TEST(Layers, NoHeaderLacksItsGuard) {
  for (const std::string& file : SourceFiles()) {
    if (!file.ends_with(".h")) continue;
    EXPECT_NE(Read(file).find("#pragma once"), std::string::npos) << file;
  }
}

}  // namespace
}  // namespace ameide
