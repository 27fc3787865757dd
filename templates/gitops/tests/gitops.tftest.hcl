# Made by ameide-templates from the profile; do not edit.
# `terraform test` in the template's folder; it plans and makes nothing.

run "keeps_the_profile" {
  command = plan

  assert {
    condition     = length(kubernetes_pod_v1.task) == 1
    error_message = "A start build must make one pod."
  }

  assert {
    condition     = kubernetes_pod_v1.task[0].spec[0].restart_policy == "Never"
    error_message = "The pod's restart policy must be Never."
  }

  assert {
    condition     = kubernetes_pod_v1.task[0].spec[0].service_account_name == "workspace"
    error_message = "The pod must run as the profile's ServiceAccount."
  }

  assert {
    condition     = kubernetes_pod_v1.task[0].spec[0].automount_service_account_token == false
    error_message = "A token may be mounted only for a profile that binds roles."
  }

  assert {
    condition     = kubernetes_pod_v1.task[0].spec[0].host_ipc == false
    error_message = "The pod must not set host_ipc."
  }

  assert {
    condition     = kubernetes_pod_v1.task[0].spec[0].host_network == false
    error_message = "The pod must not set host_network."
  }

  assert {
    condition     = kubernetes_pod_v1.task[0].spec[0].host_pid == false
    error_message = "The pod must not set host_pid."
  }

  assert {
    condition     = kubernetes_pod_v1.task[0].spec[0].share_process_namespace == false
    error_message = "The pod must not set share_process_namespace."
  }

  assert {
    condition     = alltrue([for v in kubernetes_pod_v1.task[0].spec[0].volume : length(v.host_path) == 0])
    error_message = "No volume may come from the node."
  }

  assert {
    condition     = alltrue([for c in concat(kubernetes_pod_v1.task[0].spec[0].init_container, kubernetes_pod_v1.task[0].spec[0].container) : can(regex("@sha256:[0-9a-f]{64}$", c.image))])
    error_message = "Every image must be pinned by its digest."
  }

  assert {
    condition     = alltrue([for c in concat(kubernetes_pod_v1.task[0].spec[0].init_container, kubernetes_pod_v1.task[0].spec[0].container) : join(",", c.security_context[0].capabilities[0].drop) == "ALL"])
    error_message = "Every container must drop all capabilities."
  }

  assert {
    condition     = alltrue([for c in concat(kubernetes_pod_v1.task[0].spec[0].init_container, kubernetes_pod_v1.task[0].spec[0].container) : c.security_context[0].allow_privilege_escalation == false])
    error_message = "No container may set allow_privilege_escalation."
  }

  assert {
    condition     = alltrue([for c in concat(kubernetes_pod_v1.task[0].spec[0].init_container, kubernetes_pod_v1.task[0].spec[0].container) : c.security_context[0].privileged == false])
    error_message = "No container may set privileged."
  }

  assert {
    condition     = join("\n", sort(flatten([for c in concat(kubernetes_pod_v1.task[0].spec[0].init_container, kubernetes_pod_v1.task[0].spec[0].container) : [for e in c.env : "${c.name} ${e.name} ${e.value_from[0].secret_key_ref[0].name}/${e.value_from[0].secret_key_ref[0].key}" if can(e.value_from[0].secret_key_ref[0].name)]]))) == "publisher PUSH_TOKEN gh-push/token\ntask CLONE_TOKEN gh-auth/token\ntask CODEX_AUTH_JSON codex-auth-rotating-0/auth.json\ntask ENVBUILDER_GIT_PASSWORD gh-auth/token"
    error_message = "Each container must be given its own secrets by name and no others."
  }

  assert {
    condition     = alltrue([for c in concat(kubernetes_pod_v1.task[0].spec[0].init_container, kubernetes_pod_v1.task[0].spec[0].container) : alltrue([for e in [for e in c.env : e if contains(["ENVBUILDER_GIT_PASSWORD", "CLONE_TOKEN", "CODEX_AUTH_JSON", "PUSH_TOKEN"], e.name)] : try(length(e.value), 0) == 0])])
    error_message = "No secret's value may be written into the pod."
  }

  assert {
    condition     = kubernetes_pod_v1.task[0].spec[0].active_deadline_seconds == tonumber(data.coder_parameter.ttl.value)
    error_message = "The pod's deadline must be the time to live."
  }

  assert {
    condition     = data.coder_parameter.work_id.mutable == false
    error_message = "Parameter work_id must be immutable: a change would run the task again."
  }

  assert {
    condition     = data.coder_parameter.kind.mutable == false
    error_message = "Parameter kind must be immutable: a change would run the task again."
  }

  assert {
    condition     = data.coder_parameter.spec.mutable == false
    error_message = "Parameter spec must be immutable: a change would run the task again."
  }

  assert {
    condition     = data.coder_parameter.ttl.mutable == false
    error_message = "Parameter ttl must be immutable: a change would run the task again."
  }

  assert {
    condition     = data.coder_parameter.publish_key.mutable == false
    error_message = "Parameter publish_key must be immutable: a change would run the task again."
  }

  assert {
    condition     = data.coder_parameter.ttl.value == "1800"
    error_message = "The default time to live must be the profile's."
  }

  assert {
    condition     = coder_script.task.timeout < tonumber(data.coder_parameter.ttl.value)
    error_message = "The script must end before the pod does."
  }

  assert {
    condition     = coder_agent.main.api_key_scope == "no_user_data"
    error_message = "The owner's credentials must stay out of the workspace."
  }
}

run "follows_the_ttl" {
  command = plan

  override_data {
    target = data.coder_parameter.ttl
    values = {
      value = "300"
    }
  }

  assert {
    condition     = kubernetes_pod_v1.task[0].spec[0].active_deadline_seconds == 300
    error_message = "The pod's deadline must follow the parameter."
  }

  assert {
    condition     = coder_script.task.timeout == 240
    error_message = "The script's clock must follow the parameter."
  }
}

run "stops_without_a_pod" {
  command = plan

  override_data {
    target = data.coder_workspace.me
    values = {
      start_count = 0
      transition  = "stop"
    }
  }

  assert {
    condition     = length(kubernetes_pod_v1.task) == 0
    error_message = "A stop build must leave no pod."
  }
}
