#include <bit>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "base/text.h"
#include "provider/wire/msgpack.h"
#include "provider/wire/type_json.h"

namespace ameide::wire {
namespace {

using framework::Number;
using framework::Path;
using framework::Type;
using framework::Value;

// One token of MessagePack: a scalar, or the head of a container.
struct Token {
  enum class Kind { kNil, kBool, kInteger, kUnsigned, kReal, kString, kBinary, kArray, kMap, kExt };
  Kind kind = Kind::kNil;
  bool flag = false;
  int64_t integer = 0;
  uint64_t count = 0;  // of kUnsigned the value; of containers the number of elements
  double real = 0;
  std::string_view bytes;
};

// Reads tokens; never reads beyond the end and never allocates by a length it was told.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  bool done() const { return rest_.empty(); }
  size_t remaining() const { return rest_.size(); }

  // Nothing when the bytes end too early or the tag is reserved.
  std::optional<Token> Next() {
    const auto tag = Unsigned(1);
    if (!tag) return std::nullopt;
    const auto t = static_cast<uint8_t>(*tag);
    if (t < 0x80) return Token{.kind = Token::Kind::kInteger, .integer = t};
    if (t >= 0xe0) return Token{.kind = Token::Kind::kInteger, .integer = t - 256};
    if (t < 0x90) return Counted(Token::Kind::kMap, t & 0x0fu);
    if (t < 0xa0) return Counted(Token::Kind::kArray, t & 0x0fu);
    if (t < 0xc0) return Text(Token::Kind::kString, t & 0x1fu);
    return Tagged(t);
  }

 private:
  std::optional<Token> Tagged(uint8_t t) {
    const auto width = [&](uint8_t first) { return 1 << (t - first); };  // 1, 2, 4 or 8 bytes
    if (t == 0xc0) return Token();
    if (t == 0xc1) return std::nullopt;  // reserved
    if (t <= 0xc3) return Token{.kind = Token::Kind::kBool, .flag = t == 0xc3};
    if (t <= 0xc6) return Text(Token::Kind::kBinary, Unsigned(width(0xc4)));
    if (t <= 0xc9) return Extension(Unsigned(width(0xc7)));
    if (t <= 0xcb) return Real(t == 0xca ? 4 : 8);
    if (t <= 0xcf) return Counted(Token::Kind::kUnsigned, Unsigned(width(0xcc)));
    if (t <= 0xd3) return Signed(width(0xd0));
    if (t <= 0xd8) return Extension(uint64_t{1} << (t - 0xd4));
    if (t <= 0xdb) return Text(Token::Kind::kString, Unsigned(width(0xd9)));
    return Counted(t <= 0xdd ? Token::Kind::kArray : Token::Kind::kMap,
                   Unsigned(t % 2 == 0 ? 2 : 4));
  }

  std::optional<uint64_t> Unsigned(int bytes) {
    const auto size = static_cast<size_t>(bytes);
    if (rest_.size() < size) return std::nullopt;
    uint64_t value = 0;
    for (size_t i = 0; i < size; ++i) value = value << 8 | static_cast<uint8_t>(rest_[i]);
    rest_.remove_prefix(size);
    return value;
  }
  std::optional<Token> Signed(int bytes) {
    const auto bits = Unsigned(bytes);
    if (!bits) return std::nullopt;
    const int unused = 64 - bytes * 8;  // shifting up and down again extends the sign
    return Token{.kind = Token::Kind::kInteger,
                 .integer = static_cast<int64_t>(*bits << unused) >> unused};
  }
  std::optional<Token> Real(int bytes) {
    const auto bits = Unsigned(bytes);
    if (!bits) return std::nullopt;
    const double value = bytes == 8 ? std::bit_cast<double>(*bits)
                                    : std::bit_cast<float>(static_cast<uint32_t>(*bits));
    return Token{.kind = Token::Kind::kReal, .real = value};
  }
  static std::optional<Token> Counted(Token::Kind kind, std::optional<uint64_t> count) {
    if (!count) return std::nullopt;
    return Token{.kind = kind, .count = *count};
  }
  std::optional<Token> Text(Token::Kind kind, std::optional<uint64_t> length) {
    if (!length || *length > rest_.size()) return std::nullopt;
    const Token token{.kind = kind, .bytes = rest_.substr(0, *length)};
    rest_.remove_prefix(*length);
    return token;
  }
  std::optional<Token> Extension(std::optional<uint64_t> length) {
    if (!length || !Unsigned(1)) return std::nullopt;  // the kind of extension does not matter
    return Text(Token::Kind::kExt, length);
  }

  std::string_view rest_;
};

class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : reader_(bytes) {}

  Result<Value> Whole(const Type& type) {
    AMEIDE_ASSIGN_OR_RETURN(Value value, Decode(type, Path(), 0));
    if (!reader_.done()) return Problem(Path(), "there are bytes after the value");
    return value;
  }

 private:
  using Kind = Token::Kind;

  static Error Problem(const Path& path, std::string cause) {
    return {.kind = ErrorKind::kInvalid,
            .operation = "decode value",
            .target = path.empty() ? "from Terraform" : path.ToString(),
            .cause = std::move(cause),
            .hint = "check that Terraform and the state were made for this provider version"};
  }

  Result<Value> Decode(const Type& type, const Path& path, int depth) {
    if (depth > kMaxDepth) {
      return Problem(path, StrCat("nested deeper than ", kMaxDepth, " levels"));
    }
    const std::optional<Token> token = reader_.Next();
    if (!token) return Problem(path, "the bytes are cut short or not MessagePack");
    if (token->kind == Kind::kNil) return Value::Null(type);
    if (token->kind == Kind::kExt) return Value::Unknown(type);
    const bool container = token->kind == Kind::kArray || token->kind == Kind::kMap;
    // Every element takes a byte at least, so a longer count is a lie.
    if (container && token->count > reader_.remaining()) {
      return Problem(path, "the bytes are cut short");
    }
    switch (type.kind()) {
      case Type::Kind::kDynamic:
        return Dynamic(*token, path, depth);
      case Type::Kind::kMap:
      case Type::Kind::kObject:
        if (token->kind == Kind::kMap) return Keyed(type, token->count, path, depth);
        break;
      case Type::Kind::kList:
      case Type::Kind::kSet:
      case Type::Kind::kTuple:
        if (token->kind == Kind::kArray) return Listed(type, token->count, path, depth);
        break;
      default:
        return Primitive(type, *token, path);
    }
    return Problem(path, StrCat("expected ", type.ToString()));
  }

  Result<Value> Primitive(const Type& type, const Token& token, const Path& path) {
    if (type.kind() == Type::Kind::kBool && token.kind == Kind::kBool) {
      return Value::Bool(token.flag);
    }
    if (type.kind() == Type::Kind::kString && token.kind == Kind::kString) {
      return Value::String(ToValidUtf8(token.bytes));
    }
    if (type.kind() == Type::Kind::kNumber) {
      if (token.kind == Kind::kInteger) return Value::Number(Number(token.integer));
      if (token.kind == Kind::kUnsigned) return Value::Number(Number::FromUnsigned(token.count));
      if (token.kind == Kind::kReal || token.kind == Kind::kString) {
        const Result<Number> number = token.kind == Kind::kReal ? Number::FromDouble(token.real)
                                                                : Number::FromText(token.bytes);
        if (!number.ok()) return Problem(path, number.error().cause);
        return Value::Number(*number);
      }
    }
    return Problem(path, StrCat("expected ", type.ToString()));
  }

  Result<Value> Dynamic(const Token& token, const Path& path, int depth) {
    if (token.kind != Kind::kArray || token.count != 2) {
      return Problem(path, "a dynamic value must be a type and a value");
    }
    const std::optional<Token> head = reader_.Next();
    if (!head || (head->kind != Kind::kBinary && head->kind != Kind::kString)) {
      return Problem(path, "a dynamic value must begin with its type");
    }
    AMEIDE_ASSIGN_OR_RETURN(const Type type, TypeFromText(head->bytes));
    return Decode(type, path, depth + 1);
  }

  Result<Value> Listed(const Type& type, uint64_t count, const Path& path, int depth) {
    const bool tuple = type.kind() == Type::Kind::kTuple;
    if (tuple && count != type.elements().size()) {
      return Problem(path, StrCat("expected ", type.elements().size(), " elements"));
    }
    Value::Elements elements;
    for (uint64_t i = 0; i < count; ++i) {
      const Type& wanted = tuple ? type.elements()[i] : type.element();
      AMEIDE_ASSIGN_OR_RETURN(Value element,
                              Decode(wanted, path.Index(static_cast<int64_t>(i)), depth + 1));
      elements.push_back(std::move(element));
    }
    if (tuple) return Value::Tuple(std::move(elements));
    if (type.kind() == Type::Kind::kSet) return Value::Set(type.element(), std::move(elements));
    return Value::List(type.element(), std::move(elements));
  }

  // V-2: an object has exactly its attributes.
  Result<Value> Keyed(const Type& type, uint64_t count, const Path& path, int depth) {
    Value::Entries entries;
    for (uint64_t i = 0; i < count; ++i) {
      const std::optional<Token> head = reader_.Next();
      if (!head || head->kind != Kind::kString) return Problem(path, "a key must be a string");
      std::string key = ToValidUtf8(head->bytes);
      const Path at = type.is_object() ? path.Attribute(key) : path.Key(key);
      const Type* wanted = nullptr;
      if (!type.is_object()) {
        wanted = &type.element();
      } else if (const auto found = type.attributes().find(key); found != type.attributes().end()) {
        wanted = &found->second;
      }
      if (wanted == nullptr) return Problem(at, "there is no such attribute");
      if (entries.contains(key)) return Problem(at, "given twice");
      AMEIDE_ASSIGN_OR_RETURN(Value child, Decode(*wanted, at, depth + 1));
      entries.emplace(std::move(key), std::move(child));
    }
    if (!type.is_object()) return Value::Map(type.element(), std::move(entries));
    for (const auto& [name, wanted] : type.attributes()) {
      if (!entries.contains(name)) return Problem(path.Attribute(name), "the attribute is missing");
    }
    return Value::Object(std::move(entries));
  }

  Reader reader_;
};

}  // namespace

Result<Value> DecodeMsgpack(std::string_view bytes, const Type& type) {
  return Decoder(bytes).Whole(type);
}

}  // namespace ameide::wire
