#include "generator/score.h"

#include <algorithm>

#include "base/strings.h"
#include "generator/lint/hcl_scan.h"
#include "task/contract/profile_rules.h"

namespace ameide::generator {
namespace {

constexpr int kNone = 0;
constexpr int kHalf = 1;
constexpr int kFull = 2;

// What the criteria look at, gathered once.
class Facts {
 public:
  explicit Facts(const FileSet& files) : files_(files) {
    const auto readme = files.find("README.md");
    if (readme != files.end()) readme_ = readme->second;
    for (const auto& [path, text] : files) {
      if (path.ends_with(".tftest.hcl")) tests_ += text;
      if (path.ends_with(".sh")) scripts_ += text;
      if (!path.ends_with(".tf") || path.find('/') != std::string::npos) continue;
      terraform_ += text;
      Result<HclBlock> body = ScanHcl(text, path);
      if (!body.ok()) continue;
      for (HclBlock& block : body->blocks) Take(std::move(block));
    }
  }

  bool Readme(std::string_view words) const { return readme_.find(words) != std::string::npos; }
  bool Terraform(std::string_view words) const {
    return terraform_.find(words) != std::string::npos;
  }
  bool Scripts(std::string_view words) const { return scripts_.find(words) != std::string::npos; }
  size_t TestsWith(std::string_view words) const {
    size_t count = 0;
    for (size_t at = tests_.find(words); at != std::string::npos; at = tests_.find(words, at + 1)) {
      ++count;
    }
    return count;
  }
  bool LooksSecret() const {
    return std::any_of(files_.begin(), files_.end(), [](const auto& file) {
      return !task::LooksLikeSecret(file.second).empty();
    });
  }
  const std::vector<HclBlock>& variables() const { return variables_; }
  const std::vector<HclBlock>& parameters() const { return parameters_; }

 private:
  void Take(HclBlock block) {
    if (block.type == "variable") {
      variables_.push_back(std::move(block));
    } else if (block.type == "data" && !block.labels.empty() &&
               block.labels[0] == "coder_parameter") {
      parameters_.push_back(std::move(block));
    }
  }

  const FileSet& files_;
  std::string readme_;
  std::string terraform_;
  std::string scripts_;
  std::string tests_;
  std::vector<HclBlock> variables_;
  std::vector<HclBlock> parameters_;
};

struct Mark {
  int halves;
  std::string note;
  bool applies = true;
};

Mark Modes(const Facts& facts) {
  if (!facts.Readme("templates push")) return {kNone, "README shows no push"};
  const bool variables = facts.variables().empty() || facts.Readme("--variable ");
  const bool parameters = facts.parameters().empty() || facts.Readme("```tf");
  if (variables && parameters) return {kFull, "README shows how to push it and how to use it"};
  return {kHalf, "README shows how to push it, but not every way to set it up"};
}

Mark Context(const Facts& facts) {
  if (!facts.Readme("Coder")) return {kNone, "README does not name Coder"};
  if (facts.Readme("\n## Architecture\n")) return {kFull, "README says what runs where in Coder"};
  return {kHalf, "README names Coder without showing the flow"};
}

Mark Preview(const Facts& facts) {
  if (facts.Readme("![")) return {kFull, "README has an image"};
  if (facts.Readme("```mermaid")) return {kHalf, "README has a drawn diagram, no picture"};
  return {kNone, "README has no picture"};
}

bool SoundsSecret(const HclBlock& input) {
  const std::string name = AsciiLower(input.Literal("name").value_or(input.labels.back()));
  for (const std::string_view word : {"token", "secret", "password", "private_key", "api_key"}) {
    if (name.find(word) != std::string::npos) return true;
  }
  return false;
}

Mark Secrets(const Facts& facts) {
  if (facts.LooksSecret()) return {kNone, "a file holds what looks like a secret"};
  for (const auto* inputs : {&facts.variables(), &facts.parameters()}) {
    for (const HclBlock& input : *inputs) {
      if (SoundsSecret(input) && input.Text("sensitive") != "true") {
        return {kHalf, StrCat(input.labels.back(), " is not marked sensitive")};
      }
    }
  }
  return {kFull, "no input takes a secret, and none stands in an example"};
}

Mark AuthPath(const Facts& facts) {
  const bool by_name = facts.Terraform("secret_key_ref") || facts.Terraform("coder_external_auth");
  const bool told = facts.Readme("\n## Secrets\n");
  if (told) return {kFull, "README shows secrets by name, or that there are none"};
  return {by_name ? kHalf : kNone, "README does not say how secrets get in"};
}

Mark Mirrors(const Facts& facts) {
  const bool told = facts.Readme("mirror");
  if (told) return {kFull, "every image can be named from a mirror, and README says where"};
  return {facts.Terraform("@sha256:") ? kHalf : kNone, "README does not say how to use a mirror"};
}

Mark OwnBinary(const Facts& facts) {
  for (const std::string_view fetch :
       {"curl ", "wget ", "apt-get ", "pip install", "npm install"}) {
    if (facts.Scripts(fetch) || facts.Terraform(fetch)) {
      return {kNone, StrCat("a script fetches by ", fetch)};
    }
  }
  return {kNone, "no script downloads or installs anything", false};
}

Mark Egress(const Facts& facts) {
  if (facts.Readme("\n## Network\n")) return {kFull, "README lists where the pod connects to"};
  return {facts.Readme("egress") ? kHalf : kNone, "README does not list where the pod connects to"};
}

Mark Inputs(const Facts& facts) {
  size_t all = 0;
  size_t good = 0;
  for (const auto* inputs : {&facts.variables(), &facts.parameters()}) {
    for (const HclBlock& input : *inputs) {
      ++all;
      const bool bounded = input.Block("validation") || input.Block("option") ||
                           input.Text("type") == "\"bool\"" || input.Text("type") == "bool";
      good += input.Find("description") != nullptr && bounded;
    }
  }
  const std::string note = StrCat(good, " of ", all, " inputs are described and bounded");
  return {good == all ? kFull : 2 * good >= all ? kHalf : kNone, note};
}

Mark Tests(const Facts& facts) {
  const size_t runs = facts.TestsWith("\nrun \"");
  const std::string note = StrCat(runs, " runs in .tftest.hcl");
  if (runs >= 2 && facts.TestsWith("assert {") >= 2) return {kFull, note};
  return {runs > 0 ? kHalf : kNone, note};
}

using Judge = Mark (*)(const Facts&);
constexpr Judge kJudges[] = {Modes,   Context,   Preview, Secrets, AuthPath,
                             Mirrors, OwnBinary, Egress,  Inputs,  Tests};

}  // namespace

// The order is that of kJudges.
const std::vector<Criterion>& Criteria() {
  static const std::vector<Criterion> kCriteria = {
      {"modes", "Presentation and onboarding", "Examples for each way to set it up", 12,
       "README shows the push, with its variables, and the use, where there are parameters"},
      {"context", "Presentation and onboarding", "What it adds to Coder, and where it fits", 8,
       "README names Coder and has a section Architecture"},
      {"preview", "Presentation and onboarding", "A picture", 5,
       "README has an image; a drawn diagram earns half"},
      {"sensitive", "Credential hygiene", "Secrets are marked, and in no example", 16,
       "no file looks like it holds a secret, and inputs that take one are `sensitive`"},
      {"auth-path", "Credential hygiene", "A way in without pasting keys", 4,
       "README has a section Secrets that names them"},
      {"mirrors", "Restricted networks", "What is fetched can come from a mirror", 10,
       "README says how each image is named from a mirror"},
      {"own-binary", "Restricted networks", "Fetching can be left out", 6,
       "left out of the scale where no script fetches anything"},
      {"egress", "Restricted networks", "Where it connects to is written down", 4,
       "README has a section Network"},
      {"inputs", "Engineering", "Inputs are described and bounded", 6,
       "every variable and parameter has a description and a validation, options or a bool"},
      {"tests", "Engineering", "There are tests", 4,
       "at least two runs and two assertions in tests/*.tftest.hcl"},
  };
  return kCriteria;
}

TemplateScore ScoreTemplate(const FileSet& files) {
  const Facts facts(files);
  TemplateScore score;
  int halves = 0;
  int most = 0;
  for (size_t i = 0; i < Criteria().size(); ++i) {
    const Criterion& criterion = Criteria()[i];
    Mark mark = kJudges[i](facts);
    score.criteria.push_back({&criterion, mark.applies, mark.halves, std::move(mark.note)});
    if (!mark.applies) continue;
    halves += mark.halves * criterion.points;
    most += 2 * criterion.points;
  }
  score.total = (200 * halves + most) / (2 * most);  // rounded
  return score;
}

std::string CriteriaMarkdown() {
  std::string out = "| Theme | Criterion | Points | All of them for |\n| --- | --- | --- | --- |\n";
  for (const Criterion& criterion : Criteria()) {
    StrAppend(&out, "| ", criterion.theme, " | ", criterion.title, " | ", criterion.points, " | ",
              criterion.full, " |\n");
  }
  return out;
}

}  // namespace ameide::generator
