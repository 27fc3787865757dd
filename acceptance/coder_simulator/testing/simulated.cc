#include "acceptance/coder_simulator/testing/simulated.h"

#include <cstdlib>

#include "base/base64.h"
#include "base/strings.h"
#include "gtest/gtest.h"

namespace ameide::simulator::testing {
namespace {

constexpr Millis kGenerous{60'000};
constexpr Millis kPause{10};
const SystemClock kClock;

void WriteSecret(const fs::path& folder, const std::string& secret, const std::string& value) {
  MakeDirectories(folder / secret).value();
  WriteFileAtomically(folder / secret / "token", value).value();
}

}  // namespace

TemplateFiles FolderFiles(const fs::path& folder) {
  TemplateFiles files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = fs::relative(entry.path(), folder).generic_string();
    if (entry.is_regular_file() && name[0] != '.') {
      files[name] = ReadFile(entry.path(), 1u << 20).value();
    }
  }
  return files;
}

TemplateFiles FixtureFiles() {
  return FolderFiles(fs::path(AMEIDE_SOURCE_DIR) / "acceptance/coder_simulator/testdata/fixture");
}

const Json* At(const Json& value, std::string_view path) {
  const Json* at = &value;
  for (const std::string_view step : StrSplit(path, '.')) {
    if (const Json::Array* items = at->AsArray(); items != nullptr) {
      const size_t index = std::strtoul(std::string(step).c_str(), nullptr, 10);
      if (index >= items->size()) return nullptr;
      at = &(*items)[index];
    } else {
      at = at->Find(step);
      if (at == nullptr) return nullptr;
    }
  }
  return at;
}

std::string Reply::Text(std::string_view path) const {
  const Json* value = At(body, path);
  if (value == nullptr || value->is_null()) return "";
  return value->AsString() != nullptr ? *value->AsString() : value->Dump();
}

Simulated::Simulated(Options options) {
  // A pod's user must find its way here.
  fs::permissions(folder_.path(), fs::perms::others_exec, fs::perm_options::add);
  secrets_ = folder_.path() / "secrets";
  WriteSecret(secrets_, "gh-auth", "fake-clone-token");
  WriteSecret(secrets_, "gh-push", "fake-push-token");
  if (options.state.empty()) options.state = folder_.path() / "state";
  options.secrets = secrets_;
  if (options.environment.empty()) options.environment = ProcessEnvironment();
  server_ = Simulator::Start(std::move(options)).value();
  Visit(server_->origin(), server_->token());
}

void Visitor::Visit(const std::string& origin, const std::string& token) {
  origin_ = origin;
  client_ = ClientOf(token);
}

std::unique_ptr<http::Client> Visitor::ClientOf(const std::string& token) const {
  return http::MakeClient({.origin = origin_, .headers = {{"Coder-Session-Token", token}}}).value();
}

Reply Visitor::Send(const http::Request& request) {
  const http::Response response = client_->Send(request).value();
  Reply reply{
      .status = response.status, .body = {}, .text = response.body, .headers = response.headers};
  Result<Json> json = ParseJson(response.body);
  if (json.ok()) reply.body = *std::move(json);
  return reply;
}

Reply Visitor::Call(const std::string& method, const std::string& path, const Json& body) {
  return Send({.method = method,
               .target = StrCat(kApi, path),
               .headers = {{"Content-Type", "application/json"}},
               .body = body.is_null() ? "" : body.Dump()});
}

Reply Visitor::Until(const std::string& path, std::string_view member,
                     const std::vector<std::string>& values) {
  const MonoTime deadline = kClock.Monotonic() + kGenerous;
  while (true) {
    Reply reply = Get(path);
    const std::string text = reply.Text(member);
    for (const std::string& value : values) {
      if (text == value) return reply;
    }
    if (kClock.Monotonic() >= deadline) {
      ADD_FAILURE() << path << ": " << member << " is '" << text << "', not "
                    << StrJoin(values, ", ") << "\n"
                    << reply.text;
      return reply;
    }
    kClock.WaitFor({}, kPause);
  }
}

Reply Visitor::Import(const TemplateFiles& files) {
  const Reply file = Send({.method = "POST",
                           .target = StrCat(kApi, "/files"),
                           .headers = {{"Content-Type", "application/x-tar"}},
                           .body = WriteTar(files)});
  const Reply version = Call("POST", "/organizations/default/templateversions",
                             Json::Object{{"file_id", file.Text("hash")},
                                          {"storage_method", "file"},
                                          {"provisioner", "terraform"}});
  EXPECT_EQ(version.status, 201) << version.text;
  return Until(StrCat("/templateversions/", version.Text("id")), "job.status",
               {"succeeded", "failed", "canceled"});
}

std::string Visitor::PushTemplate(const std::string& name, const TemplateFiles& files) {
  const Reply version = Import(files);
  EXPECT_EQ(version.Text("job.status"), "succeeded") << version.text;
  const Reply made =
      Call("POST", "/organizations/default/templates",
           Json::Object{{"name", name}, {"template_version_id", version.Text("id")}});
  EXPECT_EQ(made.status, 201) << made.text;
  return version.Text("id");
}

Json Visitor::CreateBody(const std::string& name, const std::string& script,
                         std::map<std::string, std::string> more) {
  if (version_.empty()) version_ = PushTemplate("fixture", FixtureFiles());
  more.try_emplace("ameide_work_id", "W-1");
  more.try_emplace("ameide_spec", ToBase64(script));
  Json::Array values;
  for (const auto& [key, value] : more) {
    values.emplace_back(Json::Object{{"name", key}, {"value", value}});
  }
  return Json::Object{{"name", name},
                      {"template_version_id", version_},
                      {"ttl_ms", 7'200'000},
                      {"automatic_updates", "never"},
                      {"rich_parameter_values", std::move(values)}};
}

std::string Visitor::Create(const std::string& name, const std::string& script) {
  const Reply made = Call("POST", "/users/me/workspaces", CreateBody(name, script));
  EXPECT_EQ(made.status, 201) << made.text;
  return made.Text("id");
}

Reply Visitor::UntilEnded(const std::string& workspace) {
  return Until(StrCat("/workspaces/", workspace), StrCat(kAgent, ".scripts.0.status"),
               {"ok", "exit_failure", "timed_out", "pipes_left_open"});
}

}  // namespace ameide::simulator::testing
