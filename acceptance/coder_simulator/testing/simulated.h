// A simulator with one template in a test, and calls to it over HTTP.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "acceptance/coder_simulator/simulator.h"
#include "acceptance/coder_simulator/tar_reader.h"
#include "base/http/client.h"
#include "base/json.h"
#include "base/testing/temp_dir.h"

namespace ameide::simulator::testing {

inline constexpr char kApi[] = "/api/v2";

// The files of a template's folder, without those whose name begins with a dot.
TemplateFiles FolderFiles(const fs::path& folder);
// testdata/fixture, whose task runs the shell script that the specification is.
TemplateFiles FixtureFiles();

struct Reply {
  int status = 0;
  Json body;  // null when it is no JSON
  std::string text;
  http::Headers headers;

  std::string Text(std::string_view path) const;  // "latest_build.job.status"; "" when absent
};
const Json* At(const Json& value, std::string_view path);

// Calls to a simulator, wherever it runs.
class Visitor {
 public:
  Visitor(const std::string& origin, const std::string& token) { Visit(origin, token); }

  http::Client& client() { return *client_; }
  std::unique_ptr<http::Client> ClientOf(const std::string& token) const;

  Reply Call(const std::string& method, const std::string& path, const Json& body = Json());
  Reply Get(const std::string& path) { return Call("GET", path); }
  Reply Send(const http::Request& request);

  // Uploads, imports and makes a template; returns the version's id. The import must succeed.
  std::string PushTemplate(const std::string& name, const TemplateFiles& files);
  // The version's last state.
  Reply Import(const TemplateFiles& files);
  // With the fixture; `script` is the task. The parameters may be changed.
  Json CreateBody(const std::string& name, const std::string& script,
                  std::map<std::string, std::string> more = {});
  // Creates it and returns its id.
  std::string Create(const std::string& name, const std::string& script);
  // Asks until the member has one of the values, or a generous time is over.
  Reply Until(const std::string& path, std::string_view member,
              const std::vector<std::string>& values);
  Reply UntilEnded(const std::string& workspace);  // the script, with its report

 protected:
  Visitor() = default;
  void Visit(const std::string& origin, const std::string& token);

 private:
  std::string origin_;
  std::unique_ptr<http::Client> client_;
  std::string version_;
};

// A simulator in this process, and calls to it.
class Simulated : public Visitor {
 public:
  // With secrets gh-auth/token and gh-push/token.
  explicit Simulated(Options options = {});

  Simulator& server() { return *server_; }
  const fs::path& secrets() const { return secrets_; }

 private:
  ameide::testing::TempDir folder_;
  fs::path secrets_;
  std::unique_ptr<Simulator> server_;
};

inline constexpr char kAgent[] = "latest_build.resources.0.agents.0";

}  // namespace ameide::simulator::testing
