# Made by ameide-templates from the profile; do not edit.

# Git asks Coder for the person's own credential.
data "coder_external_auth" "git" {
  id = "github"
}

resource "coder_agent" "main" {
  os   = "linux"
  arch = "arm64"

  # Seconds. The image is pulled, and perhaps built, before the agent connects.
  connection_timeout = 900

  env = {
    AMEIDE_INSTRUCTIONS_BASE64 = filebase64("${path.module}/AGENTS.md")
  }

  display_apps {
    port_forwarding_helper = false
    ssh_helper             = false
    vscode                 = false
    vscode_insiders        = false
    web_terminal           = true
  }
}

resource "coder_script" "workspace" {
  agent_id     = coder_agent.main.id
  display_name = "Workspace"
  icon         = "/icon/terminal.svg"
  run_on_start = true
  script       = file("${path.module}/human.sh")
}

resource "coder_app" "editor" {
  agent_id     = coder_agent.main.id
  slug         = "code-server"
  display_name = "VS Code"
  icon         = "/icon/code.svg"
  url          = "http://localhost:13337/?folder=/workspaces/code/repo"
  subdomain    = false
  share        = "owner"

  healthcheck {
    url       = "http://localhost:13337/healthz"
    interval  = 5
    threshold = 6
  }
}
