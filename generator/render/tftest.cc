#include "generator/render/tftest.h"

#include <algorithm>
#include <vector>

#include "generator/hcl/body.h"
#include "generator/render/names.h"

namespace ameide::generator {
namespace {

using hcl::Body;
using hcl::Expr;

constexpr std::string_view kBuilderPassword = "ENVBUILDER_GIT_PASSWORD";

Expr Text(int64_t number) { return hcl::String(StrCat(number)); }
Expr Equal(Expr left, Expr right) {
  return hcl::Operation(std::move(left), "==", std::move(right));
}
Expr Length(Expr of) { return hcl::Call("length", {std::move(of)}); }
Expr Ttl() { return hcl::Call("tonumber", {hcl::Ref("data.coder_parameter.ttl.value")}); }
// Whether `condition` holds for every `variable` in `of`.
Expr Every(std::string_view variable, Expr of, Expr condition) {
  return hcl::Call("alltrue",
                   {hcl::ForTuple({std::string(variable)}, std::move(of), std::move(condition))});
}

// One `run` block about the pod kubernetes_pod_v1.<pod>.
class Run {
 public:
  explicit Run(std::string_view pod) : pod_(StrCat("kubernetes_pod_v1.", pod)) {
    body_.Attribute("command", hcl::Ref("plan"));
  }

  Expr Pods() const { return Length(hcl::Ref(pod_)); }
  Expr Spec(std::string_view member) const { return hcl::Ref(StrCat(pod_, ".0.spec.0.", member)); }
  // Tests have no locals, so each condition gathers the containers itself.
  Expr Containers() const {
    return hcl::Call("concat", {Spec("init_container"), Spec("container")});
  }

  void Assert(Expr condition, std::string_view message) {
    Body assert;
    assert.Attribute("condition", std::move(condition));
    assert.Attribute("error_message", hcl::String(message));
    body_.BlankLine().Block("assert", std::move(assert));
  }
  // `condition` must hold for every container, which it calls `c`.
  void AssertEach(Expr condition, std::string_view message) {
    Assert(Every("c", Containers(), std::move(condition)), message);
  }
  // For this run, what a data source is read as.
  void Override(std::string_view target, Expr values) {
    Body data;
    data.Attribute("target", hcl::Ref(target)).Attribute("values", std::move(values));
    body_.BlankLine().Block("override_data", std::move(data));
  }

  Body Take() && { return std::move(body_); }

 private:
  std::string pod_;
  Body body_;
};

std::string Line(std::string_view container, std::string_view variable,
                 const task::SecretGrant& grant) {
  return StrCat(container, " ", variable, " ", grant.secret, "/", grant.key);
}

// "<container> <variable> <secret>/<key>" for every secret of the pod: what can push is in the
// publisher's container and in no other.
std::vector<std::string> SecretsInPlace(const task::Profile& profile) {
  std::vector<std::string> lines;
  bool builds = IsEnvbuilder(profile);
  for (const task::SecretGrant& grant : profile.contract.secrets) {
    const bool pushes = GrantedFor(grant, task::Phase::kPr);
    if (!pushes) lines.push_back(Line(kTaskContainer, grant.env, grant));
    if (pushes && HasPublisher(profile)) {
      lines.push_back(Line(kPublisherContainer, grant.env, grant));
    }
    if (builds && GrantedFor(grant, task::Phase::kCheckout)) {
      lines.push_back(Line(kTaskContainer, kBuilderPassword, grant));
      builds = false;
    }
  }
  return lines;
}

// The same for a person's pod. The builder may clone with a secret that tasks clone with.
std::vector<std::string> HumanSecretsInPlace(const task::Profile& profile) {
  std::vector<std::string> lines;
  for (const task::SecretGrant& own : profile.human->secrets) {
    lines.push_back(Line(kTaskContainer, own.env, own));
  }
  return lines;
}

// The secrets that `lines` name and no others; variables in `apart` are left out of the comparison.
void AssertSecrets(std::vector<std::string> lines, const std::vector<std::string>& apart,
                   Run* run) {
  std::sort(lines.begin(), lines.end());
  const auto reference = [](std::string_view member) {
    return hcl::Ref(StrCat("e.value_from.0.secret_key_ref.0.", member));
  };
  const Expr is_secret = hcl::Call("can", {reference("name")});
  const Expr is_apart = hcl::Call("contains", {hcl::Strings(apart), hcl::Ref("e.name")});
  const Expr counts =
      apart.empty() ? is_secret : hcl::Operation(is_secret, "&&", hcl::Not(is_apart));
  const Expr in_place = hcl::ForTuple(
      {"c"}, run->Containers(),
      hcl::ForTuple(
          {"e"}, hcl::Ref("c.env"),
          hcl::Template({hcl::Ref("c.name"), hcl::String(" "), hcl::Ref("e.name"), hcl::String(" "),
                         reference("name"), hcl::String("/"), reference("key")}),
          counts));
  run->Assert(Equal(hcl::Call("join", {hcl::String("\n"),
                                       hcl::Call("sort", {hcl::Call("flatten", {in_place})})}),
                    hcl::String(StrJoin(lines, "\n"))),
              "Each container must be given its own secrets by name and no others.");
}

void AssertNoValue(const std::vector<task::SecretGrant>& grants, Run* run) {
  std::vector<std::string> variables = {std::string(kBuilderPassword)};
  for (const task::SecretGrant& grant : grants) variables.push_back(grant.env);
  // Two loops: the value of other variables is not known before the apply.
  const Expr named =
      hcl::ForTuple({"e"}, hcl::Ref("c.env"), hcl::Ref("e"),
                    hcl::Call("contains", {hcl::Strings(variables), hcl::Ref("e.name")}));
  const Expr written = hcl::Call("try", {Length(hcl::Ref("e.value")), hcl::Number(0)});
  run->AssertEach(Every("e", named, Equal(written, hcl::Number(0))),
                  "No secret's value may be written into the pod.");
}

void AssertPod(std::string_view restart_policy, bool token, std::string_view account, Run* run) {
  run->Assert(Equal(run->Pods(), hcl::Number(1)), "A start build must make one pod.");
  run->Assert(Equal(run->Spec("restart_policy"), hcl::String(restart_policy)),
              StrCat("The pod's restart policy must be ", restart_policy, "."));
  run->Assert(Equal(run->Spec("service_account_name"), hcl::String(account)),
              "The pod must run as the profile's ServiceAccount.");
  run->Assert(Equal(run->Spec("automount_service_account_token"), hcl::Bool(token)),
              "A token may be mounted only for a profile that binds roles.");
  for (const char* shared : {"host_ipc", "host_network", "host_pid", "share_process_namespace"}) {
    run->Assert(Equal(run->Spec(shared), hcl::Bool(false)),
                StrCat("The pod must not set ", shared, "."));
  }
  run->Assert(
      Every("v", run->Spec("volume"), Equal(Length(hcl::Ref("v.host_path")), hcl::Number(0))),
      "No volume may come from the node.");
}

void AssertContainers(Run* run) {
  const std::string security = "c.security_context.0.";
  run->AssertEach(
      hcl::Call("can",
                {hcl::Call("regex", {hcl::String("@sha256:[0-9a-f]{64}$"), hcl::Ref("c.image")})}),
      "Every image must be pinned by its digest.");
  run->AssertEach(Equal(hcl::Call("join", {hcl::String(","),
                                           hcl::Ref(StrCat(security, "capabilities.0.drop"))}),
                        hcl::String("ALL")),
                  "Every container must drop all capabilities.");
  for (const char* right : {"allow_privilege_escalation", "privileged"}) {
    run->AssertEach(Equal(hcl::Ref(StrCat(security, right)), hcl::Bool(false)),
                    StrCat("No container may set ", right, "."));
  }
}

void AssertTask(const task::Profile& profile, Run* run) {
  run->Assert(Equal(run->Spec("active_deadline_seconds"), Ttl()),
              "The pod's deadline must be the time to live.");
  for (const char* parameter : {"work_id", "kind", "spec", "ttl", "publish_key"}) {
    run->Assert(
        Equal(hcl::Ref(StrCat("data.coder_parameter.", parameter, ".mutable")), hcl::Bool(false)),
        StrCat("Parameter ", parameter, " must be immutable: a change would run the task again."));
  }
  run->Assert(Equal(hcl::Ref("data.coder_parameter.ttl.value"),
                    Text(Seconds(profile.contract.default_ttl))),
              "The default time to live must be the profile's.");
  run->Assert(hcl::Operation(hcl::Ref("coder_script.task.timeout"), "<", Ttl()),
              "The script must end before the pod does.");
  run->Assert(Equal(hcl::Ref(StrCat("coder_agent.", task::kAgentName, ".api_key_scope")),
                    hcl::String("no_user_data")),
              "The owner's credentials must stay out of the workspace.");
}

Run KeepsTheProfile(const task::Profile& profile) {
  Run run("task");
  AssertPod("Never", NeedsClusterToken(profile), profile.deployment.service_account, &run);
  AssertContainers(&run);
  AssertSecrets(SecretsInPlace(profile), {}, &run);
  AssertNoValue(profile.contract.secrets, &run);
  AssertTask(profile, &run);
  return run;
}

Run KeepsTheHumanMode(const task::Profile& profile) {
  Run run("workspace");
  AssertPod("Always", false, profile.human->service_account, &run);
  AssertContainers(&run);
  AssertSecrets(HumanSecretsInPlace(profile), {std::string(kBuilderPassword)}, &run);
  AssertNoValue(profile.human->secrets, &run);
  return run;
}

Run FollowsTheTtl() {
  Run run("task");
  run.Override("data.coder_parameter.ttl", hcl::Object({{"value", Text(task::kMinTtlSeconds)}}));
  run.Assert(Equal(run.Spec("active_deadline_seconds"), hcl::Number(task::kMinTtlSeconds)),
             "The pod's deadline must follow the parameter.");
  run.Assert(Equal(hcl::Ref("coder_script.task.timeout"),
                   hcl::Number(task::kMinTtlSeconds - task::kTtlReserveSeconds)),
             "The script's clock must follow the parameter.");
  return run;
}

Run StopsWithoutAPod(std::string_view pod) {
  Run run(pod);
  run.Override("data.coder_workspace.me",
               hcl::Object({{"start_count", hcl::Number(0)}, {"transition", hcl::String("stop")}}));
  run.Assert(Equal(run.Pods(), hcl::Number(0)), "A stop build must leave no pod.");
  return run;
}

Body Head() {
  Body file;
  file.Comment(kMadeBy);
  file.Comment("`terraform test` in the template's folder; it plans and makes nothing.");
  return file;
}

void AddRun(std::string_view name, Run run, Body* file) {
  file->BlankLine().Block("run", {std::string(name)}, std::move(run).Take());
}

}  // namespace

std::string TaskTest(const task::Profile& profile) {
  Body file = Head();
  AddRun("keeps_the_profile", KeepsTheProfile(profile), &file);
  AddRun("follows_the_ttl", FollowsTheTtl(), &file);
  AddRun("stops_without_a_pod", StopsWithoutAPod("task"), &file);
  return hcl::Print(file);
}

std::string HumanTest(const task::Profile& profile) {
  Body file = Head();
  AddRun("keeps_the_profile", KeepsTheHumanMode(profile), &file);
  AddRun("stops_without_a_pod", StopsWithoutAPod("workspace"), &file);
  return hcl::Print(file);
}

}  // namespace ameide::generator
