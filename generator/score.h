// A template judged by the criteria that Coder's registry publishes for what it lists (the
// scorecard of its repository): universal criteria of 75 points, none, half or all of each, scaled
// to 100. What a criterion is about and the template does not have at all is left out of the
// scale, as the scorecard says. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "generator/render/render.h"

namespace ameide::generator {

struct Criterion {
  std::string_view id;
  std::string_view theme;
  std::string_view title;
  int points;
  std::string_view full;  // what earns all of them here
};
const std::vector<Criterion>& Criteria();

struct CriterionScore {
  const Criterion* criterion;
  bool applies = true;
  int halves = 0;    // 0, 1 or 2
  std::string note;  // why
};

struct TemplateScore {
  std::vector<CriterionScore> criteria;
  int total = 0;  // of 100, rounded
};

TemplateScore ScoreTemplate(const FileSet& files);

// The criteria as the rows of docs/templates.md.
std::string CriteriaMarkdown();

}  // namespace ameide::generator
