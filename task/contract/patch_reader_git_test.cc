// The reader against Git itself: random small repositories, and the same change as a patch and as
// raw entries.
#include <unistd.h>

#include <map>
#include <random>

#include "base/files.h"
#include "base/strings.h"
#include "base/subprocess.h"
#include "base/testing/temp_dir.h"
#include "gtest/gtest.h"
#include "task/contract/patch_reader.h"

namespace ameide::task {
namespace {

constexpr const char* kNames[] = {"plain",    "sp ace",      " lead",      "trail ",     "-rf",
                                  "quo\"te",  "back\\slash", "new\nline",  "tab\tbed",   "\xc3\xa4",
                                  "\xff",     "a b/b b/x",   "b/a b/a",    "dir/deep/f", "dir/x y",
                                  "'single'", "$(true)",     "*star",      "\x01\x7f",   "diff",
                                  "--- a/x",  "../ no/way",  "GIT binary", "@@ -1 +1 @@"};

class RandomRepository {
 public:
  explicit RandomRepository(unsigned seed) : random_(seed) {
    Git({"init", "-q", "."});
    Git({"config", "core.quotePath", seed % 2 == 0 ? "true" : "false"});
    for (const char* name : kNames) {
      if (Below(3) > 0) Put(name);
    }
    Git({"add", "-A"});
    if (Below(2) == 0) Gitlink('1');
    Git({"commit", "-q", "--allow-empty", "-m", "base"});
    for (const char* name : kNames) Change(name);
    Git({"add", "-A"});
    if (Below(2) == 0) Gitlink('2');
  }

  std::string Git(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "git");
    const std::map<std::string, std::string> environment = {
        {"PATH", "/usr/local/bin:/usr/bin:/bin"},
        {"HOME", temp_.path().string()},
        {"GIT_CONFIG_NOSYSTEM", "1"},
        {"GIT_AUTHOR_NAME", "Test"},
        {"GIT_AUTHOR_EMAIL", "test@example.invalid"},
        {"GIT_COMMITTER_NAME", "Test"},
        {"GIT_COMMITTER_EMAIL", "test@example.invalid"}};
    const auto result = RunCommand(
        {.argv = arguments, .environment = environment, .directory = temp_.path()}, {}, clock_);
    EXPECT_TRUE(result.ok() && result->status.Success())
        << arguments[1] << (result.ok() ? result->err : result.error().ToString());
    return result.ok() ? result->out : "";
  }
  fs::path Path(const std::string& name) const { return temp_.path() / name; }

 private:
  int Below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }

  void Put(const std::string& name) {
    if (name.starts_with("../")) return;
    const fs::path path = Path(name);
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    fs::remove_all(path, error);
    if (Below(5) == 0) {
      constexpr const char* kTargets[] = {"plain", "../up", "/etc/passwd", "two\nlines\n", "a\nb"};
      EXPECT_EQ(::symlink(kTargets[Below(5)], path.c_str()), 0);
      return;
    }
    EXPECT_TRUE(WriteFileAtomically(path, Content(), Below(4) == 0 ? 0755 : 0644).ok());
  }

  std::string Content() {
    if (Below(6) == 0) return "";
    std::string text;
    for (int lines = Below(40); lines > 0; --lines) {
      constexpr const char* kLines[] = {
          "same",    "", "-- a", "++ b", "\r", "@@ -1 +1 @@", " x", "\\ No newline at end of file",
          "\xff\xfe"};
      StrAppend(&text, kLines[Below(9)], Below(30) == 0 ? std::string(3, '\0') : "", "\n");
    }
    if (Below(3) == 0 && !text.empty()) text.pop_back();
    return text;
  }

  void Change(const std::string& name) {
    std::error_code error;
    const fs::path path = Path(name);
    switch (Below(6)) {
      case 0:
        Put(name);
        break;
      case 1:
        if (!name.starts_with("../")) fs::remove(path, error);
        break;
      case 2:
        if (fs::is_regular_file(fs::symlink_status(path))) {
          fs::permissions(path, fs::perms(Below(2) == 0 ? 0755 : 0644), error);
        }
        break;
      case 3: {
        if (!fs::is_regular_file(fs::symlink_status(path))) break;
        const Result<std::string> old = ReadFile(path, 1 << 20);
        EXPECT_TRUE(WriteFileAtomically(path, *old + "more\n", 0644).ok());
        break;
      }
      default:
        break;
    }
  }

  void Gitlink(char digit) {
    Git({"update-index", "--add", "--cacheinfo",
         StrCat("160000,", std::string(40, digit), ",module")});
  }

  ameide::testing::TempDir temp_;
  SystemClock clock_;
  std::mt19937 random_;
};

std::string Describe(unsigned old_mode, unsigned new_mode) {
  return StrCat(old_mode, " ", new_mode);
}

std::map<std::string, std::string> RawEntries(const std::string& raw) {
  std::map<std::string, std::string> entries;
  const std::vector<std::string_view> fields = StrSplit(raw, '\0');
  for (size_t i = 0; i + 1 < fields.size(); i += 2) {
    const std::vector<std::string_view> words = StrSplit(fields[i].substr(1), ' ');
    entries[std::string(fields[i + 1])] =
        Describe(static_cast<unsigned>(std::stoul(std::string(words[0]), nullptr, 8)),
                 static_cast<unsigned>(std::stoul(std::string(words[1]), nullptr, 8)));
  }
  return entries;
}

// "added removed", or "- -" for binary files.
std::map<std::string, std::string> Numbers(const std::string& numstat) {
  std::map<std::string, std::string> numbers;
  for (const std::string_view entry : StrSplit(numstat, '\0')) {
    const std::vector<std::string_view> words = StrSplit(entry, '\t');
    if (words.size() < 3) continue;
    const size_t at = words[0].size() + words[1].size() + 2;
    numbers[std::string(entry.substr(at))] = StrCat(words[0], " ", words[1]);
  }
  return numbers;
}

void ExpectSame(RandomRepository* repository, const ChangeSet& changes) {
  std::map<std::string, std::string> entries;
  std::map<std::string, std::string> numbers;
  std::vector<std::string> without_contents;
  for (const Change& change : changes) {
    entries[change.path] = Describe(change.old_mode, change.new_mode);
    // Git counts a binary file as one even when only its mode changes; the patch does not say that.
    if (!change.binary && change.kind == Change::Kind::kModified && change.added_lines.empty() &&
        change.removed_lines.empty()) {
      without_contents.push_back(change.path);
      continue;
    }
    numbers[change.path] =
        change.binary ? "- -" : StrCat(change.added_lines.size(), " ", change.removed_lines.size());
    const fs::path path = repository->Path(change.path);
    if (change.new_mode == kModeSymlink) {
      EXPECT_EQ(change.symlink_target, fs::read_symlink(path).string());
    } else if (change.kind == Change::Kind::kAdded && change.new_mode != kModeGitlink) {
      EXPECT_EQ(change.new_size, fs::file_size(path));
    }
  }
  EXPECT_EQ(entries, RawEntries(repository->Git({"diff", "--cached", "--no-renames", "--raw", "-z",
                                                 "--no-abbrev", "HEAD"})));
  std::map<std::string, std::string> counted =
      Numbers(repository->Git({"diff", "--cached", "--no-renames", "--numstat", "-z", "HEAD"}));
  for (const std::string& path : without_contents) counted.erase(path);
  EXPECT_EQ(numbers, counted);
}

TEST(PatchReader, SeesWhatGitSees) {
  for (unsigned seed = 0; seed < 12; ++seed) {
    SCOPED_TRACE(seed);
    RandomRepository repository(seed);
    const std::string patch =
        repository.Git({"diff", "--cached", "--binary", "--full-index", "--no-renames", "HEAD"});
    const Result<ChangeSet> changes = ReadPatch(patch);
    ASSERT_TRUE(changes.ok()) << changes.error().ToString() << "\n" << patch;
    ExpectSame(&repository, *changes);
  }
}

}  // namespace
}  // namespace ameide::task
