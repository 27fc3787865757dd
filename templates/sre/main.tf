# Made by ameide-templates from the profile; do not edit.

terraform {
  required_version = ">= 1.9.0"
  required_providers {
    coder = {
      source  = "coder/coder"
      version = ">= 2.13.0, < 3.0.0"
    }
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = ">= 2.36.0, < 4.0.0"
    }
  }
}

provider "coder" {}

provider "kubernetes" {}

data "coder_workspace" "me" {}

data "coder_workspace_owner" "me" {}

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
