// score: templates by the registry's criteria.
#include "generator/score.h"

#include <algorithm>

#include "base/json.h"
#include "base/strings.h"
#include "generator/commands/commands.h"
#include "generator/commands/selection.h"

namespace ameide::generator {
namespace {

std::string Points(const CriterionScore& score) {
  if (!score.applies) return "-";
  const int points = score.halves * score.criterion->points;
  return StrCat(points / 2, points % 2 == 0 ? "" : ".5");
}

Json AsJson(const std::string& name, const TemplateScore& score) {
  Json::Array criteria;
  for (const CriterionScore& one : score.criteria) {
    criteria.push_back(Json::Object{{"id", one.criterion->id},
                                    {"theme", one.criterion->theme},
                                    {"applies", one.applies},
                                    {"max", one.criterion->points},
                                    {"points", Json::Number{one.applies ? Points(one) : "0"}},
                                    {"note", one.note}});
  }
  return Json::Object{
      {"template", name}, {"score", score.total}, {"criteria", std::move(criteria)}};
}

std::string AsText(const std::string& name, const TemplateScore& score) {
  std::string out = StrCat(name, ": ", score.total, " of 100\n");
  for (const CriterionScore& one : score.criteria) {
    const std::string points =
        StrCat(Points(one), one.applies ? StrCat(" of ", one.criterion->points) : "");
    StrAppend(&out, "  ", points, std::string(12 - std::min<size_t>(11, points.size()), ' '),
              one.criterion->title, ": ", one.note, "\n");
  }
  return out;
}

Outcome Score(const Arguments& arguments, const Context&) {
  const auto selected = SelectedProfiles(arguments);
  if (const auto* stop = std::get_if<Outcome>(&selected)) return *stop;
  Outcome outcome;
  Json::Array items;
  for (const auto& [name, files] : Templates(std::get<Profiles>(selected))) {
    const TemplateScore score = ScoreTemplate(files);
    items.push_back(AsJson(name, score));
    outcome.out += AsText(name, score);
  }
  if (arguments.Has("--json")) {
    outcome.out = Json(Json::Object{{"templates", std::move(items)}}).DumpPretty();
  }
  return outcome;
}

}  // namespace

Command ScoreCommand() {
  return {"score",
          "Score the templates by the criteria of Coder's registry",
          {NamesOperand(), ProfilesOption(), JsonOption()},
          Score};
}

}  // namespace ameide::generator
