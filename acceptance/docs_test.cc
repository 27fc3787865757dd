// What README, CONTRIBUTING, docs/ and examples/ say about links, rooms and commands is so.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/environment.h"
#include "base/files.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "gtest/gtest.h"

namespace ameide::acceptance {
namespace {

using ::testing::HasSubstr;

const fs::path kRoot = AMEIDE_SOURCE_DIR;

std::string Read(const fs::path& file) { return ReadFile(kRoot / file, 1u << 20).value(); }

// Paths below the root, without what a build or a run leaves there.
std::vector<fs::path> FilesBelow(const char* folder, std::string_view name_end) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
    const fs::path path = fs::relative(entry.path(), kRoot);
    const std::string text = path.generic_string();
    if (text.ends_with(name_end) && text.find("/.") == std::string::npos) files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<fs::path> Pages() {
  std::vector<fs::path> pages = {"README.md", "CONTRIBUTING.md"};
  for (const char* folder : {"docs", "examples"}) {
    for (const fs::path& page : FilesBelow(folder, ".md")) pages.push_back(page);
  }
  return pages;
}

// What stands behind "](", outside of code blocks.
std::set<std::string> LinksOf(const fs::path& page) {
  std::set<std::string> links;
  const std::string text = Read(page);
  const auto lines = StrSplit(text, '\n');
  bool code = false;
  for (std::string_view line : lines) {
    if (line.starts_with("```")) code = !code;
    for (size_t at = line.find("]("); !code && at != line.npos; at = line.find("](", at + 2)) {
      links.emplace(line.substr(at + 2, line.find(')', at) - at - 2));
    }
  }
  return links;
}

// "## The phase `pr`" → "the-phase-pr", as Git servers name a heading.
std::set<std::string> AnchorsOf(const fs::path& page) {
  std::set<std::string> anchors;
  const std::string text = Read(page);
  for (std::string_view line : StrSplit(text, '\n')) {
    if (line.starts_with("<a id=\"")) anchors.emplace(line.substr(7, line.find('"', 7) - 7));
    if (!line.starts_with("#")) continue;
    line.remove_prefix(std::min(line.find(' '), line.size() - 1) + 1);
    std::string anchor;
    for (char c : AsciiLower(line)) {
      if (IsAsciiAlnum(c) || c == '-' || c == '_') anchor += c;
      if (c == ' ') anchor += '-';
    }
    anchors.insert(anchor);
  }
  return anchors;
}

// The words in small letters that follow `before`: "./dev " → {"setup", "test", …}.
std::set<std::string> WordsAfter(std::string_view text, std::string_view before) {
  std::set<std::string> words;
  for (size_t at = text.find(before); at != text.npos; at = text.find(before, at + 1)) {
    const size_t start = at + before.size();
    size_t end = start;
    while (end < text.size() && text[end] >= 'a' && text[end] <= 'z') ++end;
    if (end > start) words.emplace(text.substr(start, end - start));
  }
  return words;
}

std::string HelpOf(std::vector<std::string> argv) {
  argv.front() = StrCat(AMEIDE_BUILD_DIR, "/bin/", argv.front());
  argv.push_back("--help");
  const std::string what = StrJoin(argv, " ");
  const auto help = RunCommand(
      {.argv = std::move(argv), .environment = {{"PATH", Get(ProcessEnvironment(), "PATH")}}}, {},
      SystemClock());
  EXPECT_TRUE(help.ok() && help->status.Success()) << what;
  return help.ok() ? help->out : "";
}

const std::vector<std::string> kPrograms = {"ameide-agent", "ameide-launcher", "ameide-templates"};

std::set<std::string> VerbsOf(const std::string& program) {
  const std::string text = HelpOf({program});
  std::set<std::string> verbs;
  const size_t list = text.find("\nSubcommands:\n");
  if (list != text.npos) verbs = WordsAfter(text.substr(list), "\n  ");
  // Those that bring a help of their own, separated by commas.
  const size_t more = text.find("help of their own: ");
  if (more != text.npos) verbs.merge(WordsAfter(text.substr(text.find(':', more)), " "));
  EXPECT_GE(verbs.size(), 6u) << program;
  return verbs;
}

// Code that starts with the program's name, as words; `[--x Y]` counts as `--x Y`.
std::vector<std::vector<std::string>> CommandsOf(const fs::path& page, const std::string& program) {
  std::vector<std::vector<std::string>> commands;
  const std::string text = StrReplaceAll(Read(page), "\\\n", " ");
  for (const std::string_view before : {"\n", "\n   ", "`", "exec "}) {
    const std::string start = StrCat(before, program, " ");
    for (size_t at = text.find(start); at != text.npos; at = text.find(start, at + 1)) {
      const size_t from = at + before.size();
      const std::string code = text.substr(from, text.find_first_of("`\n#>|;", from) - from);
      commands.emplace_back();
      for (std::string_view word : StrSplit(code, ' ')) {
        if (word.starts_with('[')) word.remove_prefix(1);
        if (!word.empty()) commands.back().emplace_back(word.substr(0, word.find_first_of("]=")));
      }
    }
  }
  return commands;
}

TEST(Docs, LinksLeadSomewhere) {
  size_t count = 0;
  for (const fs::path& page : Pages()) {
    for (const std::string& link : LinksOf(page)) {
      if (link.find("://") != link.npos) continue;
      ++count;
      const size_t hash = link.find('#');
      const std::string file = link.substr(0, hash);
      const fs::path target = file.empty() ? page : (page.parent_path() / file).lexically_normal();
      EXPECT_TRUE(fs::exists(kRoot / target)) << page << ": " << link;
      if (hash == link.npos || !fs::exists(kRoot / target)) continue;
      EXPECT_TRUE(AnchorsOf(target).contains(link.substr(hash + 1))) << page << ": " << link;
    }
  }
  EXPECT_GT(count, 40u);
}

TEST(Docs, TheReadmeLinksEveryPage) {
  std::set<std::string> linked = LinksOf("README.md");
  for (const fs::path& page : Pages()) {
    if (page == "README.md") continue;
    EXPECT_TRUE(linked.contains(page.generic_string())) << page;
  }
}

TEST(Docs, TheReadmeNamesEveryRoom) {
  const std::string readme = Read("README.md");
  for (const char* top : {"acceptance", "base", "generator", "provider", "task"}) {
    for (const fs::path& file : FilesBelow(top, "/CMakeLists.txt")) {
      const std::string room = file.parent_path().generic_string();
      const std::string name = file.parent_path().filename().string();
      EXPECT_TRUE(readme.find(StrCat("`", room, "`")) != readme.npos ||
                  readme.find(StrCat("`", name, "`")) != readme.npos ||
                  readme.find(StrCat("`", room, "/`")) != readme.npos || room == "task")
          << room;
    }
  }
}

TEST(Docs, VerbsOfDevThatPagesNameExist) {
  const std::string dev = Read("dev");
  for (const fs::path& page : Pages()) {
    for (const std::string& verb : WordsAfter(Read(page), "./dev ")) {
      EXPECT_THAT(dev, HasSubstr(StrCat("\nverb_", verb, "() {"))) << page;
    }
  }
}

TEST(Docs, CommandsHaveTheVerbsAndOptionsThatPagesShow) {
  std::map<std::vector<std::string>, std::string> helps;
  for (const std::string& program : kPrograms) {
    const std::set<std::string> verbs = VerbsOf(program);
    const std::string general = HelpOf({program});
    for (const fs::path& page : Pages()) {
      for (const auto& command : CommandsOf(page, program)) {
        const std::string what = StrCat(page.string(), ": ", StrJoin(command, " "));
        // Options of the program may stand before the verb; "VERB" is none.
        const auto verb = std::find_if(command.begin() + 1, command.end(), [&](const auto& word) {
          return verbs.contains(word) || word == "VERB";
        });
        ASSERT_NE(verb, command.end()) << what << ": which verb?";
        if (*verb == "VERB") continue;
        const auto end = std::find_if(verb, command.end(),
                                      [](const auto& word) { return word.starts_with('-'); });
        std::vector<std::string> asked = {program};
        asked.insert(asked.end(), verb, end);
        auto& help = helps[asked];
        if (help.empty()) help = general + HelpOf(asked);
        for (const std::string& option : command) {
          if (!option.starts_with("--")) continue;
          EXPECT_THAT(help, ::testing::ContainsRegex(StrCat(option, "[^a-z-]"))) << what;
        }
      }
    }
  }
  EXPECT_GT(helps.size(), 25u);
}

TEST(Docs, TheReadmeNamesEveryVerb) {
  const std::string readme = Read("README.md");
  for (const std::string& program : kPrograms) {
    const size_t row = readme.find(StrCat("\n| `", program, "` |"));
    ASSERT_NE(row, readme.npos) << program;
    const std::string line = readme.substr(row, readme.find('\n', row + 1) - row);
    for (const std::string& verb : VerbsOf(program)) {
      EXPECT_TRUE(line.find(StrCat("`", verb, "`")) != line.npos ||
                  line.find(StrCat("`", verb, " ")) != line.npos)
          << program << " " << verb;
    }
  }
}

}  // namespace
}  // namespace ameide::acceptance
