#include "task/evidence/report.h"

#include "absl/strings/escaping.h"
#include "base/base64.h"
#include "base/digest.h"
#include "task/evidence/report_parts.h"
#include "task/evidence/report_style.h"

namespace ameide::task {
namespace {

using report::Html;
using report::Markup;
using report::Text;

// What a browser compares with the hash in the policy (CSP level 2, "script-src").
std::string ScriptHash() { return ToBase64(absl::HexStringToBytes(Sha256Hex(report::kScript))); }

void Head(Html* html, const TaskResult& result) {
  *html << "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        << "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
           "style-src 'unsafe-inline'; script-src 'sha256-"
        << Text(ScriptHash()) << "'; base-uri 'none'; form-action 'none'\">\n"
        << "<meta name=\"referrer\" content=\"no-referrer\">\n"
        << "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
        << report::OutcomeName(result.outcome) << ": " << Text(result.work_id, 200)
        << "</title>\n<style>" << Markup(report::kStyle) << "</style>\n</head>\n";
}

void Title(Html* html, const TaskResult& result) {
  *html << "<header>\n<span class=\"badge " << report::ToneOf(result.outcome) << "\">"
        << report::OutcomeName(result.outcome) << "</span>\n<h1>" << Text(result.work_id, 200)
        << "</h1>\n<div class=\"muted\">" << Text(ToString(result.kind)) << " task of profile "
        << Text(result.profile, 200);
  if (!result.repository_url.empty()) {
    *html << " on " << Text(result.repository_url, 500);
    if (!result.repository_ref.empty()) *html << "@" << Text(result.repository_ref, 200);
  }
  *html << "</div>\n<div class=\"muted\">started " << Text(report::HumanTime(result.started_at))
        << ", took "
        << Text(report::HumanDuration(report::Between(result.started_at, result.finished_at)))
        << ", run <code>" << Text(result.run_id, 200) << "</code></div>\n</header>\n";
}

}  // namespace

std::string RenderReport(const ReportInput& input) {
  const TaskResult& result = input.result;
  Html html;
  Head(&html, result);
  html << "<body>\n<main>\n";
  Title(&html, result);
  html << report::Summary(result) << report::Why(result) << report::Findings(result)
       << report::Timeline(result) << report::Tests(result.artifact.tests)
       << report::ChangedFiles(result) << report::Diff(input) << report::LogLines(input)
       << report::Facts(result) << report::Files(input) << report::Omissions(input)
       << "<footer>Run " << Text(result.run_id, 200)
       << ". Sizes and digests of all files are in manifest.json.</footer>\n</main>\n<script>"
       << Markup(report::kScript) << "</script>\n</body>\n</html>\n";
  return std::move(html).Take();
}

}  // namespace ameide::task
