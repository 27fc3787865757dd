#include "acceptance/coder_simulator/hcl_reader.h"

#include <algorithm>
#include <optional>

#include "acceptance/coder_simulator/hcl_lexer.h"
#include "base/strings.h"

namespace ameide::simulator {
namespace {

constexpr int kMaxDepth = 60;

// Binary operators by strength (HCL specification, "Operations").
int Strength(std::string_view op) {
  if (op == "||") return 1;
  if (op == "&&") return 2;
  if (op == "==" || op == "!=") return 3;
  if (op == "<" || op == ">" || op == "<=" || op == ">=") return 4;
  if (op == "+" || op == "-") return 5;
  if (op == "*" || op == "/" || op == "%") return 6;
  return 0;
}

class Parser {
 public:
  Parser(std::vector<Token> tokens, std::string_view file)
      : tokens_(std::move(tokens)), file_(file) {}

  Result<Body> ReadBody(bool inner, int depth) {
    if (depth > kMaxDepth) return Fail("nested too deeply");
    Body body;
    while (true) {
      SkipNewlines();
      if (inner ? At("}") : Now().kind == Token::Kind::kEnd) return body;
      if (Now().kind != Token::Kind::kName) return Fail("an attribute or a block was expected");
      const std::string name = Take().text;
      if (Accept("=")) {
        AMEIDE_ASSIGN_OR_RETURN(Expr value, ReadExpr(depth));
        if (body.Find(name) != nullptr) return Fail(StrCat("attribute ", name, " stands twice"));
        body.attributes.emplace_back(name, std::move(value));
      } else {
        AMEIDE_ASSIGN_OR_RETURN(Block block, ReadBlock(name, depth));
        body.blocks.push_back(std::move(block));
      }
      if (Now().kind != Token::Kind::kNewline && Now().kind != Token::Kind::kEnd && !At("}")) {
        return Fail("the line goes on after its end");
      }
    }
  }

  // An expression alone, from an interpolation.
  Result<Expr> ReadWhole(int depth) {
    nesting_ = 1;
    AMEIDE_ASSIGN_OR_RETURN(Expr value, ReadExpr(depth));
    SkipNewlines();
    if (Now().kind != Token::Kind::kEnd) return Fail("the interpolation goes on after its end");
    return value;
  }

 private:
  const Token& Now() {
    // Inside brackets a newline is a blank.
    while (nesting_ > 0 && tokens_[at_].kind == Token::Kind::kNewline) ++at_;
    return tokens_[at_];
  }
  Token Take() {
    Token token = Now();
    if (token.kind != Token::Kind::kEnd) ++at_;
    return token;
  }
  bool At(std::string_view mark) { return Now().kind == Token::Kind::kMark && Now().text == mark; }
  bool Accept(std::string_view mark) {
    if (!At(mark)) return false;
    Take();
    return true;
  }
  void SkipNewlines() {
    while (tokens_[at_].kind == Token::Kind::kNewline) ++at_;
  }
  Error Fail(std::string cause) {
    const Token& token = tokens_[at_];
    return Error{ErrorKind::kInvalid, "read configuration", StrCat(file_, ":", token.line),
                 std::move(cause), "run terraform validate in the template's folder"};
  }

  Result<Block> ReadBlock(const std::string& type, int depth) {
    Block block{.type = type, .labels = {}, .body = {}, .line = Now().line};
    while (!At("{")) {
      if (Now().kind != Token::Kind::kString && Now().kind != Token::Kind::kName) {
        return Fail(StrCat("block ", type, " has no body"));
      }
      const Token label = Take();
      std::string text = label.text;
      for (const TextPart& part : label.parts) text += part.text;
      block.labels.push_back(std::move(text));
    }
    Take();
    const int outer = std::exchange(nesting_, 0);
    AMEIDE_ASSIGN_OR_RETURN(block.body, ReadBody(true, depth + 1));
    nesting_ = outer;
    if (!Accept("}")) return Fail(StrCat("block ", type, " is not closed"));
    return block;
  }

  Result<Expr> ReadExpr(int depth) {
    if (depth > kMaxDepth) return Fail("nested too deeply");
    AMEIDE_ASSIGN_OR_RETURN(Expr left, ReadOperation(1, depth + 1));
    if (!Accept("?")) return left;
    Expr choice{
        .kind = Expr::Kind::kConditional, .literal = {}, .path = {}, .keys = {}, .items = {}};
    choice.items.push_back(std::move(left));
    AMEIDE_ASSIGN_OR_RETURN(Expr then, ReadExpr(depth + 1));
    choice.items.push_back(std::move(then));
    if (!Accept(":")) return Fail("a condition lacks its ':'");
    AMEIDE_ASSIGN_OR_RETURN(Expr otherwise, ReadExpr(depth + 1));
    choice.items.push_back(std::move(otherwise));
    return choice;
  }

  Result<Expr> ReadOperation(int strength, int depth) {
    AMEIDE_ASSIGN_OR_RETURN(Expr left, ReadTerm(depth));
    while (Now().kind == Token::Kind::kMark && Strength(Now().text) >= strength) {
      Expr operation;
      operation.kind = Expr::Kind::kOperation;
      operation.path = {Take().text};
      const int own = Strength(operation.path[0]);
      operation.items.push_back(std::move(left));
      AMEIDE_ASSIGN_OR_RETURN(Expr right, ReadOperation(own + 1, depth + 1));
      operation.items.push_back(std::move(right));
      left = std::move(operation);
    }
    return left;
  }

  Result<Expr> ReadTerm(int depth) {
    if (depth > kMaxDepth) return Fail("nested too deeply");
    Expr term;
    if (At("!") || At("-")) {
      term.kind = Expr::Kind::kOperation;
      term.path = {Take().text};
      AMEIDE_ASSIGN_OR_RETURN(Expr operand, ReadTerm(depth + 1));
      term.items.push_back(std::move(operand));
      return term;
    }
    if (Accept("(")) {
      ++nesting_;
      AMEIDE_ASSIGN_OR_RETURN(term, ReadExpr(depth + 1));
      const bool closed = At(")");
      --nesting_;
      if (!closed) return Fail("a parenthesis is not closed");
      Take();
      return term;
    }
    if (At("[") || At("{")) return ReadCollection(depth);
    switch (Now().kind) {
      case Token::Kind::kNumber:
        term.literal = Json(Json::Number{Take().text});
        return term;
      case Token::Kind::kString:
        return ReadText(depth);
      case Token::Kind::kName:
        return ReadName(depth);
      default:
        return Fail("a value was expected");
    }
  }

  Result<Expr> ReadText(int depth) {
    const Token token = Take();
    Expr text;
    text.kind = Expr::Kind::kTemplate;
    for (const TextPart& part : token.parts) {
      Expr piece;
      if (part.interpolated) {
        AMEIDE_ASSIGN_OR_RETURN(auto tokens, Lex(part.text, file_, token.line));
        AMEIDE_ASSIGN_OR_RETURN(piece, Parser(std::move(tokens), file_).ReadWhole(depth + 1));
      } else {
        piece.literal = Json(part.text);
      }
      text.items.push_back(std::move(piece));
    }
    return text;
  }

  Result<Expr> ReadName(int depth) {
    Expr term;
    const std::string name = Take().text;
    if (name == "true" || name == "false") {
      term.literal = Json(name == "true");
      return term;
    }
    if (name == "null") return term;
    if (At("(")) {
      term.kind = Expr::Kind::kCall;
      term.path = {name};
      AMEIDE_ASSIGN_OR_RETURN(term.items, ReadItems(")", depth));
      return term;
    }
    term.kind = Expr::Kind::kReference;
    term.path = {name};
    while (At(".") || At("[")) {
      if (Accept(".")) {
        if (!At("*") && Now().kind != Token::Kind::kName && Now().kind != Token::Kind::kNumber) {
          return Fail(StrCat("the reference to ", name, " ends in a dot"));
        }
        term.path.push_back(Take().text);
        continue;
      }
      AMEIDE_ASSIGN_OR_RETURN(const std::vector<Expr> index, ReadItems("]", depth));
      const bool plain = index.size() == 1 && index[0].kind == Expr::Kind::kLiteral;
      term.path.push_back(plain && index[0].literal.AsNumber() != nullptr
                              ? index[0].literal.AsNumber()->text
                              : "*");
    }
    return term;
  }

  // From the opening mark to `close`.
  Result<std::vector<Expr>> ReadItems(std::string_view close, int depth) {
    std::vector<Expr> items;
    Take();
    ++nesting_;
    while (!At(close)) {
      if (At("*")) {
        Take();  // a splat: [*]
        items.emplace_back();
        continue;
      }
      AMEIDE_ASSIGN_OR_RETURN(Expr item, ReadExpr(depth + 1));
      items.push_back(std::move(item));
      if (Accept("...")) continue;
      if (!Accept(",") && !At(close)) return Fail(StrCat("'", close, "' or ',' was expected"));
    }
    --nesting_;
    ++at_;
    return items;
  }

  Result<Expr> ReadCollection(int depth) {
    Expr value;
    const bool object = At("{");
    if (IsForExpression()) return SkipFor(object ? "}" : "]");
    value.kind = object ? Expr::Kind::kObject : Expr::Kind::kTuple;
    if (!object) {
      AMEIDE_ASSIGN_OR_RETURN(value.items, ReadItems("]", depth));
      return value;
    }
    Take();
    ++nesting_;
    while (!At("}")) {
      const bool named = Now().kind == Token::Kind::kName || Now().kind == Token::Kind::kString;
      if (!named) return Fail("an object's key was expected");
      const Token key = Take();
      std::string text = key.text;
      for (const TextPart& part : key.parts) text += part.text;
      if (!Accept("=") && !Accept(":")) return Fail(StrCat("key ", text, " has no value"));
      value.keys.push_back(std::move(text));
      AMEIDE_ASSIGN_OR_RETURN(Expr item, ReadMember(depth));
      value.items.push_back(std::move(item));
    }
    --nesting_;
    ++at_;
    return value;
  }

  // A member ends at a newline or a comma, so a following line that begins with "-" is no minus.
  Result<Expr> ReadMember(int depth) {
    const int outer = std::exchange(nesting_, 0);
    AMEIDE_ASSIGN_OR_RETURN(Expr item, ReadExpr(depth + 1));
    const bool ended = tokens_[at_].kind == Token::Kind::kNewline || At(",") || At("}");
    if (!ended) return Fail("an object's member goes on after its end");
    nesting_ = outer;
    Accept(",");
    return item;
  }

  bool IsForExpression() {
    size_t next = at_ + 1;
    while (tokens_[next].kind == Token::Kind::kNewline) ++next;
    return tokens_[next].kind == Token::Kind::kName && tokens_[next].text == "for";
  }

  Result<Expr> SkipFor(std::string_view close) {
    const std::string open = Take().text;
    ++nesting_;
    int depth = 1;
    while (depth > 0) {
      if (Now().kind == Token::Kind::kEnd) return Fail("a for expression is not closed");
      if (At(open)) ++depth;
      if (At(close)) --depth;
      ++at_;
    }
    --nesting_;
    Expr value;
    value.kind = Expr::Kind::kUnread;
    return value;
  }

  std::vector<Token> tokens_;
  std::string file_;
  size_t at_ = 0;
  int nesting_ = 0;
};

}  // namespace

const Expr* Body::Find(std::string_view attribute) const {
  for (const auto& [name, value] : attributes) {
    if (name == attribute) return &value;
  }
  return nullptr;
}

const Block* Body::FindBlock(std::string_view type) const {
  for (const Block& block : blocks) {
    if (block.type == type) return &block;
  }
  return nullptr;
}

Result<Body> ReadHcl(std::string_view text, std::string_view file) {
  AMEIDE_ASSIGN_OR_RETURN(auto tokens, Lex(text, file, 1));
  return Parser(std::move(tokens), file).ReadBody(false, 0);
}

}  // namespace ameide::simulator
