# Made by ameide-templates from the profile; do not edit.

resource "coder_agent" "main" {
  os   = "linux"
  arch = "arm64"

  # The task has credentials of its own; the owner's stay out of its reach.
  api_key_scope = "no_user_data"

  # Seconds. The image is pulled, and perhaps built, before the agent connects.
  connection_timeout = 900

  # In base64, because the agent expands $NAME in these values.
  env = {
    AMEIDE_KIND                = data.coder_parameter.kind.value
    AMEIDE_SPEC_BASE64         = data.coder_parameter.spec.value
    AMEIDE_CONTRACT_BASE64     = filebase64("${path.module}/task.json")
    AMEIDE_INSTRUCTIONS_BASE64 = filebase64("${path.module}/AGENTS.md")
    AMEIDE_EVIDENCE_PORT       = "4400"
  }

  display_apps {
    port_forwarding_helper = false
    ssh_helper             = false
    vscode                 = false
    vscode_insiders        = false
    web_terminal           = false
  }
}

# The only script: scripts of an agent run side by side.
resource "coder_script" "task" {
  agent_id     = coder_agent.main.id
  display_name = "Ameide task"
  icon         = "/icon/terminal.svg"
  run_on_start = true
  script       = file("${path.module}/task.sh")

  # Ends before the pod does, so that evidence can still be written.
  timeout = data.coder_parameter.ttl.value - 60
}

# Healthy once the evidence is sealed; its answers are read-only.
resource "coder_app" "evidence" {
  agent_id     = coder_agent.main.id
  slug         = "ameide-evidence"
  display_name = "Ameide evidence"
  icon         = "/icon/folder.svg"
  url          = "http://localhost:4400/"
  subdomain    = false
  share        = "owner"

  healthcheck {
    url       = "http://localhost:4400/health"
    interval  = 5
    threshold = 1
  }
}

resource "coder_metadata" "task" {
  count       = data.coder_workspace.me.start_count
  resource_id = kubernetes_pod_v1.task[0].id

  item {
    key   = "profile"
    value = "code"
  }

  item {
    key   = "work id"
    value = data.coder_parameter.work_id.value
  }

  item {
    key   = "deadline in seconds"
    value = data.coder_parameter.ttl.value
  }
}
