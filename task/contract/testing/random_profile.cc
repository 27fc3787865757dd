#include "task/contract/testing/random_profile.h"

#include <random>
#include <vector>

#include "base/strings.h"

namespace ameide::task::testing {
namespace {

using namespace std::string_view_literals;  // a NUL among the bytes

using Strings = std::vector<std::string>;

// Writes one profile, group after group; what one group chose others may have to fit.
class Writer {
 public:
  explicit Writer(unsigned seed) : random_(seed), seed_(seed) {
    image_ = Coin();
    read_only_ = Below(4) == 0;
    pull_requests_ = !read_only_ && Coin();
    publishes_ = pull_requests_ && Coin();
    executor_ = image_ && Coin();
    human_ = Coin();
  }

  std::string Write() {
    StrAppend(&out_, "version: 1\n");
    Identity();
    Guardrails();
    Clocks();
    Secrets();
    Cluster();
    Deploy();
    Rest();
    if (human_) Human();
    if (executor_) Executor();
    return std::move(out_);
  }

 private:
  unsigned Below(unsigned n) { return static_cast<unsigned>(random_() % n); }
  bool Coin() { return Below(2) == 0; }
  std::string Bool() { return Coin() ? "true" : "false"; }
  std::string One(const Strings& of) { return of[Below(static_cast<unsigned>(of.size()))]; }
  std::string Number(unsigned from, unsigned to) {
    return std::to_string(from + Below(to - from + 1));
  }

  // Text as people write it and as attackers would: any printable line is allowed.
  std::string Line() {
    static const Strings kPieces = {"word", " ",  "${x}", "%{if}", "\"", "\\",   "é",   "😀",
                                    "#",    ": ", "- ",   "'",     "`",  "{}",   "EOT", "*",
                                    "&a",   "|",  "true", "0x1",   "$",  "<b>%", "~",   "@"};
    std::string line = "a";
    for (unsigned n = Below(8); n > 0; --n) line += One(kPieces);
    return Quoted(line + "z");
  }

  static std::string Quoted(std::string_view text) {
    return StrCat("\"", StrReplaceAll(StrReplaceAll(text, "\\", "\\\\"), "\"", "\\\""), "\"");
  }

  std::string List(const Strings& items) { return StrCat("[", StrJoin(items, ", "), "]"); }

  // Up to three different items.
  std::string Lines() {
    Strings lines;
    for (unsigned n = Below(4); n > 0; --n) {
      lines.push_back(Quoted(StrCat("Line ", n, " of ", seed_, ": ${x} %{y}")));
    }
    return List(lines);
  }

  std::string Paths(std::string_view prefix) {
    static const Strings kForms = {"/**", "/*.md", "/[a-z]*/x", "/$x \\\"é\\\"/**", "/", "/?"};
    Strings paths;
    for (unsigned n = Below(4); n > 0; --n) {
      paths.push_back(StrCat("\"", prefix, n, One(kForms), "\""));
    }
    return List(paths);
  }

  std::string Digest() {
    std::string digest = "@sha256:1";
    for (int i = 0; i < 63; ++i) digest += "0123456789abcdef"[Below(16)];
    return digest;
  }

  void Identity() {
    StrAppend(&out_, "identity:\n  name: p", seed_, Coin() ? "-x" : "", "\n");
    if (Coin()) StrAppend(&out_, "  marker: m", seed_, "\n");
    StrAppend(&out_, "  display_name: ", Line(), "\n  description: ", Line(), "\n");
    StrAppend(&out_, "  icon: ", Line(), "\n");
    StrAppend(&out_, "  risk_tier: ", One({"low", "medium", "high"}), "\n");
    StrAppend(&out_, "repositories:\n  primary: https://git.example.com/p/", seed_, ".git\n");
    StrAppend(&out_, "  allow: ", Coin() ? "[]" : "[https://git.example.com:8443/other/~x.git]",
              "\n");
  }

  void Guardrails() {
    StrAppend(&out_, "guardrails:\n");
    if (read_only_) {
      StrAppend(&out_, "  read_only: true\n  allow_paths: []\n  deny_paths: ", Paths("d"), "\n");
    } else {
      StrAppend(&out_, "  allow_paths: ", Paths("a"), "\n  deny_paths: [\"never/**\"]\n");
    }
    StrAppend(&out_, "  allow_gitlinks: ", Bool(), "\n");
    if (Coin()) StrAppend(&out_, "  promotion_artifacts: ", Paths("p"), "\n");
    if (Coin()) StrAppend(&out_, "  digest_only: ", Paths("o"), "\n");
    if (Coin()) StrAppend(&out_, "  max_file_bytes: ", Number(1, 99999999), "\n");
    if (Coin()) StrAppend(&out_, "  max_changed_files: ", Number(1, 1000), "\n");
    if (Coin()) StrAppend(&out_, "  allow_binary: ", Bool(), "\n");
    if (Coin()) StrAppend(&out_, "  deny_mode_changes: ", Bool(), "\n");
    Strings tools;
    for (unsigned n = Below(5); n > 0; --n) tools.push_back(StrCat("\"tool", n, "é$\""));
    StrAppend(&out_, "tools: ", List(tools), "\n");
    StrAppend(&out_, "pull_request:\n  enabled: ", pull_requests_ ? "true" : "false", "\n");
    if (pull_requests_) StrAppend(&out_, "  branch_prefix: ", One({"agent/", "a-", "x/y/"}), "\n");
  }

  void Clocks() {
    const unsigned ttl = 10 + Below(50);  // minutes
    StrAppend(&out_, "timeouts:\n");
    for (const char* phase : {"readiness", "checkout", "edit", "verify", "pr"}) {
      StrAppend(&out_, "  ", phase, ": ", 1 + Below(ttl), One({"m", "s", "m30ms"}), "\n");
    }
    StrAppend(&out_, "ttl: {default: ", 5 + Below(ttl - 5), "m, max: ", ttl + 1 + Below(100),
              "m}\n");
    StrAppend(&out_, "evidence:\n  paths: ", Paths("e"), "\n  required: ", Paths("r"), "\n");
  }

  void Secrets() {
    Strings secrets;
    for (unsigned n = Below(4); n > 0; --n) {
      secrets.push_back(StrCat(
          "{env: VAR_", n, ", secret: s-", n, ".x, key: Key_", n, ", phases: ",
          One({"[checkout]", "[edit]", "[verify]", "[edit, verify]", "[checkout, edit, verify]"}),
          "}"));
    }
    if (publishes_) secrets.push_back("{env: PUSH, secret: push, key: token, phases: [pr]}");
    if (executor_) {
      secrets.push_back("{env: X_CERT, secret: x, key: tls.crt, phases: [edit]}");
      secrets.push_back("{env: X_KEY, secret: x, key: tls.key, phases: [edit, verify]}");
    }
    StrAppend(&out_, "secrets: ", List(secrets), "\n");
  }

  void Cluster() {
    StrAppend(&out_, "cluster:\n");
    if (Coin()) StrAppend(&out_, "  namespace: ns-", seed_, "\n");
    StrAppend(&out_, "  service_account: ", One({"workspace", "runner.x"}), "\n");
    StrAppend(&out_, "  roles: ", One({"[]", "[reader]", "[reader, log.viewer]"}), "\n");
    if (Coin()) {
      StrAppend(&out_, "  environment: {namespace: env-", seed_,
                ", roles: ", One({"[]", "[reader]"}), "}\n");
    }
    StrAppend(&out_, "  provisioner: {namespace: coder, service_account: coder}\n");
  }

  void Deploy() {
    StrAppend(&out_, "deploy:\n  builder: ", image_ ? "image" : "envbuilder", "\n");
    StrAppend(&out_, "  image: registry.example.com:5000/a/b:1.2", Digest(), "\n");
    StrAppend(&out_, "  agent_image: example.com/agent",
              Coin() ? Digest() : StrCat("@sha256:", std::string(64, '0')), "\n");
    if (publishes_) StrAppend(&out_, "  publisher_image: example.com/git", Digest(), "\n");
    if (!image_) StrAppend(&out_, "  devcontainer: ", One({".devcontainer", "a/b c/d"}), "\n");
    StrAppend(&out_, "  arch: ", One({"amd64", "arm64"}), "\n");
    if (Coin()) StrAppend(&out_, "  node_selector: {example.com/pool: a_b.c, kind: \"\"}\n");
    if (Coin()) {
      StrAppend(&out_, "  tolerations:\n    - {key: example.com/pool, value: \"\", effect: ",
                One({"NoSchedule", "PreferNoSchedule", "NoExecute"}), "}\n");
    }
    StrAppend(&out_, "  cpu: ", One({"\"2\"", "500m", "\"1.5\""}), "\n");
    StrAppend(&out_, "  memory: ", One({"8Gi", "512Mi", "1G"}), "\n");
    StrAppend(&out_, "  storage: ", One({"30Gi", "5G"}), "\n");
    StrAppend(&out_, "  egress:\n    public_https: ", Bool(), "\n    allow: ",
              Coin() ? "[]" : "[{cidr: 10.0.0.0/8, port: 443}, {cidr: \"fd00::/8\", port: 1}]",
              "\n");
  }

  void Rest() {
    StrAppend(&out_, "instructions:\n  check: ", Line(), "\n  do: ", Lines(), "\n  dont: ", Lines(),
              "\n");
    StrAppend(&out_, "editor: ", One({"codex", "claude", "none"}), "\n");
  }

  void Human() {
    StrAppend(&out_, "modes:\n  human:\n    enabled: ", Bool(), "\n");
    if (Coin()) StrAppend(&out_, "    namespace: human-", seed_, "\n");
    StrAppend(&out_, "    service_account: people\n    apps: ",
              One({"[code-server]", "[terminal]", "[code-server, terminal]"}), "\n");
    if (Coin()) StrAppend(&out_, "    external_auth: github\n");
    if (Coin()) StrAppend(&out_, "    secrets: [{env: MINE, secret: mine, key: k}]\n");
    StrAppend(&out_, "    ttl: ", Number(5, 600), "m\n");
  }

  void Executor() {
    StrAppend(&out_, "executor:\n  endpoint_env: X_URL\n  server_name: x.example.com\n");
    if (Coin()) StrAppend(&out_, "  server_ca: X_CERT\n");
    StrAppend(&out_, "  client_certificate: X_CERT\n  client_key: X_KEY\n");
    StrAppend(&out_, "  session_key: ", One({"[devbox]", "[devbox, branch]", "[user]"}), "\n");
    StrAppend(&out_, "  lease: ", Number(30, 300), "s\n  tools:\n");
    for (unsigned n = 1 + Below(3); n > 0; --n) {
      StrAppend(&out_, "    - name: x.tool_", n, "\n      description: ", Line(), "\n");
      StrAppend(&out_, "      policy: ", One({"read-only", "mutating", "needs-approval"}), "\n");
      StrAppend(&out_, "      timeout: ", Number(1, 300), "s\n      max_calls: ", Number(1, 99),
                "\n      arguments:", Coin() ? " []" : Arguments(), "\n");
      StrAppend(&out_, "      results: ", One({"[]", "[ok]", "[ok, logs_uri]"}), "\n");
    }
  }

  std::string Arguments() {
    return StrCat("\n        - {name: t, type: string, description: d, required: ", Bool(),
                  ", pattern: \"[a-z$]{1,4}\", max_length: 9}"
                  "\n        - {name: i, type: integer, description: ",
                  Line(), "}",
                  "\n        - {name: b, type: boolean, description: d}"
                  "\n        - {name: e, type: enum, description: d, values: [one, \"two ${x}\"]}"
                  "\n        - {name: l, type: string_list, description: d, max_items: 3}"
                  "\n        - {name: o, type: object, description: d, max_length: 100}");
  }

  std::mt19937 random_;
  unsigned seed_;
  std::string out_;
  bool image_ = false;
  bool read_only_ = false;
  bool pull_requests_ = false;
  bool publishes_ = false;
  bool executor_ = false;
  bool human_ = false;
};

}  // namespace

std::string RandomProfileYaml(unsigned seed) { return Writer(seed).Write(); }

std::string MutatedYaml(std::string_view yaml, unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&](size_t n) { return n == 0 ? 0 : random() % n; };
  Strings lines;
  for (const std::string_view line : StrSplit(yaml, '\n')) lines.emplace_back(line);
  for (size_t n = 1 + below(5); n > 0; --n) {
    const size_t at = below(lines.size());
    std::string& line = lines[at];
    constexpr std::string_view kBytes = "\0\xff\n:{}[]#&*!|>'\"%@`,-? \t~0"sv;
    switch (below(6)) {
      case 0:
        if (lines.size() > 1) lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at));
        break;
      case 1:
        lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at), std::string(line));
        break;
      case 2:
        line.insert(0, std::string(1 + below(4), ' '));
        break;
      case 3:
        if (!line.empty()) line[below(line.size())] = kBytes[below(kBytes.size())];
        break;
      case 4:
        line.insert(below(line.size() + 1), 1, kBytes[below(kBytes.size())]);
        break;
      default:
        std::swap(line, lines[below(lines.size())]);
        break;
    }
  }
  return StrJoin(lines, "\n");
}

}  // namespace ameide::task::testing
