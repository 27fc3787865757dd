// The templates of a Coder server, as much of them as a push sees: it keeps what it is told, and
// has knobs for what can go wrong. Facts: Coder's API v2 of the 2.34 line.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/http/client.h"
#include "base/json.h"
#include "base/strings.h"

namespace ameide::generator::testing {

class FakeCoder {
 public:
  struct Version {
    std::string id, name, template_id, message, file, status = "pending", error, error_code;
    Json variables;
    bool archived = false;
    int looks = 0;  // reads while it is imported
  };

  // Knobs.
  int import_looks = 2;  // so many reads show the job running
  std::string import_ends = "succeeded";
  std::string import_error, import_error_code;
  std::vector<std::string> import_log = {"Initializing", "Done"};
  std::optional<int> provisioners;
  std::map<std::string, std::pair<int, int>> failures;  // "PATCH /templates" → status, how often
  std::string lose_answer;  // of the next request that starts so: done, but the answer is lost

  // What is there.
  Json template_object;  // null: no template
  std::vector<Version> versions;
  std::map<std::string, std::string> files;  // id → bytes
  std::vector<std::string> log;              // "PATCH /templates/t/versions"
  std::vector<Json> bodies;                  // of the log's lines

  Version& Find(std::string_view id_or_name) {
    for (Version& version : versions) {
      if (version.id == id_or_name || version.name == id_or_name) return version;
    }
    throw std::logic_error(StrCat("no version ", id_or_name));
  }
  std::string ActiveName() {
    return Find(*template_object.Find("active_version_id")->AsString()).name;
  }
  int Count(std::string_view start) const {
    int count = 0;
    for (const std::string& line : log) count += line.starts_with(start) ? 1 : 0;
    return count;
  }
  Json BodyOf(std::string_view start) const {
    for (size_t i = log.size(); i-- > 0;) {
      if (log[i].starts_with(start)) return bodies[i];
    }
    return Json();
  }

  Result<http::Response> Answer(const http::Request& request) {
    const std::string path = request.target.substr(std::string("/api/v2").size());
    const std::string call = StrCat(request.method, " ", path);
    log.push_back(call);
    bodies.push_back(ParseJson(request.body).ok() ? *ParseJson(request.body) : Json());
    for (auto& [start, failure] : failures) {
      if (!call.starts_with(start) || failure.second == 0) continue;
      --failure.second;
      return Reply(failure.first, Json::Object{{"message", StrCat("knob ", failure.first)}});
    }
    Result<http::Response> answer = Handle(request, path.substr(0, path.find('?')));
    if (!lose_answer.empty() && call.starts_with(lose_answer)) {
      lose_answer.clear();
      return Error{ErrorKind::kUnavailable, "send", path, "the connection broke", ""};
    }
    return answer;
  }

 private:
  static http::Response Reply(int status, const Json& body) {
    return {status, {{"Content-Type", "application/json"}}, body.Dump()};
  }
  static http::Response Missing() {
    return Reply(404, Json::Object{{"message", "Resource not found"}});
  }

  Result<http::Response> Handle(const http::Request& request, const std::string& path) {
    const std::vector<std::string_view> words = StrSplit(std::string_view(path).substr(1), '/');
    const Json body = bodies.back();
    const bool post = request.method == "POST";
    if (path == "/files") {
      const std::string id = "f" + Sha256Hex(request.body).substr(0, 6);
      const bool known = !files.emplace(id, request.body).second;
      return Reply(known ? 200 : 201, Json::Object{{"hash", id}});
    }
    if (words[0] == "organizations" && words[2] == "templateversions") return NewVersion(body);
    if (words[0] == "organizations") {
      if (post) return NewTemplate(body);
      return template_object.is_null() ||
                     *template_object.Find("name") != Json(std::string(words[3]))
                 ? Missing()
                 : Reply(200, template_object);
    }
    return words[0] == "templates" ? OfTemplate(request, words, body) : OfVersion(request, words);
  }

  http::Response NewVersion(const Json& body) {
    Version version;
    version.id = StrCat("v", versions.size() + 1);
    version.name = *body.Find("name")->AsString();
    version.file = *body.Find("file_id")->AsString();
    version.message = *body.Find("message")->AsString();
    version.variables = *body.Find("user_variable_values");
    if (const Json* id = body.Find("template_id")) version.template_id = *id->AsString();
    for (const Version& other : versions) {
      if (!version.template_id.empty() && other.template_id == version.template_id &&
          other.name == version.name) {
        return Reply(409, Json::Object{{"message", "name taken"}});
      }
    }
    versions.push_back(version);
    return Reply(201, Object(versions.back()));
  }
  http::Response NewTemplate(const Json& body) {
    if (!template_object.is_null() && *template_object.Find("name") == *body.Find("name")) {
      return Reply(409, Json::Object{{"message", "name taken"}});
    }
    template_object = body;
    template_object.Set("id", "t1");
    Set("active_version_id", *body.Find("template_version_id"));
    Find(*body.Find("template_version_id")->AsString()).template_id = "t1";
    return Reply(201, template_object);
  }
  http::Response OfTemplate(const http::Request& request,
                            const std::vector<std::string_view>& words, const Json& body) {
    if (words.size() == 4) {
      for (const Version& version : versions) {
        if (version.template_id == words[1] && version.name == words[3]) {
          return Reply(200, Object(version));
        }
      }
      return Missing();
    }
    if (words.size() == 3) {
      const std::string id = *body.Find("id")->AsString();
      if (Find(id).status != "succeeded" || Find(id).archived) {
        return Reply(403, Json::Object{{"message", "only successful ones"}});
      }
      Set("active_version_id", id);
      return Reply(200, Json::Object{});
    }
    if (request.method == "DELETE") {
      template_object = Json();
      return Reply(200, Json::Object{});
    }
    for (const auto& [name, value] : *body.AsObject()) Set(name, value);
    return Reply(200, template_object);
  }
  http::Response OfVersion(const http::Request& request,
                           const std::vector<std::string_view>& words) {
    Version& version = Find(words[1]);
    const std::string_view what = words.size() > 2 ? words[2] : "";
    if (what == "cancel") version.status = "canceled";
    if (what == "archive") version.archived = true;
    if (what == "cancel" || what == "archive") return Reply(200, Json::Object{});
    if (what == "logs") return Reply(200, Log(request.target));
    Progress(&version);
    return Reply(200, Object(version));
  }

  void Progress(Version* version) {
    if (version->status != "pending" && version->status != "running") return;
    version->status = "running";
    if (++version->looks < import_looks) return;
    version->status = import_ends;
    version->error = import_error;
    version->error_code = import_error_code;
  }
  Json Log(const std::string& target) const {
    const size_t at = target.find("after=");
    const size_t after = at == std::string::npos ? 0 : std::stoul(target.substr(at + 6));
    Json::Array lines;
    for (size_t i = after; i < import_log.size(); ++i) {
      lines.push_back(Json::Object{{"id", static_cast<int64_t>(i + 1)},
                                   {"log_level", "info"},
                                   {"stage", "Importing"},
                                   {"output", import_log[i]}});
    }
    return lines;
  }
  Json Object(const Version& version) const {
    Json object = Json::Object{{"id", version.id},
                               {"name", version.name},
                               {"template_id", version.template_id},
                               {"message", version.message},
                               {"archived", version.archived},
                               {"job", Json::Object{{"id", "j"},
                                                    {"status", version.status},
                                                    {"error", version.error},
                                                    {"error_code", version.error_code}}}};
    if (provisioners) {
      object.Set("matched_provisioners", Json::Object{{"count", int64_t{*provisioners}},
                                                      {"available", int64_t{*provisioners}}});
    }
    return object;
  }
  void Set(std::string_view name, Json value) {
    template_object.Set(std::string(name), std::move(value));
  }
};

}  // namespace ameide::generator::testing
