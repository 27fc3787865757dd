#include "acceptance/coder_simulator/hcl_evaluate.h"

#include <cmath>
#include <cstdlib>

#include "base/base64.h"
#include "base/digest.h"
#include "base/strings.h"

namespace ameide::simulator {
namespace {

Error Fail(std::string target, std::string cause) {
  return Error{ErrorKind::kInvalid, "evaluate", std::move(target), std::move(cause), ""};
}

std::optional<std::string> AsText(const Json& value) {
  if (value.AsString() != nullptr) return *value.AsString();
  if (value.AsNumber() != nullptr) return value.AsNumber()->text;
  if (value.AsBool() != nullptr) return std::string(*value.AsBool() ? "true" : "false");
  if (value.is_null()) return std::string();
  return std::nullopt;
}

std::optional<double> AsDouble(const Json& value) {
  const auto text = AsText(value);
  if (!text || text->empty()) return std::nullopt;
  char* end = nullptr;
  const double number = std::strtod(text->c_str(), &end);
  if (*end != '\0') return std::nullopt;
  return number;
}

Json FromDouble(double number) {
  if (number == std::floor(number) && std::abs(number) < 9e15) {
    return Json(static_cast<int64_t>(number));
  }
  return Json(Json::Number{std::to_string(number)});
}

Result<Json> Call(const Expr& expr, const Scope& scope) {
  const std::string& function = expr.path[0];
  std::vector<Json> arguments;
  for (const Expr& item : expr.items) {
    AMEIDE_ASSIGN_OR_RETURN(Json value, Evaluate(item, scope));
    arguments.push_back(std::move(value));
  }
  const std::string first = arguments.empty() ? "" : AsText(arguments[0]).value_or("");
  if (function == "file" || function == "filebase64") {
    const bool here = first.starts_with("./");
    const auto bytes = scope.file(here ? first.substr(2) : first);
    if (!bytes) return Fail(first, "the template has no such file");
    return Json(function == "file" ? *bytes : ToBase64(*bytes));
  }
  if (function == "tostring") return Json(first);
  if (function == "tonumber") {
    const auto number = AsDouble(Json(first));
    if (!number) return Fail(first, "not a number");
    return FromDouble(*number);
  }
  if (function == "base64encode") return Json(ToBase64(first));
  if (function == "base64decode") {
    std::optional<std::string> decoded = FromBase64(first);
    if (!decoded) return Fail("base64decode", "not base64");
    return Json(*std::move(decoded));
  }
  if (function == "sha256") return Json(Sha256Hex(first));
  if (function == "jsonencode" && arguments.size() == 1) return Json(arguments[0].Dump());
  if (function == "lower") return Json(AsciiLower(first));
  if (function == "trimspace") return Json(StripWhitespace(first));
  return Fail(StrCat(function, "()"), "the simulator does not know this function");
}

Result<Json> Operate(const Expr& expr, const Scope& scope) {
  const std::string& op = expr.path[0];
  AMEIDE_ASSIGN_OR_RETURN(const Json left, Evaluate(expr.items[0], scope));
  const bool left_true = AsText(left) == "true";
  if (op == "!") return Json(!left_true);
  const auto a = AsDouble(left);
  if (expr.items.size() == 1) return a ? Result<Json>(FromDouble(-*a)) : Fail(op, "not a number");
  if (op == "&&" && !left_true) return Json(false);
  if (op == "||" && left_true) return Json(true);
  AMEIDE_ASSIGN_OR_RETURN(const Json right, Evaluate(expr.items[1], scope));
  if (op == "&&" || op == "||") return Json(AsText(right) == "true");
  if (op == "==") return Json(left == right);
  if (op == "!=") return Json(!(left == right));
  const auto b = AsDouble(right);
  if (!a || !b) return Fail(StrCat("operator ", op), "its operands are no numbers");
  if (op == "+") return FromDouble(*a + *b);
  if (op == "-") return FromDouble(*a - *b);
  if (op == "*") return FromDouble(*a * *b);
  if (op == "/" && *b != 0) return FromDouble(*a / *b);
  if (op == "%" && *b != 0) return FromDouble(std::fmod(*a, *b));
  if (op == "<") return Json(*a < *b);
  if (op == ">") return Json(*a > *b);
  if (op == "<=") return Json(*a <= *b);
  if (op == ">=") return Json(*a >= *b);
  return Fail(StrCat("operator ", op), "no result");
}

Result<Json> EvaluateCollection(const Expr& expr, const Scope& scope) {
  Json::Array items;
  Json::Object members;
  for (size_t i = 0; i < expr.items.size(); ++i) {
    AMEIDE_ASSIGN_OR_RETURN(Json value, Evaluate(expr.items[i], scope));
    if (expr.kind == Expr::Kind::kTuple) {
      items.push_back(std::move(value));
    } else {
      members.emplace_back(expr.keys[i], std::move(value));
    }
  }
  return expr.kind == Expr::Kind::kTuple ? Json(std::move(items)) : Json(std::move(members));
}

}  // namespace

Result<Json> Evaluate(const Expr& expr, const Scope& scope) {
  switch (expr.kind) {
    case Expr::Kind::kLiteral:
      return expr.literal;
    case Expr::Kind::kTemplate: {
      std::string text;
      for (const Expr& item : expr.items) {
        AMEIDE_ASSIGN_OR_RETURN(const std::string piece, EvaluateText(item, scope));
        text += piece;
      }
      return Json(text);
    }
    case Expr::Kind::kReference: {
      const auto value = scope.reference(expr.path);
      if (!value) return Fail(StrJoin(expr.path, "."), "there is no such value");
      return *value;
    }
    case Expr::Kind::kCall:
      return Call(expr, scope);
    case Expr::Kind::kTuple:
    case Expr::Kind::kObject:
      return EvaluateCollection(expr, scope);
    case Expr::Kind::kOperation:
      return Operate(expr, scope);
    case Expr::Kind::kConditional: {
      AMEIDE_ASSIGN_OR_RETURN(const std::string condition, EvaluateText(expr.items[0], scope));
      return Evaluate(expr.items[condition == "true" ? 1 : 2], scope);
    }
    case Expr::Kind::kUnread:
      break;
  }
  return Fail("for expression", "the simulator does not evaluate these");
}

Result<std::string> EvaluateText(const Expr& expr, const Scope& scope) {
  AMEIDE_ASSIGN_OR_RETURN(const Json value, Evaluate(expr, scope));
  auto text = AsText(value);
  if (!text) return Fail(StrCat("a ", value.TypeName()), "text was expected");
  return *std::move(text);
}

}  // namespace ameide::simulator
