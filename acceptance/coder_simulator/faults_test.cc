#include "acceptance/coder_simulator/faults.h"

#include <set>

#include "base/files.h"
#include "base/strings.h"
#include "gtest/gtest.h"

namespace ameide::simulator {
namespace {

TEST(Faults, EveryKnobHasOneRowAndOneName) {
  std::set<std::string_view> names;
  std::set<Fault> faults;
  for (const FaultRow& row : FaultTable()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_TRUE(faults.insert(row.fault).second) << row.name;
  }
  EXPECT_EQ(faults.size(), static_cast<size_t>(Fault::kSlow) + 1);
}

TEST(Faults, AKnobWithANumberWorksThatOften) {
  Faults faults;
  ASSERT_TRUE(faults.Turn("delete-fails=2").ok());
  EXPECT_TRUE(faults.Take(Fault::kDeleteFails));
  EXPECT_TRUE(faults.Take(Fault::kDeleteFails));
  EXPECT_FALSE(faults.Take(Fault::kDeleteFails));
}

TEST(Faults, AKnobWithoutANumberWorksAlways) {
  Faults faults;
  ASSERT_TRUE(faults.Turn("name-taken").ok());
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(faults.Take(Fault::kNameTaken));
  faults.Clear(Fault::kNameTaken);
  EXPECT_FALSE(faults.Take(Fault::kNameTaken));
}

TEST(Faults, MalformedKnobsAreRefused) {
  for (const char* knob : {"", "no-such-knob", "delete-fails=", "delete-fails=0", "delete-fails=x",
                           "old-server=1", "delete-fails=1 "}) {
    Faults faults;
    EXPECT_FALSE(faults.Turn(knob).ok()) << knob;
  }
}

TEST(Faults, TheHandbookHasTheSameTable) {
  std::string docs =
      ReadFile(fs::path(AMEIDE_SOURCE_DIR) / "docs/coder-simulator.md", 1u << 20).value();
  docs.erase(0, docs.find("## Knobs"));
  size_t rows = 0;
  for (const FaultRow& row : FaultTable()) {
    const std::string_view value = row.value == FaultValue::kTimes    ? "[=TIMES]"
                                   : row.value == FaultValue::kMillis ? "[=MS]"
                                                                      : "";
    const std::string line = StrCat("| `", row.name, value, "` | ", row.effect, " |");
    EXPECT_NE(docs.find(line), std::string::npos) << "docs/coder-simulator.md lacks\n" << line;
    ++rows;
  }
  for (size_t at = 0; (at = docs.find("\n| `", at)) != std::string::npos; ++at) --rows;
  EXPECT_EQ(rows, 0u) << "the table in docs/coder-simulator.md has other rows, too";
}

}  // namespace
}  // namespace ameide::simulator
