// The look and the one script of report.html. Private to task/evidence.
#pragma once

#include <string_view>

namespace ameide::task::report {

// Colours are named by meaning; `tone` is the colour of the outcome and is set once per element.
inline constexpr std::string_view kStyle = R"css(
:root {
  color-scheme: light dark;
  --page: #f6f6f4; --card: #ffffff; --line: #e5e4df; --soft: #f1f0ec;
  --ink: #1d1d1b; --muted: #68675f;
  --good: #1a7f4b; --good-soft: #e3f4ea; --bad: #b42532; --bad-soft: #fbe9ea;
  --warn: #965a00; --warn-soft: #fbf0dc; --calm: #4c5b76; --calm-soft: #e9edf4;
  --link: #1f5fbf;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #131312; --card: #1c1c1a; --line: #31302c; --soft: #262522;
    --ink: #ebeae4; --muted: #a09e94;
    --good: #5fcf95; --good-soft: #16301f; --bad: #ff8b90; --bad-soft: #3a191c;
    --warn: #eab562; --warn-soft: #352712; --calm: #a9b9d6; --calm-soft: #232a36;
    --link: #8bb8ff;
  }
}
.good { --tone: var(--good); --tone-soft: var(--good-soft); }
.bad { --tone: var(--bad); --tone-soft: var(--bad-soft); }
.warn { --tone: var(--warn); --tone-soft: var(--warn-soft); }
.calm { --tone: var(--calm); --tone-soft: var(--calm-soft); }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: anywhere;
}
main { max-width: 1040px; margin: 0 auto; padding: 48px 24px 72px; }
a { color: var(--link); text-underline-offset: 2px; }
code, pre, .mono { font-family: var(--mono); font-size: .87em; }
h1 { margin: 14px 0 4px; font-size: 30px; line-height: 1.2; letter-spacing: -.02em; }
h2 { margin: 0; font-size: 17px; letter-spacing: -.01em; }
h3 { margin: 0; font-size: 15px; }
p { margin: 6px 0; }
.muted { color: var(--muted); }
.lines { white-space: pre-wrap; }
.badge {
  display: inline-flex; align-items: center; gap: 8px; padding: 4px 13px 4px 11px;
  border-radius: 99px; background: var(--tone-soft); color: var(--tone); font-weight: 600;
}
.badge::before {
  content: ""; width: 8px; height: 8px; border-radius: 50%; background: currentColor;
}
.small { padding: 1px 9px; font-size: 12.5px; font-weight: 600; gap: 6px; }
.small::before { width: 6px; height: 6px; }
.tiles { display: grid; grid-template-columns: repeat(5, 1fr); gap: 12px; margin: 28px 0 20px; }
.tile {
  display: block; padding: 14px 16px; border: 1px solid var(--line); border-radius: 12px;
  background: var(--card); color: inherit; text-decoration: none;
}
a.tile:hover { border-color: var(--muted); }
.tile b {
  display: block; color: var(--tone, var(--ink)); font-size: 21px; line-height: 1.3;
  font-weight: 600; font-variant-numeric: tabular-nums;
}
.tile span { color: var(--muted); font-size: 13px; }
section, .why {
  margin: 20px 0; padding: 22px 24px; border: 1px solid var(--line); border-radius: 14px;
  background: var(--card);
}
.why { border-color: transparent; background: var(--tone-soft); }
.why h2 { color: var(--tone); }
.head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 12px; margin-bottom: 14px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 7px 24px; margin: 0; }
dt { color: var(--muted); }
dd { margin: 0; min-width: 0; }
ul, ol { margin: 6px 0; padding-left: 22px; }
.plain { list-style: none; padding: 0; }
.plain li { padding: 3px 0; }
.phase {
  display: grid; grid-template-columns: 84px 1fr 190px; gap: 14px; align-items: center;
  padding: 5px 0;
}
.track {
  position: relative; height: 12px; border-radius: 6px; background: var(--soft);
  overflow: hidden;
}
.bar {
  position: absolute; top: 0; bottom: 0; min-width: 4px; border-radius: 6px;
  background: var(--tone);
}
.phase .end {
  display: flex; justify-content: space-between; gap: 10px; font-variant-numeric: tabular-nums;
}
.split {
  display: flex; height: 10px; gap: 2px; border-radius: 5px; overflow: hidden;
  background: var(--soft);
}
.split i { background: var(--tone); min-width: 3px; }
.counts { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 12px 0 0; }
.counts b { color: var(--tone); font-variant-numeric: tabular-nums; }
.finding { padding: 16px 0 4px; border-top: 1px solid var(--line); }
.head + .finding { padding-top: 0; border-top: 0; }
.finding dl { margin-top: 10px; }
details > summary { cursor: pointer; color: var(--muted); padding: 4px 0; }
details > summary:hover { color: var(--ink); }
.file { margin-top: 14px; border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
.file > summary { padding: 8px 14px; background: var(--soft); color: var(--ink); }
.plus { color: var(--good); } .minus { color: var(--bad); }
.code { font: 12.5px/1.6 var(--mono); tab-size: 4; }
.code div { padding: 0 14px 0 62px; white-space: pre-wrap; position: relative; min-height: 1.6em; }
.code div::before {
  content: attr(data-n); position: absolute; left: 0; width: 48px; text-align: right;
  color: var(--muted); opacity: .75;
}
.code .a { background: var(--good-soft); } .code .r { background: var(--bad-soft); }
.code .h, .code .m { color: var(--muted); }
.code .h { background: var(--soft); }
.log {
  max-height: 640px; overflow: auto; padding: 12px 0; border-radius: 10px;
  background: var(--soft);
}
.log div { padding-left: 88px; }
.log div::before { width: 74px; }
.log div[hidden] { display: none; }
.log .e { background: var(--bad-soft); } .log .g { color: var(--muted); font-style: italic; }
.find { display: flex; align-items: center; gap: 14px; margin: 0 0 12px; }
.find[hidden] { display: none; }
input {
  flex: 0 1 320px; min-width: 0; padding: 8px 12px; border: 1px solid var(--line);
  border-radius: 9px; background: var(--page); color: inherit; font: inherit;
}
input:focus-visible, a:focus-visible, summary:focus-visible {
  outline: 2px solid var(--link); outline-offset: 2px;
}
table { width: 100%; border-collapse: collapse; }
th { color: var(--muted); font-weight: 500; text-align: left; }
th, td { padding: 7px 18px 7px 0; border-top: 1px solid var(--line); vertical-align: top; }
tr:first-child th { border-top: 0; padding-top: 0; }
td.size { white-space: nowrap; font-variant-numeric: tabular-nums; }
td.sha { color: var(--muted); padding-right: 0; }
footer { margin-top: 32px; color: var(--muted); font-size: 13px; }
@media (max-width: 720px) {
  main { padding: 24px 14px 48px; }
  h1 { font-size: 23px; }
  section, .why { padding: 18px 16px; }
  .tiles { grid-template-columns: repeat(2, 1fr); gap: 10px; }
  .tile:last-child { grid-column: 1 / -1; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 9px; }
  .phase { grid-template-columns: 1fr auto; gap: 6px 12px; }
  .phase .track { grid-column: 1 / -1; grid-row: 2; }
  .code div { padding: 0 10px 0 48px; }
  .code div::before { width: 38px; }
  .log div { padding-left: 10px; }
  .log div::before { content: none; }
  .log { max-height: 460px; }
  tr { display: block; padding: 8px 0; border-top: 1px solid var(--line); }
  tr:first-child { display: none; }
  td { display: block; padding: 0; border: 0; }
}
@media print { .log { max-height: none; } .find { display: none; } body { background: none; } }
)css";

// Without scripts the search box stays hidden, so nothing on the page is dead.
inline constexpr std::string_view kScript = R"js(
(function () {
  var box = document.getElementById("log-search");
  if (!box) return;
  var lines = document.querySelectorAll("#log-lines > div");
  var count = document.getElementById("log-count");
  box.parentNode.hidden = false;
  box.addEventListener("input", function () {
    var wanted = box.value.toLowerCase();
    var shown = 0;
    lines.forEach(function (line) {
      var hit = line.textContent.toLowerCase().indexOf(wanted) >= 0;
      line.hidden = !hit;
      if (hit) shown += 1;
    });
    count.textContent = wanted ? shown + " of " + lines.length + " lines" : "";
  });
})();
)js";

}  // namespace ameide::task::report
