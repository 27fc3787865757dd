#include "task/contract/test_counts.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/strings.h"
#include "base/text.h"
#include "pugixml.hpp"
#include "task/contract/json_reader.h"

namespace ameide::task {
namespace {

constexpr size_t kMaxNameBytes = 300;
constexpr size_t kMaxCtrfBytes = 64u << 20;
constexpr size_t kMaxOutputTail = 64u << 10;

int AddBounded(int a, int b) {
  return static_cast<int>(std::min<int64_t>(int64_t{a} + b, kMaxTestCount));
}

bool IsNamed(const pugi::xml_node& node, const char* name) {
  return std::strcmp(node.name(), name) == 0;
}

std::string CaseName(const pugi::xml_node& test) {
  std::string_view suite = test.attribute("classname").value();
  if (suite.empty()) suite = test.parent().attribute("name").value();
  const std::string_view name = test.attribute("name").as_string("(unnamed)");
  return Truncate(ToOneLine(suite.empty() ? std::string(name) : StrCat(suite, ".", name)),
                  kMaxNameBytes);
}

// Surefire writes rerunFailure beside a failure and flakyFailure for what passed in the end, so
// only the plain elements count. CTest and GoogleTest say in an attribute that a test did not run.
void CountCase(const pugi::xml_node& test, TestCounts* counts) {
  const std::string_view status = test.attribute("status").value();
  counts->total = AddBounded(counts->total, 1);
  const bool error = static_cast<bool>(test.child("error"));
  if (error || test.child("failure")) {
    int& kind = error ? counts->errors : counts->failed;
    kind = AddBounded(kind, 1);
    if (counts->failing.size() < kMaxFailingNames) counts->failing.push_back(CaseName(test));
  } else if (test.child("skipped") || status == "notrun" || status == "disabled") {
    counts->skipped = AddBounded(counts->skipped, 1);
  } else {
    counts->passed = AddBounded(counts->passed, 1);
  }
}

// A walk without recursion: the depth of a foreign document is not ours to trust.
class CaseCounter final : public pugi::xml_tree_walker {
 public:
  bool for_each(pugi::xml_node& node) override {
    if (IsNamed(node, "testcase")) CountCase(node, &counts);
    return true;
  }
  TestCounts counts;
};

class StringWriter final : public pugi::xml_writer {
 public:
  void write(const void* data, size_t size) override {
    text.append(static_cast<const char*>(data), size);
  }
  std::string text;
};

// XML 1.0 section 2.2 also forbids U+FFFE and U+FFFF, which are fine UTF-8.
std::string XmlText(std::string_view bytes) {
  const std::string printable = ToPrintable(bytes);
  return StrReplaceAll(StrReplaceAll(printable, "\xEF\xBF\xBE", "\xEF\xBF\xBD"), "\xEF\xBF\xBF",
                       "\xEF\xBF\xBD");
}

std::string Seconds(double seconds) {
  const double bounded = std::isfinite(seconds) ? std::clamp(seconds, 0.0, 1e9) : 0.0;
  const auto millis = static_cast<int64_t>(std::llround(bounded * 1000));
  const std::string fraction = std::to_string(1000 + millis % 1000).substr(1);
  return StrCat(millis / 1000, ".", fraction);
}

void SetCounts(pugi::xml_node suite, bool failed, const std::string& time) {
  suite.append_attribute("tests") = 1;
  suite.append_attribute("failures") = failed ? 1 : 0;
  suite.append_attribute("errors") = 0;
  suite.append_attribute("skipped") = 0;
  suite.append_attribute("time") = time.c_str();
}

void AddProperty(pugi::xml_node properties, const char* name, const std::string& value) {
  pugi::xml_node property = properties.append_child("property");
  property.append_attribute("name") = name;
  property.append_attribute("value") = value.c_str();
}

// A suite is a text or, in newer reports, a list of them from the outside in.
std::string CtrfName(const Json& test, const std::string& name) {
  std::string suite;
  if (const Json* found = test.Find("suite")) {
    if (found->AsString() != nullptr) suite = *found->AsString();
    if (const Json::Array* list = found->AsArray()) {
      for (const Json& one : *list) {
        if (one.AsString() != nullptr) StrAppend(&suite, suite.empty() ? "" : ".", *one.AsString());
      }
    }
  }
  return Truncate(ToOneLine(suite.empty() ? name : StrCat(suite, ".", name)), kMaxNameBytes);
}

// False for a status that CTRF does not know.
bool CountCtrfTest(const Json& test, std::string_view status, const std::string& name,
                   TestCounts* counts) {
  int* kind = nullptr;
  if (status == "passed") kind = &counts->passed;
  if (status == "failed") kind = &counts->failed;
  if (status == "skipped" || status == "pending") kind = &counts->skipped;
  if (status == "other") kind = &counts->errors;
  if (kind == nullptr) return false;
  *kind = AddBounded(*kind, 1);
  counts->total = AddBounded(counts->total, 1);
  const bool bad = kind == &counts->failed || kind == &counts->errors;
  if (bad && counts->failing.size() < kMaxFailingNames) {
    counts->failing.push_back(CtrfName(test, name));
  }
  return true;
}

}  // namespace

TestCounts& TestCounts::operator+=(const TestCounts& other) {
  total = AddBounded(total, other.total);
  passed = AddBounded(passed, other.passed);
  failed = AddBounded(failed, other.failed);
  errors = AddBounded(errors, other.errors);
  skipped = AddBounded(skipped, other.skipped);
  const std::vector<std::string> names = other.failing;  // `other` may be this object
  for (const std::string& name : names) {
    if (failing.size() < kMaxFailingNames) failing.push_back(name);
  }
  return *this;
}

Result<TestCounts> CountJUnit(std::string_view xml) {
  const auto invalid = [](std::string cause) {
    return Error{ErrorKind::kInvalid, "read JUnit", "", std::move(cause),
                 "write a document with <testsuite> and <testcase> elements"};
  };
  pugi::xml_document document;
  const pugi::xml_parse_result parsed =
      document.load_buffer(xml.data(), xml.size(), pugi::parse_default);
  if (!parsed) return invalid(StrCat(parsed.description(), " at byte ", parsed.offset));
  const pugi::xml_node root = document.document_element();
  if (!IsNamed(root, "testsuites") && !IsNamed(root, "testsuite")) {
    return invalid(StrCat("the root element is <", Truncate(ToOneLine(root.name()), 80),
                          ">, not <testsuites> or <testsuite>"));
  }
  CaseCounter counter;
  document.traverse(counter);
  return std::move(counter.counts);
}

Result<TestCounts> CountCtrf(std::string_view json) {
  const auto invalid = [](std::string cause) {
    return Error{ErrorKind::kInvalid, "read CTRF", "", std::move(cause),
                 "write a report with results.tests, each with name and status"};
  };
  const Result<Json> report = ParseJson(json, {.bytes = kMaxCtrfBytes});
  if (!report.ok()) return invalid(report.error().cause);
  const Json* results = report->Find("results");
  const Json* tests = results == nullptr ? nullptr : results->Find("tests");
  if (tests == nullptr || tests->AsArray() == nullptr) {
    return invalid("it has no list /results/tests");
  }
  TestCounts counts;
  size_t index = 0;
  for (const Json& test : *tests->AsArray()) {
    const Json* name = test.Find("name");
    const Json* status = test.Find("status");
    const bool typed = name != nullptr && name->AsString() != nullptr && status != nullptr &&
                       status->AsString() != nullptr;
    if (!typed || !CountCtrfTest(test, *status->AsString(), *name->AsString(), &counts)) {
      return invalid(StrCat("/results/tests/", index, " has no name or no known status"));
    }
    ++index;
  }
  return counts;
}

std::string WriteJUnit(const SyntheticJUnit& junit) {
  const std::string time = Seconds(junit.seconds);
  const bool failed = !junit.failure.empty();
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  pugi::xml_node suites = document.append_child("testsuites");
  SetCounts(suites, failed, time);
  pugi::xml_node suite = suites.append_child("testsuite");
  suite.append_attribute("name") = "ameide";
  SetCounts(suite, failed, time);
  pugi::xml_node properties = suite.append_child("properties");
  AddProperty(properties, "command", XmlText(junit.command));
  AddProperty(properties, "exit_code", std::to_string(junit.exit_code));
  pugi::xml_node test = suite.append_child("testcase");
  test.append_attribute("classname") = "ameide";
  test.append_attribute("name") = XmlText(junit.phase).c_str();
  test.append_attribute("time") = time.c_str();
  if (failed) {
    pugi::xml_node failure = test.append_child("failure");
    failure.append_attribute("message") = XmlText(junit.failure).c_str();
    failure.append_attribute("type") = "ameide";
  }
  const std::string_view tail = Tail(junit.output_tail, kMaxOutputTail, kMaxOutputTail);
  test.append_child("system-out").text() = XmlText(tail).c_str();
  StringWriter writer;
  document.save(writer, "  ", pugi::format_default, pugi::encoding_utf8);
  return std::move(writer.text);
}

Json ToJson(const TestCounts& counts) {
  Json json;
  json.Set("total", counts.total);
  json.Set("passed", counts.passed);
  json.Set("failed", counts.failed);
  json.Set("errors", counts.errors);
  json.Set("skipped", counts.skipped);
  json.Set("failing", Json::Strings(counts.failing));
  return json;
}

Checked<TestCounts> TestCountsFromJson(const Json& json, std::string_view pointer) {
  TestCounts counts;
  Problems problems;
  ObjectReader reader(json, pointer, &problems);
  reader.ReadInt("total", 0, kMaxTestCount, &counts.total);
  reader.ReadInt("passed", 0, kMaxTestCount, &counts.passed);
  reader.ReadInt("failed", 0, kMaxTestCount, &counts.failed);
  reader.ReadInt("errors", 0, kMaxTestCount, &counts.errors);
  reader.ReadInt("skipped", 0, kMaxTestCount, &counts.skipped);
  reader.Read("failing", &counts.failing);
  reader.Finish();
  const int64_t sum = int64_t{counts.passed} + counts.failed + counts.errors + counts.skipped;
  // At the bound a total is only a lower limit.
  if (problems.empty() && sum != counts.total && counts.total != kMaxTestCount) {
    reader.Problem("total", StrCat("is ", counts.total, ", but the other counts add up to ", sum));
  }
  if (counts.failing.size() > kMaxFailingNames) counts.failing.resize(kMaxFailingNames);
  for (std::string& name : counts.failing) name = ToOneLine(name);
  return Finished(std::move(counts), std::move(problems));
}

}  // namespace ameide::task
