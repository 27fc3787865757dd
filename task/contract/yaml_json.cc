#include "task/contract/yaml_json.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <sstream>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "base/text.h"
#include "task/contract/json_reader.h"
#include "task/contract/lint_ids.h"

namespace ameide::task {
namespace {

constexpr size_t kMaxPointerBytes = 1024;

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (text == word) return true;
  }
  return false;
}

// A whole number as JSON spells it; YAML's hexadecimal, octal and leading zeros stay out.
bool IsJsonInteger(std::string_view text) {
  if (!text.empty() && text[0] == '-') text.remove_prefix(1);
  if (text.empty() || text.size() > 18) return false;
  if (text.find_first_not_of("0123456789") != std::string_view::npos) return false;
  return text.size() == 1 || text[0] != '0';
}

// A number to YAML without being a whole one of ours: 1.5, 0x10, 1e3, 007, +1, .inf.
bool LooksNumeric(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text.empty() || (text[0] != '.' && (text[0] < '0' || text[0] > '9'))) return false;
  const std::string lower = AsciiLower(text);
  if (IsOneOf(lower, {".inf", ".nan"}) || lower.starts_with("0x") || lower.starts_with("0o")) {
    return true;
  }
  double unused = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), unused);
  return error != std::errc::invalid_argument && end == text.data() + text.size();
}

YamlPlace PlaceOf(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

std::string Position(std::string_view file, YamlPlace place) {
  return StrCat(file, ":", place.line, ":", place.column);
}

// Builds the value from yaml-cpp's events: only those show anchors, tags and repeated keys.
class Builder : public YAML::EventHandler {
 public:
  explicit Builder(std::string_view file) { document.file = file; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark& mark, const std::string&) override {
    Complain(mark, {"anchors (&) are not supported; write the value out", lint::kYamlIndirection});
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Check(mark, "", anchor);
    Place(mark, Json());
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Complain(mark, {"aliases (*) are not supported; write the value out", lint::kYamlIndirection});
    Place(mark, Json());
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    Check(mark, tag, anchor);
    if (ExpectsKey()) {
      TakeKey(mark, text);
    } else {
      Place(mark, tag == "!" ? Json(text) : Plain(mark, text));
    }
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Check(mark, tag, anchor);
    Open(mark, Json(Json::Array{}));
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Check(mark, tag, anchor);
    Open(mark, Json(Json::Object{}));
  }
  void OnMapEnd() override { Close(); }

  void Complain(const YAML::Mark& mark, Flaw flaw) {
    if (problems.size() >= kMaxProblems) return;
    problems.push_back({NextPointer(), std::move(flaw.message),
                        Position(document.file, PlaceOf(mark)), flaw.rule});
  }

  YamlDocument document;
  Problems problems;

 private:
  // A container that is still being read.
  struct Frame {
    std::string pointer;
    bool is_map = false;
    bool has_key = false;
    std::string key;
    bool repeated = false;  // the key
    std::unordered_set<std::string> keys;
    Json::Object members;
    Json::Array items;
  };

  bool ExpectsKey() const {
    return !frames_.empty() && frames_.back().is_map && !frames_.back().has_key;
  }
  std::string NextPointer() const {
    if (frames_.empty()) return "";
    const Frame& frame = frames_.back();
    if (!frame.is_map) return PointerStep(frame.pointer, std::to_string(frame.items.size()));
    return frame.has_key ? PointerStep(frame.pointer, frame.key) : frame.pointer;
  }
  void Check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t) {
    if (!tag.empty() && tag != "?" && tag != "!") {
      Complain(mark, {StrCat("the tag ", ToPrintable(tag), " is not supported; leave it out"),
                      lint::kYamlIndirection});
    }
  }
  Json Plain(const YAML::Mark& mark, const std::string& text) {
    if (IsOneOf(text, {"", "~", "null", "Null", "NULL"})) return Json();
    if (text == "true" || text == "false") return Json(text == "true");
    if (IsOneOf(AsciiLower(text), {"true", "false", "yes", "no", "on", "off"})) {
      Complain(mark, {StrCat("'", text, "' reads as a truth value to some and as text to others; ",
                             "write true or false, or put it in quotes"),
                      lint::kYamlAmbiguous});
    }
    if (IsJsonInteger(text)) return Json(Json::Number{text});
    if (LooksNumeric(text)) {
      Complain(mark, {StrCat("'", text, "' looks like a number; put it in quotes when it is text"),
                      lint::kYamlAmbiguous});
    }
    return Json(text);
  }
  void TakeKey(const YAML::Mark& mark, const std::string& key) {
    Frame& frame = frames_.back();
    frame.key = key;
    frame.has_key = true;
    frame.repeated = !frame.keys.insert(key).second;
    if (frame.repeated) {
      Complain(mark, {StrCat("the key '", ToPrintable(key), "' is already there; remove one"),
                      lint::kYamlRepeatedKey});
    }
    if (key == "<<") {
      Complain(mark,
               {"merge keys (<<) are not supported; write the keys out", lint::kYamlIndirection});
    }
    Remember(mark, PointerStep(frame.pointer, key));
  }
  // Each place keeps its whole pointer: a few long keys around many values would fill the memory.
  void Remember(const YAML::Mark& mark, std::string pointer) {
    if (pointer.size() > kMaxPointerBytes) {
      throw YAML::ParserException(mark, "keys are too long or nested too deeply");
    }
    document.positions.emplace(std::move(pointer), PlaceOf(mark));
  }
  void Place(const YAML::Mark& mark, Json value) {
    if (ExpectsKey()) {  // a null or an alias where a key should be
      Complain(mark, {"a key must be text", lint::kYamlIndirection});
      frames_.back().key.clear();
      frames_.back().has_key = true;
      return;
    }
    Remember(mark, NextPointer());
    Attach(std::move(value));
  }
  void Attach(Json value) {
    if (frames_.empty()) {
      document.value = std::move(value);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.is_map) {
      if (!frame.repeated) frame.members.emplace_back(std::move(frame.key), std::move(value));
      frame.has_key = false;
    } else {
      frame.items.push_back(std::move(value));
    }
  }
  void Open(const YAML::Mark& mark, const Json& empty) {
    if (ExpectsKey()) {
      Complain(mark, {"a key must be text", lint::kYamlIndirection});
      frames_.back().key.clear();
      frames_.back().has_key = true;
    }
    Frame frame;
    frame.pointer = NextPointer();
    frame.is_map = empty.AsObject() != nullptr;
    Remember(mark, frame.pointer);
    frames_.push_back(std::move(frame));
  }
  void Close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    Attach(frame.is_map ? Json(std::move(frame.members)) : Json(std::move(frame.items)));
  }

  std::vector<Frame> frames_;
};

Checked<YamlDocument> Refuse(std::string_view file, std::string message) {
  return {std::nullopt, {{"", std::move(message), StrCat(file, ":1:1"), lint::kYamlUnreadable}}};
}

// The two mistakes that people make and the parser's words do not name.
Problem Unreadable(std::string_view yaml, std::string_view file, const YAML::Exception& error) {
  int line = 1;
  for (const std::string_view text : StrSplit(yaml, '\n')) {
    const size_t indent = text.find_first_not_of(" \t");
    const size_t tab = text.find('\t');
    if (line <= error.mark.line + 1 && indent != std::string_view::npos && tab < indent) {
      return {"", "is no YAML: a tab indents the line; use blanks",
              StrCat(file, ":", line, ":", tab + 1), lint::kYamlUnreadable};
    }
    ++line;
  }
  const bool star = error.msg == YAML::ErrorMsg::UNKNOWN_ANCHOR;
  return {"",
          StrCat("is no YAML: ", ToPrintable(error.msg),
                 star ? "; put a text that starts with '*' into quotes" : ""),
          Position(file, PlaceOf(error.mark)), lint::kYamlUnreadable};
}

}  // namespace

Checked<YamlDocument> YamlToJson(std::string_view yaml, std::string_view file) {
  if (yaml.size() > kMaxYamlBytes) {
    return Refuse(file, StrCat("is larger than ", kMaxYamlBytes >> 10, " KiB"));
  }
  if (!IsValidUtf8(yaml) || yaml.find('\0') != std::string_view::npos) {
    return Refuse(file, "is no text in UTF-8; save it as such");
  }
  Builder builder(file);
  try {
    std::istringstream stream{std::string(yaml)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return Refuse(file, "is empty");
    Builder next(file);
    if (builder.problems.empty() && parser.HandleNextDocument(next)) {
      return Refuse(file, "holds more than one document; keep one per file");
    }
  } catch (const YAML::Exception& error) {
    builder.problems.push_back(Unreadable(yaml, file, error));
  }
  if (!builder.problems.empty()) return {std::nullopt, std::move(builder.problems)};
  return {std::move(builder.document), {}};
}

std::string PositionOf(const YamlDocument& document, std::string_view pointer) {
  for (std::string_view at = pointer;; at = at.substr(0, at.rfind('/'))) {
    const auto found = document.positions.find(at);
    if (found != document.positions.end()) return Position(document.file, found->second);
    if (at.empty()) return "";
  }
}

}  // namespace ameide::task
