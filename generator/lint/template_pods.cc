// Rules about Kubernetes objects: what a pod may do, and what Terraform must not touch.
#include <algorithm>

#include "base/strings.h"
#include "generator/lint/template_lint.h"
#include "task/contract/profile_rules.h"

namespace ameide::generator {
namespace {

// What unpacking an image and handing it over needs; see docs/profiles.md.
constexpr std::string_view kBuilderCapabilities[] = {"CHOWN",   "DAC_OVERRIDE", "FOWNER", "FSETID",
                                                     "SETFCAP", "SETGID",       "SETUID"};
constexpr std::string_view kUnsafeOptions[] = {"ENVBUILDER_INSECURE", "ENVBUILDER_PUSH_IMAGE",
                                               "ENVBUILDER_FALLBACK_IMAGE",
                                               "ENVBUILDER_IGNORE_PATHS"};
// Which kinds Coder's stock role may handle.
constexpr std::string_view kStockKinds[] = {"kubernetes_pod", "kubernetes_persistent_volume_claim",
                                            "kubernetes_deployment"};

template <size_t N>
bool IsOneOf(const std::string_view (&words)[N], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

std::string_view WithoutVersion(std::string_view type) {
  return type.ends_with("_v1") ? type.substr(0, type.size() - 3) : type;
}

bool SoundsSecret(std::string_view name) {
  const std::string lower = AsciiLower(name);
  for (const std::string_view word : {"token", "secret", "password", "passwd", "api_key", "apikey",
                                      "private_key", "credential"}) {
    if (lower.find(word) != std::string::npos) return true;
  }
  return false;
}

class PodLint {
 public:
  PodLint(const ScannedFile& file, bool task, TemplateReport* report)
      : file_(file), task_(task), report_(report) {}

  void Resource(const HclBlock& block) {
    if (block.labels.empty() || !block.labels[0].starts_with("kubernetes_")) return;
    const std::string_view type = block.labels[0];
    const std::string_view kind = WithoutVersion(type);
    if (kind == "kubernetes_secret") {
      Add("secret-through-terraform", block,
          "puts the Secret's value into the workspace's state; refer to it by name");
    }
    if (block.type != "resource") return;
    if (kind == type && type != "kubernetes_manifest") {
      Add("resource-deprecated", block, StrCat("is deprecated; use ", type, "_v1"));
    }
    if (!IsOneOf(kStockKinds, kind)) {
      Add("needs-more-rights", block,
          "is nothing that Coder's stock role may make; let the platform team apply it once");
    }
    if (kind == "kubernetes_pod") Pod(block);
    if (kind == "kubernetes_deployment" || kind == "kubernetes_job") {
      const HclBlock* spec = block.Block("spec");
      const HclBlock* pod = spec == nullptr ? nullptr : spec->Block("template");
      if (pod != nullptr && pod->Block("spec") != nullptr) PodSpec(*pod->Block("spec"));
    }
  }

 private:
  void Add(std::string_view rule, const HclBlock& block, std::string message) {
    report_->Add(rule, file_, block, std::move(message));
  }
  void Add(std::string_view rule, const HclBlock& block, std::string_view attribute,
           std::string message) {
    report_->Add(rule, file_, block, attribute, std::move(message));
  }

  void Pod(const HclBlock& block) {
    if (block.Find("target_state") == nullptr) {
      Add("pod-waited-for", block,
          "makes Terraform wait until the pod runs; set target_state to every phase");
    }
    const HclBlock* spec = block.Block("spec");
    if (spec == nullptr) return;
    PodSpec(*spec);
    if (!task_) return;
    if (spec->Literal("restart_policy") != "Never") {
      Add("pod-restart", *spec, "restart_policy", "would run the task again; write \"Never\"");
    }
    if (spec->Find("active_deadline_seconds") == nullptr) {
      Add("pod-deadline", *spec, "has no active_deadline_seconds; set it to the time to live");
    }
  }

  void PodSpec(const HclBlock& spec) {
    for (const std::string_view name : {"host_network", "host_pid", "host_ipc"}) {
      if (spec.Text(name) != "true") continue;
      Add("pod-host-namespace", spec, name, StrCat(name, " must be false"));
    }
    if (spec.Find("automount_service_account_token") == nullptr) {
      Add("pod-token", spec,
          "leaves automount_service_account_token to the provider, which sends true; write it");
    }
    if (spec.Text("enable_service_links") != "false") {
      Add("pod-service-links", spec, "enable_service_links", "must be false");
    }
    builder_ = UsesBuilder(spec);
    const HclBlock* security = spec.Block("security_context");
    if (security != nullptr) Security(*security, false);
    for (const HclBlock& block : spec.blocks) {
      if (block.type == "container" || block.type == "init_container") Container(block);
      if (block.type == "volume") Volume(block);
    }
  }

  static bool UsesBuilder(const HclBlock& spec) {
    return std::any_of(spec.blocks.begin(), spec.blocks.end(), [](const HclBlock& container) {
      return std::any_of(container.blocks.begin(), container.blocks.end(), [](const HclBlock& env) {
        return env.type == "env" && env.Literal("name").value_or("").starts_with("ENVBUILDER_");
      });
    });
  }

  void Volume(const HclBlock& volume) {
    const HclBlock* host = volume.Block("host_path");
    if (host != nullptr) Add("pod-host-path", *host, "mounts a folder of the node; use empty_dir");
    const HclBlock* empty = volume.Block("empty_dir");
    if (empty != nullptr && empty->Find("size_limit") == nullptr) {
      Add("pod-volume-size", *empty, "has no size_limit; it can fill the node's disk");
    }
  }

  void Container(const HclBlock& container) {
    const std::optional<std::string> image = container.Literal("image");
    if (image && image->find("@sha256:") == std::string::npos) {
      Add("pod-image-not-pinned", container, "image",
          "is not pinned; write name@sha256: and the "
          "digest");
    }
    const HclBlock* security = container.Block("security_context");
    if (security == nullptr) {
      Add("pod-escalation", container,
          "has no security_context with "
          "allow_privilege_escalation = false");
    } else {
      Security(*security, true);
    }
    Resources(container);
    const bool built =
        std::any_of(container.blocks.begin(), container.blocks.end(), [](const HclBlock& env) {
          return env.type == "env" && env.Literal("name").value_or("").starts_with("ENVBUILDER_");
        });
    for (const HclBlock& block : container.blocks) {
      if (block.type == "env") Variable(block);
      if (block.type == "port" && block.Find("host_port") != nullptr) {
        Add("pod-host-port", block, "host_port", "takes a port of the node; remove it");
      }
      if (block.type == "volume_mount" && built) Mount(block);
    }
  }

  void Mount(const HclBlock& mount) {
    const std::string path = mount.Literal("mount_path").value_or("");
    if (mount.Text("read_only") != "true" || path.starts_with("/var/run")) return;
    Add("pod-read-only-mount", mount, "read_only",
        StrCat(path, " cannot be moved by the image builder; mount it writable or below /var/run"));
  }

  void Security(const HclBlock& security, bool container) {
    if (container) ContainerSecurity(security);
    if (security.Text("run_as_non_root") == "true" &&
        (security.Literal("run_as_user") == "0" || security.Text("run_as_user") == "0")) {
      Add("pod-root-as-nonroot", security, "run_as_user",
          "is 0, while run_as_non_root is true; the node would never start it");
    }
    const HclBlock* seccomp = security.Block("seccomp_profile");
    if (seccomp == nullptr || seccomp->Literal("type") != "RuntimeDefault") {
      Add("pod-seccomp", seccomp == nullptr ? security : *seccomp,
          "has no seccomp_profile of type RuntimeDefault; write it");
    }
  }

  void ContainerSecurity(const HclBlock& security) {
    if (security.Text("privileged") == "true") {
      Add("pod-privileged", security, "privileged", "must be false");
    }
    if (security.Text("allow_privilege_escalation") != "false") {
      Add("pod-escalation", security, "allow_privilege_escalation",
          "allow_privilege_escalation must be written as false");
    }
    const HclBlock* capabilities = security.Block("capabilities");
    const std::vector<std::string> all = {"ALL"};
    if (capabilities == nullptr || LiteralTexts(capabilities->Text("drop")) != all) {
      Add("pod-capabilities-kept", capabilities == nullptr ? security : *capabilities,
          "does not drop every capability; write drop = [\"ALL\"]");
    }
    if (capabilities == nullptr || capabilities->Find("add") == nullptr) return;
    const auto added = LiteralTexts(capabilities->Text("add"));
    for (const std::string& name : added.value_or(std::vector<std::string>{"what is computed"})) {
      if (builder_ && IsOneOf(kBuilderCapabilities, name)) continue;
      Add("pod-capability", *capabilities, "add", StrCat("adds ", name, "; remove it"));
    }
  }

  void Resources(const HclBlock& container) {
    const HclBlock* resources = container.Block("resources");
    for (const std::string_view side : {"requests", "limits"}) {
      const HclValue* value = resources == nullptr ? nullptr : resources->Find(side);
      const auto members =
          value == nullptr ? std::map<std::string, HclValue>() : ObjectMembers(*value);
      for (const char* what : {"cpu", "memory", "ephemeral-storage"}) {
        if (members.contains(what)) continue;
        Add("pod-limits", resources == nullptr ? container : *resources,
            StrCat("has no ", what, " in ", side, "; add it"));
      }
    }
  }

  void Variable(const HclBlock& env) {
    const std::string name = env.Literal("name").value_or("");
    if (IsOneOf(kUnsafeOptions, name)) {
      Add("builder-option", env, StrCat(name, " makes the image builder unsafe; remove it"));
    }
    if (SoundsSecret(name) && env.Literal("value").value_or("").size() > 0) {
      Add("secret-by-value", env, "value",
          StrCat(name, " sounds like a secret and is written out; use value_from"));
    }
    const HclBlock* from = env.Block("value_from");
    if (from == nullptr || from->Block("secret_key_ref") == nullptr) return;
    // The builder's own options are meant to come from Secrets.
    if (name.starts_with("ENVBUILDER_")) return;
    const task::Flaw flaw = task::SecretVariableProblem(name);
    if (!flaw.empty()) Add("secret-variable", env, "name", StrCat(name, " ", flaw.message));
  }

  const ScannedFile& file_;
  bool task_;
  TemplateReport* report_;
  bool builder_ = false;  // whether the pod at hand builds its image
};

}  // namespace

void LintPods(const std::vector<ScannedFile>& scanned, TemplateReport* report) {
  const bool task = IsTaskTemplate(scanned);
  for (const ScannedFile& file : scanned) {
    for (const HclBlock& block : file.body.blocks) {
      if (block.type == "resource" || block.type == "data") {
        PodLint(file, task, report).Resource(block);
      }
    }
  }
}

}  // namespace ameide::generator
