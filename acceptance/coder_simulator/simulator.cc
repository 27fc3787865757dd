#include "acceptance/coder_simulator/simulator.h"

#include <unistd.h>

#include <thread>

#include "acceptance/coder_simulator/import_check.h"
#include "acceptance/coder_simulator/router.h"
#include "acceptance/coder_simulator/rules.h"
#include "acceptance/coder_simulator/state_folder.h"
#include "acceptance/coder_simulator/transitions.h"
#include "acceptance/coder_simulator/workshop.h"
#include "base/digest.h"
#include "base/strings.h"

namespace ameide::simulator {
namespace {

constexpr Millis kTick{10};
constexpr Millis kGrace{10'000};         // after SIGHUP, and for pipes left open (facts 4.2)
constexpr Millis kHealth{250};           // between two looks at an app
constexpr int kMaxConnections = 4096;    // a watcher keeps its own
constexpr size_t kMaxBody = 101u << 20;  // a little over Coder's limit, so that ours answers

State FirstState(const Options& options) {
  State state;
  state.id_seed = RandomHex(16);
  state.organization_id = state.NewId();
  state.faults = options.faults;
  state.pace = options.pace;
  User user;
  user.id = state.NewId();
  user.name = options.user;
  user.token = options.token;
  state.users.push_back(std::move(user));
  return state;
}

// What would otherwise show only in a workspace, as an agent that stays away.
Status CheckOptions(const Options& options) {
  const auto fail = [](std::string target, std::string cause) {
    return Error{ErrorKind::kInvalid, "start simulator with", std::move(target), std::move(cause),
                 "see --help"};
  };
  const fs::path& agent = options.agent_program;
  if (!agent.empty() && (!fs::is_regular_file(agent) || ::access(agent.c_str(), X_OK) != 0)) {
    return fail(agent.string(), "it is no program");
  }
  if (!options.secrets.empty() && !fs::is_directory(options.secrets)) {
    return fail(options.secrets.string(), "it is no folder");
  }
  if (!IsName(options.user)) return fail(options.user, "Coder has no user of such a name");
  return Ok{};
}

class RunningSimulator final : public Simulator {
 public:
  RunningSimulator(Options options, std::unique_ptr<StateFolder> folder)
      : options_(std::move(options)),
        folder_(std::move(folder)),
        clock_(options_.clock != nullptr ? *options_.clock : system_clock_),
        store_(FirstState(options_), clock_),
        workshop_({.folder = folder_->workspaces(),
                   .secrets = options_.secrets,
                   .agent_program = options_.agent_program,
                   .environment = options_.environment,
                   .change_user = ::geteuid() == 0,
                   .grace = kGrace,
                   .health = kHealth},
                  options_.light, store_, system_clock_),
        router_({store_, workshop_, requests_}) {}

  ~RunningSimulator() override {
    server_.reset();
    leaving_.request_stop();
    driver_.request_stop();
    if (driver_.joinable()) driver_.join();
    works_.clear();
    workshop_.TearDownAll();
  }

  Status Open() {
    AMEIDE_RETURN_IF_ERROR(CheckImportSettings(SettingsOfImports()));
    AMEIDE_ASSIGN_OR_RETURN(
        server_,
        http::StartServer(
            {.port = options_.port, .max_body = kMaxBody, .max_connections = kMaxConnections},
            [this](const http::Request& r) { return router_.Handle(r); }));
    store_.Update([&](State& state, WallTime) { state.access_url = server_->origin(); });
    driver_ = std::jthread([this](std::stop_token stop) { Drive(stop); });
    return Ok{};
  }

  std::string origin() const override { return server_->origin(); }
  std::string token() const override { return options_.token; }
  std::string AddUser(const std::string& name, bool template_admin) override {
    return store_.Update([&](State& state, WallTime) {
      User user;
      user.id = state.NewId();
      user.name = name;
      user.token = StrCat(RandomHex(5), "-", RandomHex(11));
      user.template_admin = template_admin;
      state.users.push_back(user);
      return user.token;
    });
  }
  Status Turn(std::string_view knob) override {
    return store_.Update([&](State& state, WallTime) { return state.faults.Turn(knob); });
  }
  void Clear(Fault fault) override {
    store_.Update([&](State& state, WallTime) { state.faults.Clear(fault); });
  }
  std::vector<RequestRecord> requests() const override { return requests_.All(); }
  Store& store() override { return store_; }

  std::vector<WorkspaceView> workspaces() const override {
    return store_.Read([&](const State& state, WallTime) {
      std::vector<WorkspaceView> views;
      for (const Workspace& workspace : state.workspaces) {
        const Build& build = workspace.Latest();
        views.push_back({.id = workspace.id,
                         .name = workspace.name,
                         .owner = state.FindUser(workspace.owner_id)->name,
                         .status = build.Status(),
                         .lifecycle = build.agent ? build.agent->lifecycle : "",
                         .builds = static_cast<int>(workspace.builds.size()),
                         .deleted = workspace.deleted,
                         .folder = folder_->workspaces() / workspace.id,
                         .parameters = build.parameters});
      }
      return views;
    });
  }

 private:
  void Drive(std::stop_token stop) {
    do {
      const auto effects =
          store_.Update([](State& state, WallTime now) { return Advance(&state, now); });
      for (const Effect& effect : effects) {
        if (options_.light) {
          Work(effect);
          continue;
        }
        // Each on its own: one that takes long must not keep the clock from the others.
        works_.emplace_back([this, effect] { Work(effect); });
      }
    } while (system_clock_.WaitFor(stop, kTick));
  }

  void Work(const Effect& effect) {
    switch (effect.kind) {
      case Effect::Kind::kImport:
        return Import(effect.id);
      case Effect::Kind::kRunScripts:
        return workshop_.RunScripts(effect.id);
      case Effect::Kind::kRestart:
        return workshop_.Restart(effect.id);
      case Effect::Kind::kKillPod:
        return workshop_.KillPod(effect.id);
      case Effect::Kind::kTearDown: {
        const Status done = workshop_.TearDown(effect.id);
        return store_.Update(
            [&](State& state, WallTime now) { FinishTearDown(&state, effect.id, done, now); });
      }
    }
  }

  ImportSettings SettingsOfImports() const {
    return {.scratch = folder_->imports(),
            .terraform = options_.terraform,
            .provider_mirror = options_.provider_mirror,
            .environment = options_.environment};
  }

  void Import(const std::string& version_id) {
    const std::string archive = store_.Read([&](const State& state, WallTime) -> std::string {
      const TemplateVersion* version = state.FindVersion(version_id);
      for (const UploadedFile& file : state.files) {
        if (version != nullptr && file.id == version->file_id) return file.bytes;
      }
      return "";
    });
    auto model = ImportTemplate(archive, SettingsOfImports(), system_clock_, leaving_.get_token());
    store_.Update([&](State& state, WallTime now) {
      FinishImport(&state, version_id, std::move(model), now);
    });
  }

  Options options_;
  std::unique_ptr<StateFolder> folder_;
  SystemClock system_clock_;
  const Clock& clock_;
  Store store_;
  RequestLog requests_;
  Workshop workshop_;
  Router router_;
  std::stop_source leaving_;
  std::vector<std::jthread> works_;
  std::jthread driver_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace

Result<std::unique_ptr<Simulator>> Simulator::Start(Options options) {
  AMEIDE_RETURN_IF_ERROR(CheckOptions(options));
  AMEIDE_ASSIGN_OR_RETURN(auto folder, StateFolder::Open(options.state, SystemClock()));
  if (options.token.empty()) options.token = StrCat(RandomHex(5), "-", RandomHex(11));
  auto simulator = std::make_unique<RunningSimulator>(std::move(options), std::move(folder));
  AMEIDE_RETURN_IF_ERROR(simulator->Open());
  return std::unique_ptr<Simulator>(std::move(simulator));
}

}  // namespace ameide::simulator
