#include "task/evidence/report_parts.h"

#include <algorithm>

#include "base/quoting.h"
#include "base/strings.h"
#include "base/text.h"

namespace ameide::task::report {
namespace {

constexpr size_t kMaxListed = 500;

// "<open>item</close>" per item, and a last line that says how many were left out.
Html List(const std::vector<std::string>& items) {
  Html html;
  html << "<ul class=\"plain mono\">";
  for (size_t i = 0; i < std::min(items.size(), kMaxListed); ++i) {
    html << "<li>" << Text(items[i]) << "</li>";
  }
  if (items.size() > kMaxListed) {
    html << "<li class=\"muted\">and " << items.size() - kMaxListed
         << " more, see result.json</li>";
  }
  html << "</ul>";
  return html;
}

void Row(Html* html, Markup name, const Html& value) {
  *html << "<dt>" << name << "</dt><dd>" << value << "</dd>\n";
}

void TextRow(Html* html, Markup name, std::string_view value) {
  if (value.empty()) return;
  Html text;
  text << Text(value);
  Row(html, name, text);
}

void CodeRow(Html* html, Markup name, std::string_view value) {
  if (value.empty()) return;
  Html code;
  code << "<code>" << Text(value) << "</code>";
  Row(html, name, code);
}

int64_t Failing(const TestCounts& tests) {
  return int64_t{std::max(tests.failed, 0)} + std::max(tests.errors, 0);
}

void Tile(Html* html, Markup open, std::string_view value, Markup name) {
  *html << open << "<b>" << Text(value, 40) << "</b><span>" << name << "</span></a>\n";
}

}  // namespace

Html LinkOrText(std::string_view url) {
  const bool web = url.starts_with("https://") || url.starts_with("http://");
  Html html;
  if (web && ToOneLine(url) == url && url.size() < 2000) {
    html << "<a rel=\"noopener noreferrer\" href=\"" << Text(url) << "\">" << Text(url) << "</a>";
  } else {
    html << Text(url);
  }
  return html;
}

Html Summary(const TaskResult& result) {
  const TestCounts& tests = result.artifact.tests;
  const size_t changed = result.artifact.changed_files.size();
  Html html;
  html << "<div class=\"tiles\">\n";
  Tile(&html, "<a class=\"tile\" href=\"#timeline\">",
       HumanDuration(Between(result.started_at, result.finished_at)), "duration");
  const std::string exit = result.exit_code ? StrCat(*result.exit_code) : "none";
  const bool clean = result.exit_code.value_or(0) == 0;
  Tile(&html,
       clean ? Markup("<a class=\"tile\" href=\"#facts\">")
             : Markup("<a class=\"tile bad\" href=\"#facts\">"),
       exit, "exit code");
  const std::string passed = tests.total > 0 ? StrCat(tests.passed, " / ", tests.total) : "none";
  Tile(&html,
       Failing(tests) == 0 ? Markup("<a class=\"tile\" href=\"#tests\">")
                           : Markup("<a class=\"tile bad\" href=\"#tests\">"),
       passed, "tests passed");
  Tile(&html, "<a class=\"tile\" href=\"#changes\">", StrCat(changed), "changed files");
  Tile(&html,
       result.findings.empty() ? Markup("<a class=\"tile\">")
                               : Markup("<a class=\"tile bad\" href=\"#findings\">"),
       StrCat(result.findings.size()), "guardrail findings");
  html << "</div>\n";
  return html;
}

Html Why(const TaskResult& result) {
  const Artifact& artifact = result.artifact;
  const bool good = result.outcome == Outcome::kSuccess;
  if (good && artifact.summary.empty() && artifact.risks.empty() && artifact.pr_url.empty()) {
    return {};
  }
  Html html;
  html << "<div class=\"why " << ToneOf(result.outcome) << "\">\n<h2>"
       << (good                                    ? Markup("What was done")
           : result.failure == FailureClass::kNone ? OutcomeName(result.outcome)
                                                   : FailureName(result.failure))
       << "</h2>\n";
  if (!result.reason.empty()) html << "<p class=\"lines\">" << Text(result.reason) << "</p>\n";
  if (!good && result.signal) {
    html << "<p>The command was ended by signal <b>" << *result.signal << "</b>.</p>\n";
  } else if (!good && result.exit_code) {
    html << "<p>The command's exit code was <b>" << *result.exit_code << "</b>.</p>\n";
  } else if (!good) {
    html << "<p>The command never ran to an end of its own.</p>\n";
  }
  if (!artifact.summary.empty()) {
    html << "<p class=\"lines\">" << Text(artifact.summary) << "</p>\n";
  }
  if (!artifact.pr_url.empty()) {
    html << "<p>Pull request: " << LinkOrText(artifact.pr_url) << "</p>\n";
  }
  if (!artifact.risks.empty()) {
    html << "<p><b>Risks</b></p><ul>";
    for (size_t i = 0; i < std::min<size_t>(artifact.risks.size(), 50); ++i) {
      html << "<li>" << Text(artifact.risks[i]) << "</li>";
    }
    html << "</ul>\n";
  }
  html << "</div>\n";
  return html;
}

Html Facts(const TaskResult& result) {
  Html html;
  html << "<section id=\"facts\"><div class=\"head\"><h2>Run</h2></div>\n<dl>\n";
  TextRow(&html, "Profile", result.profile);
  TextRow(&html, "Kind", ToString(result.kind));
  if (!result.repository_url.empty()) Row(&html, "Repository", LinkOrText(result.repository_url));
  CodeRow(&html, "Ref", result.repository_ref);
  CodeRow(&html, "Base commit", result.base_commit);
  CodeRow(&html, "Command", ShellCommand(result.command));
  TextRow(&html, "Exit code", result.exit_code ? StrCat(*result.exit_code) : "none");
  CodeRow(&html, "Work id", result.work_id);
  CodeRow(&html, "Run id", result.run_id);
  TextRow(&html, "Started", HumanTime(result.started_at));
  TextRow(&html, "Finished", HumanTime(result.finished_at));
  html << "</dl></section>\n";
  return html;
}

Html Timeline(const TaskResult& result) {
  Html html;
  html << "<section id=\"timeline\"><div class=\"head\"><h2>Timeline</h2></div>\n";
  if (result.phases.empty()) html << "<p class=\"muted\">No phase was started.</p>";
  const int64_t whole =
      std::max<int64_t>(Between(result.started_at, result.finished_at).count(), 1);
  // In hundredths of a percent, and never outside of the track whatever the times claim.
  const auto share = [&](Millis part) {
    const int64_t bounded = std::clamp<int64_t>(part.count(), 0, whole);
    return static_cast<int64_t>(static_cast<double>(bounded) / static_cast<double>(whole) * 10000);
  };
  const auto percent = [](Html* out, int64_t hundredths) {
    *out << hundredths / 100 << "." << hundredths % 100 / 10 << hundredths % 10 << "%";
  };
  for (size_t i = 0; i < std::min<size_t>(result.phases.size(), 50); ++i) {
    const PhaseRecord& phase = result.phases[i];
    const int64_t left = share(Between(result.started_at, phase.started_at));
    html << "<div class=\"phase " << ToneOf(phase.outcome) << "\"><b>"
         << Text(ToString(phase.phase))
         << "</b><div class=\"track\"><div class=\"bar\" style=\"left:";
    percent(&html, left);
    html << ";width:";
    percent(&html, std::min(share(phase.duration), 10000 - left));
    html << "\"></div></div><div class=\"end\"><span>" << Text(HumanDuration(phase.duration))
         << "</span><span class=\"badge small\">" << OutcomeName(phase.outcome)
         << "</span></div></div>\n";
  }
  html << "</section>\n";
  return html;
}

Html Tests(const TestCounts& tests) {
  Html html;
  html << "<section id=\"tests\"><div class=\"head\"><h2>Tests</h2></div>\n";
  if (tests.total <= 0) {
    html << "<p class=\"muted\">No test results were found.</p></section>\n";
    return html;
  }
  struct Share {
    int64_t count;
    Markup tone;
    Markup name;
  };
  const Share shares[] = {{Failing(tests), "bad", "failed"},
                          {std::max(tests.passed, 0), "good", "passed"},
                          {std::max(tests.skipped, 0), "calm", "skipped"}};
  if (!tests.failing.empty()) {
    html << "<h3>Failing</h3>" << List(tests.failing) << "<br>";
  }
  html << "<div class=\"split\">";
  for (const Share& share : shares) {
    if (share.count == 0) continue;
    html << "<i class=\"" << share.tone << "\" style=\"flex:" << share.count << "\"></i>";
  }
  html << "</div>\n<div class=\"counts\">";
  for (const Share& share : shares) {
    html << "<span class=\"" << share.tone << "\"><b>" << share.count << "</b> " << share.name
         << "</span>";
  }
  html << "<span class=\"muted\">" << tests.total << " in all</span></div></section>\n";
  return html;
}

Html Findings(const TaskResult& result) {
  if (result.findings.empty()) return {};
  constexpr size_t kMaxFindings = 100;
  Html html;
  html << "<section id=\"findings\"><div class=\"head\"><h2>Guardrail findings</h2><span "
          "class=\"muted\">"
       << result.findings.size() << "</span></div>\n";
  for (size_t i = 0; i < std::min(result.findings.size(), kMaxFindings); ++i) {
    const Finding& finding = result.findings[i];
    html << "<div class=\"finding bad\"><span class=\"badge small\">" << Text(finding.rule)
         << "</span> <code>" << Text(finding.path) << "</code>\n<dl>\n";
    TextRow(&html, "What failed", finding.what_failed);
    TextRow(&html, "Why it matters", finding.why_it_matters);
    TextRow(&html, "Where to fix", finding.where_to_fix);
    if (!finding.fix_steps.empty()) {
      Html steps;
      steps << "<ol>";
      for (size_t step = 0; step < std::min<size_t>(finding.fix_steps.size(), 20); ++step) {
        steps << "<li>" << Text(finding.fix_steps[step]) << "</li>";
      }
      steps << "</ol>";
      Row(&html, "How to fix", steps);
    }
    html << "</dl></div>\n";
  }
  if (result.findings.size() > kMaxFindings) {
    html << "<p class=\"muted\">and " << result.findings.size() - kMaxFindings
         << " more, see result.json</p>";
  }
  html << "</section>\n";
  return html;
}

Html ChangedFiles(const TaskResult& result) {
  const std::vector<std::string>& files = result.artifact.changed_files;
  Html html;
  html << "<section id=\"changes\"><div class=\"head\"><h2>Changed files</h2><span "
          "class=\"muted\">"
       << files.size() << "</span></div>\n";
  if (files.empty()) {
    html << "<p class=\"muted\">No file was changed.</p>";
  } else {
    html << List(files);
  }
  html << "</section>\n";
  return html;
}

Html Files(const ReportInput& input) {
  Html html;
  html << "<section id=\"files\"><div class=\"head\"><h2>Files</h2><span class=\"muted\">"
       << input.files.size()
       << " in this bundle, besides this page and manifest.json</span></div>\n"
          "<table><tr><th>Path</th><th>Size</th><th>SHA-256</th></tr>\n";
  for (size_t i = 0; i < std::min(input.files.size(), kMaxListed); ++i) {
    const ManifestFile& file = input.files[i];
    html << "<tr><td class=\"mono\">" << Text(file.path) << "</td><td class=\"size\">"
         << Text(HumanSize(file.size)) << "</td><td class=\"sha mono\">" << Text(file.sha256)
         << "</td></tr>\n";
  }
  html << "</table>\n";
  if (input.files.size() > kMaxListed) {
    html << "<p class=\"muted\">and " << input.files.size() - kMaxListed
         << " more, see manifest.json</p>";
  }
  html << "</section>\n";
  return html;
}

Html Omissions(const ReportInput& input) {
  if (input.omissions.empty()) return {};
  Html html;
  html << "<section id=\"omissions\"><div class=\"head\"><h2>Left out</h2><span "
          "class=\"muted\">what could not be taken as evidence</span></div>\n<dl>\n";
  for (size_t i = 0; i < std::min(input.omissions.size(), kMaxListed); ++i) {
    const Omission& omission = input.omissions[i];
    html << "<dt class=\"mono\">" << Text(omission.path) << "</dt><dd>" << Text(omission.reason)
         << "</dd>\n";
  }
  html << "</dl></section>\n";
  return html;
}

}  // namespace ameide::task::report
