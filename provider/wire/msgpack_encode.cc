#include <bit>
#include <cstdint>

#include "base/strings.h"
#include "base/text.h"
#include "provider/wire/msgpack.h"
#include "provider/wire/type_json.h"

namespace ameide::wire {
namespace {

using framework::Number;
using framework::Type;
using framework::Value;

// Tags of one family that carry a length of 1, 2 or 4 bytes; 0 where the family has no such form.
struct LengthTags {
  uint8_t fixed;       // first tag of the form that holds the length itself
  size_t fixed_limit;  // lengths below this use it
  uint8_t one, two, four;
};
constexpr LengthTags kStr = {0xa0, 32, 0xd9, 0xda, 0xdb};
constexpr LengthTags kBin = {0, 0, 0xc4, 0xc5, 0xc6};
constexpr LengthTags kArray = {0x90, 16, 0, 0xdc, 0xdd};
constexpr LengthTags kMap = {0x80, 16, 0, 0xde, 0xdf};

class Encoder {
 public:
  Status Encode(const Value& value, const Type& type, int depth) {
    if (depth > kMaxDepth) return Problem(StrCat("nested deeper than ", kMaxDepth, " levels"));
    if (!value.type().ConformsTo(type)) {
      return Problem(StrCat(value.type().ToString(), " is not ", type.ToString()));
    }
    if (type.is_dynamic() && !value.type().is_dynamic()) {  // V-10: the type travels along
      Length(kArray, 2);
      const std::string own = TypeToJson(value.type()).Dump();
      Length(kBin, own.size());
      out += own;
      return Encode(value, value.type(), depth + 1);
    }
    if (value.IsNull()) {
      Byte(0xc0);
      return Ok();
    }
    if (value.IsUnknown()) {
      out.append("\xd4\0\0", 3);
      return Ok();
    }
    return Known(value, type, depth);
  }

  std::string out;

 private:
  static Error Problem(std::string cause) {
    return {.kind = ErrorKind::kInvalid,
            .operation = "encode value",
            .target = "for Terraform",
            .cause = std::move(cause),
            .hint = "report this as a bug in the provider"};
  }

  Status Known(const Value& value, const Type& type, int depth) {
    switch (type.kind()) {
      case Type::Kind::kBool:
        Byte(*value.AsBool() ? 0xc3 : 0xc2);
        return Ok();
      case Type::Kind::kNumber:
        Numeric(*value.AsNumber());
        return Ok();
      case Type::Kind::kString:
        String(*value.AsString());
        return Ok();
      case Type::Kind::kMap:
      case Type::Kind::kObject:
        Length(kMap, value.entries().size());
        for (const auto& [key, child] : value.entries()) {
          String(key);
          const Type& wanted =
              type.is_object() ? type.attributes().find(key)->second : type.element();
          AMEIDE_RETURN_IF_ERROR(Encode(child, wanted, depth + 1));
        }
        return Ok();
      default:
        break;
    }
    Length(kArray, value.elements().size());
    for (size_t i = 0; i < value.elements().size(); ++i) {
      const Type& wanted = type.kind() == Type::Kind::kTuple ? type.elements()[i] : type.element();
      AMEIDE_RETURN_IF_ERROR(Encode(value.elements()[i], wanted, depth + 1));
    }
    return Ok();
  }

  // V-5: an integer where it fits, a double where it is exact, else the decimal text.
  void Numeric(const Number& number) {
    if (const auto whole = number.AsInt64()) return Integer(*whole);
    const bool fraction = number.text().find('.') != std::string::npos;
    if (const auto real = number.AsExactDouble(); real && fraction) {
      Byte(0xcb);
      return BigEndian(std::bit_cast<uint64_t>(*real), 8);
    }
    String(number.text());
  }

  void Integer(int64_t value) {
    const auto bits = static_cast<uint64_t>(value);
    if (value >= 0) {
      if (value < 0x80) return Byte(static_cast<uint8_t>(bits));
      if (value <= UINT8_MAX) return Tagged(0xcc, bits, 1);
      if (value <= UINT16_MAX) return Tagged(0xcd, bits, 2);
      if (value <= UINT32_MAX) return Tagged(0xce, bits, 4);
      return Tagged(0xcf, bits, 8);
    }
    if (value >= -32) return Byte(static_cast<uint8_t>(bits));
    if (value >= INT8_MIN) return Tagged(0xd0, bits, 1);
    if (value >= INT16_MIN) return Tagged(0xd1, bits, 2);
    if (value >= INT32_MIN) return Tagged(0xd2, bits, 4);
    return Tagged(0xd3, bits, 8);
  }

  void String(const std::string& text) {
    const std::string clean = ToValidUtf8(text);  // V-21
    Length(kStr, clean.size());
    out += clean;
  }

  void Length(const LengthTags& tags, size_t length) {
    if (length < tags.fixed_limit) {
      return Byte(static_cast<uint8_t>(tags.fixed | length));
    }
    if (length <= UINT8_MAX && tags.one != 0) return Tagged(tags.one, length, 1);
    if (length <= UINT16_MAX) return Tagged(tags.two, length, 2);
    Tagged(tags.four, length, 4);
  }

  void Tagged(uint8_t tag, uint64_t value, int bytes) {
    Byte(tag);
    BigEndian(value, bytes);
  }
  void BigEndian(uint64_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
      Byte(static_cast<uint8_t>(value >> shift));
    }
  }
  void Byte(uint8_t byte) { out += static_cast<char>(byte); }
};

}  // namespace

Result<std::string> EncodeMsgpack(const Value& value, const Type& type) {
  Encoder encoder;
  AMEIDE_RETURN_IF_ERROR(encoder.Encode(value, type, 0));
  return std::move(encoder.out);
}

}  // namespace ameide::wire
