// Rules about what a parameter takes: form type, default and validation. Source: coder/coder 2.19.
#include <algorithm>
#include <cstdlib>

#include "base/strings.h"
#include "generator/lint/template_lint.h"
#include "task/contract/executor_rules.h"

namespace ameide::generator {
namespace {

using Words = std::vector<std::string>;

std::optional<double> NumberOf(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0') return std::nullopt;
  return number;
}

// What the form types of a type are; empty for a type that is none.
Words FormTypes(std::string_view type, bool options) {
  if (type == "bool") return options ? Words{"radio"} : Words{"checkbox", "switch"};
  if (type == "list(string)") return options ? Words{"radio", "multi-select"} : Words{"tag-select"};
  if (options) return {"radio", "dropdown"};
  if (type == "string") return {"input", "textarea"};
  return type == "number" ? Words{"input", "slider"} : Words{};
}

class ParameterValues {
 public:
  ParameterValues(const ScannedFile& file, const HclBlock& parameter, TemplateReport* report)
      : file_(file),
        parameter_(parameter),
        validation_(parameter.Block("validation")),
        type_(parameter.Literal("type").value_or("string")),
        report_(report) {}

  void Run() {
    FormType();
    Default();
    if (validation_ != nullptr) Validation();
  }

 private:
  void FormType() {
    const std::optional<std::string> form = parameter_.Literal("form_type");
    const Words known = FormTypes(type_, parameter_.Block("option") != nullptr);
    if (!form || known.empty() || std::find(known.begin(), known.end(), *form) != known.end()) {
      return;
    }
    report_->Add(
        "form-type", file_, parameter_, "form_type",
        StrCat(*form, " is none for a ", type_, " like this; use ", StrJoin(known, " or ")));
  }

  // Text, number or truth value as it is written; nothing for what is computed.
  static std::optional<std::string> Written(const HclBlock& block, std::string_view attribute) {
    if (std::optional<std::string> text = block.Literal(attribute)) return text;
    const std::string source = block.Text(attribute);
    if (source == "true" || source == "false" || NumberOf(source)) return source;
    return std::nullopt;
  }

  void Default() {
    const std::optional<std::string> value = Written(parameter_, "default");
    if (!value) return;
    const std::string problem = Problem(*value);
    if (problem.empty()) return;
    report_->Add("parameter-default", file_, parameter_, "default",
                 StrCat("'", *value, "' ", problem));
  }

  std::string Problem(const std::string& value) const {
    const std::optional<double> number = NumberOf(value);
    if (type_ == "number" && !number) return "is no number; write one";
    if (type_ == "bool" && value != "true" && value != "false") return "must be true or false";
    Words options;
    for (const HclBlock& block : parameter_.blocks) {
      if (block.type != "option") continue;
      const std::optional<std::string> option = Written(block, "value");
      if (!option) return "";
      options.push_back(*option);
    }
    if (!options.empty() && type_ != "list(string)" &&
        std::find(options.begin(), options.end(), value) == options.end()) {
      return StrCat("is none of the options; use one of ", StrJoin(options, ", "));
    }
    if (validation_ == nullptr) return "";
    if (type_ == "number") return OutOfBounds(*number);
    const std::optional<std::string> regex = validation_->Literal("regex");
    // Coder looks for the pattern anywhere in the text.
    if (type_ == "string" && regex && task::RegexProblem(*regex).empty() &&
        !task::MatchesRegex(StrCat("(?s).*(?:", *regex, ").*"), value)) {
      return "does not match the validation's regex; correct one of the two";
    }
    return "";
  }

  std::string OutOfBounds(double number) const {
    const std::optional<double> min = NumberOf(validation_->Text("min"));
    const std::optional<double> max = NumberOf(validation_->Text("max"));
    if (number != static_cast<double>(static_cast<int64_t>(number))) {
      return "must be a whole number, as every value with a validation";
    }
    if ((min && number < *min) || (max && number > *max)) {
      return "is outside min and max; correct one of them";
    }
    return "";
  }

  void Validation() {
    for (const std::string_view limit : {"min", "max", "monotonic"}) {
      if (type_ == "number" || validation_->Find(limit) == nullptr) continue;
      Add("validation-mismatch", limit, StrCat(limit, " is for numbers, and this is a ", type_));
    }
    if (validation_->Find("regex") == nullptr) return;
    if (type_ != "string") {
      Add("validation-mismatch", "regex", StrCat("regex is for text, and this is a ", type_));
    }
    if (validation_->Find("error") == nullptr) {
      Add("validation-without-error", "regex", "needs `error`, which says what is expected");
    }
    const std::string regex = validation_->Literal("regex").value_or("x");
    const std::string problem = regex.size() <= 256 ? task::RegexProblem(regex) : "";
    if (!problem.empty()) Add("validation-pattern", "regex", problem);
  }

  void Add(std::string_view rule, std::string_view attribute, std::string message) {
    report_->Add(rule, file_, *validation_, attribute, std::move(message));
  }

  const ScannedFile& file_;
  const HclBlock& parameter_;
  const HclBlock* validation_;  // may be null
  std::string type_;
  TemplateReport* report_;
};

}  // namespace

void LintParameterValues(const ScannedFile& file, const HclBlock& parameter,
                         TemplateReport* report) {
  ParameterValues(file, parameter, report).Run();
}

}  // namespace ameide::generator
