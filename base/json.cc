#include "base/json.h"

#include <charconv>
#include <unordered_set>

#include "base/strings.h"
#include "base/text.h"
#include "nlohmann/json.hpp"

namespace ameide {
namespace {

// Builds our values from nlohmann's parse events, so that numbers keep their text, duplicates are
// refused and depth is bounded before the parser's own containers exist.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Builder(int max_depth) : max_depth_(max_depth) {}

  bool null() override { return Add(Json()); }
  bool boolean(bool value) override { return Add(Json(value)); }
  bool number_integer(int64_t value) override { return Add(Json(value)); }
  bool number_unsigned(uint64_t value) override { return Add(Json(value)); }
  bool number_float(double, const std::string& text) override {
    return Add(Json(Json::Number{text}));
  }
  bool string(std::string& value) override { return Add(Json(std::move(value))); }
  bool binary(nlohmann::json::binary_t&) override { return false; }
  bool start_object(size_t) override { return Open(true); }
  bool end_object() override { return Close(); }
  bool start_array(size_t) override { return Open(false); }
  bool end_array() override { return Close(); }
  bool key(std::string& key) override {
    if (!stack_.back().keys.insert(key).second) {
      problem_ = StrCat("member \"", ToPrintable(key), "\" appears twice");
      return false;
    }
    stack_.back().key = std::move(key);
    return true;
  }
  bool parse_error(size_t, const std::string&, const nlohmann::json::exception& error) override {
    problem_ = error.what();
    // "[json.exception.parse_error.101] parse error at line 1, column 2: …" says too much.
    if (const size_t at = problem_.find("] "); at != std::string::npos) problem_.erase(0, at + 2);
    return false;
  }

  Json root;
  const std::string& problem() const { return problem_; }

 private:
  struct Frame {
    bool is_object;
    Json::Array array;
    Json::Object object;
    std::string key;
    std::unordered_set<std::string> keys;
  };

  bool Open(bool is_object) {
    if (static_cast<int>(stack_.size()) >= max_depth_) {
      problem_ = StrCat("nested deeper than ", max_depth_, " levels");
      return false;
    }
    stack_.push_back(
        Frame{.is_object = is_object, .array = {}, .object = {}, .key = {}, .keys = {}});
    return true;
  }
  bool Close() {
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    return Add(frame.is_object ? Json(std::move(frame.object)) : Json(std::move(frame.array)));
  }
  bool Add(Json value) {
    if (stack_.empty()) {
      root = std::move(value);
    } else if (stack_.back().is_object) {
      stack_.back().object.emplace_back(std::move(stack_.back().key), std::move(value));
    } else {
      stack_.back().array.push_back(std::move(value));
    }
    return true;
  }

  int max_depth_;
  std::vector<Frame> stack_;
  std::string problem_;
};

// Printable ASCII that JSON spells as it is.
bool IsPlain(std::string_view text) {
  for (const char c : text) {
    if (c < ' ' || c > '~' || c == '"' || c == '\\') return false;
  }
  return true;
}

void WriteString(const std::string& value, std::string* out) {
  if (IsPlain(value)) return StrAppend(out, "\"", value, "\"");
  *out += nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void Newline(int indent, std::string* out) {
  if (indent >= 0) StrAppend(out, "\n", std::string(static_cast<size_t>(indent), ' '));
}

// `indent` below zero means compact.
void Write(const Json& json, int indent, std::string* out) {
  const int inner = indent < 0 ? indent : indent + 2;
  if (const auto* flag = json.AsBool()) {
    *out += *flag ? "true" : "false";
  } else if (const auto* number = json.AsNumber()) {
    *out += number->text;
  } else if (const auto* text = json.AsString()) {
    WriteString(*text, out);
  } else if (const auto* array = json.AsArray()) {
    *out += '[';
    for (size_t i = 0; i < array->size(); ++i) {
      if (i > 0) *out += ',';
      Newline(inner, out);
      Write((*array)[i], inner, out);
    }
    if (!array->empty()) Newline(indent, out);
    *out += ']';
  } else if (const auto* object = json.AsObject()) {
    *out += '{';
    for (size_t i = 0; i < object->size(); ++i) {
      if (i > 0) *out += ',';
      Newline(inner, out);
      WriteString((*object)[i].first, out);
      *out += indent < 0 ? ":" : ": ";
      Write((*object)[i].second, inner, out);
    }
    if (!object->empty()) Newline(indent, out);
    *out += '}';
  } else {
    *out += "null";
  }
}

}  // namespace

Json Json::Strings(const std::vector<std::string>& items) {
  return Json(Array(items.begin(), items.end()));
}

bool Json::GetInt64(int64_t* out) const {
  const Number* number = AsNumber();
  if (number == nullptr) return false;
  const char* end = number->text.data() + number->text.size();
  const auto [stopped, error] = std::from_chars(number->text.data(), end, *out);
  return error == std::errc() && stopped == end;
}

const Json* Json::Find(std::string_view key) const {
  const Object* object = AsObject();
  if (object == nullptr) return nullptr;
  for (const Member& member : *object) {
    if (member.first == key) return &member.second;
  }
  return nullptr;
}

void Json::Set(std::string key, Json value) {
  if (is_null()) value_ = Object();
  auto& object = std::get<Object>(value_);
  for (Member& member : object) {
    if (member.first == key) {
      member.second = std::move(value);
      return;
    }
  }
  object.emplace_back(std::move(key), std::move(value));
}

const char* Json::TypeName() const {
  constexpr const char* kNames[] = {"null", "boolean", "number", "string", "array", "object"};
  return kNames[value_.index()];
}

std::string Json::Dump() const {
  std::string out;
  Write(*this, -1, &out);
  return out;
}

std::string Json::DumpPretty() const {
  std::string out;
  Write(*this, 0, &out);
  return out + "\n";
}

Result<Json> ParseJson(std::string_view text, JsonLimits limits) {
  const auto invalid = [](std::string cause) {
    return Error{ErrorKind::kInvalid, "parse JSON", "", std::move(cause), ""};
  };
  if (text.size() > limits.bytes) {
    return invalid(
        StrCat("the text has ", text.size(), " bytes, more than the ", limits.bytes, " allowed"));
  }
  Builder builder(limits.depth);
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
    return invalid(builder.problem());
  }
  return std::move(builder.root);
}

std::string PointerStep(std::string_view pointer, std::string_view key) {
  if (key.find_first_of("~/") == std::string_view::npos) return StrCat(pointer, "/", key);
  return StrCat(pointer, "/", StrReplaceAll(StrReplaceAll(key, "~", "~0"), "/", "~1"));
}

}  // namespace ameide
