// The sections of report.html, each a pure function from the input to its markup; empty where a
// section has nothing to say. Private to task/evidence.
#pragma once

#include <string>
#include <string_view>

#include "task/evidence/html.h"
#include "task/evidence/report.h"

namespace ameide::task::report {

// Words for people.
Markup OutcomeName(Outcome outcome);         // "Timed out"
Markup ToneOf(Outcome outcome);              // CSS class: "good", "bad", "warn" or "calm"
Markup FailureName(FailureClass failure);    // "The change set breaks a guardrail"; "" for kNone
std::string HumanDuration(Millis duration);  // "850 ms", "12.4 s", "3 min 07 s", "2 h 05 min"
std::string HumanSize(uint64_t bytes);       // "17 B", "1.5 KiB"
std::string HumanTime(WallTime time);        // "2026-01-02 03:04:05 UTC"
Millis Between(WallTime from, WallTime to);  // never negative, safe for any two times

// A link where the text is an http(s) URL, plain text otherwise: never "javascript:".
Html LinkOrText(std::string_view url);

Html Summary(const TaskResult& result);  // tiles
Html Why(const TaskResult& result);      // reason, exit code, signal
Html Facts(const TaskResult& result);    // profile, repository, times …
Html Timeline(const TaskResult& result);
Html Tests(const TestCounts& tests);
Html Findings(const TaskResult& result);
Html ChangedFiles(const TaskResult& result);
Html Diff(const ReportInput& input);
Html LogLines(const ReportInput& input);
Html Files(const ReportInput& input);
Html Omissions(const ReportInput& input);

}  // namespace ameide::task::report
