# Made by ameide-templates from the profile; do not edit.

resource "kubernetes_pod_v1" "task" {
  count = data.coder_workspace.me.start_count

  # Do not wait here: a slow image pull, or a task that ends at once, is no failed build.
  target_state = ["Pending", "Running", "Succeeded", "Failed"]

  metadata {
    name      = "ameide-task-${data.coder_workspace.me.id}"
    namespace = "ameide-task-sre"

    labels = {
      "app.kubernetes.io/name"       = "ameide-task"
      "app.kubernetes.io/instance"   = data.coder_workspace.me.id
      "app.kubernetes.io/managed-by" = "ameide-templates"
      "ameide.io/profile"            = "sre"
      "com.coder.resource"           = "true"
      "com.coder.workspace.id"       = data.coder_workspace.me.id
      "com.coder.workspace.name"     = data.coder_workspace.me.name
      "com.coder.user.id"            = data.coder_workspace_owner.me.id
      "com.coder.user.username"      = data.coder_workspace_owner.me.name
    }

    annotations = {
      "cluster-autoscaler.kubernetes.io/safe-to-evict" = "false"
      "ameide.io/work-id"                              = data.coder_parameter.work_id.value
    }
  }

  spec {
    restart_policy                   = "Never"
    active_deadline_seconds          = data.coder_parameter.ttl.value
    termination_grace_period_seconds = 30
    service_account_name             = "workspace"
    automount_service_account_token  = true
    enable_service_links             = false
    host_ipc                         = false
    host_network                     = false
    host_pid                         = false
    share_process_namespace          = false

    node_selector = {
      "kubernetes.io/arch" = "arm64"
      "kubernetes.io/os"   = "linux"
      "ameide.io/pool"     = "workspaces-coder"
    }

    toleration {
      key      = "ameide.io/pool"
      operator = "Equal"
      value    = "workspaces-coder"
      effect   = "NoSchedule"
    }

    security_context {
      run_as_non_root = false
      run_as_user     = "0"
      run_as_group    = "0"

      seccomp_profile {
        type = "RuntimeDefault"
      }
    }

    # Brings ameide-agent, so that no toolchain image has to.
    init_container {
      name              = "agent-program"
      image             = var.agent_image
      image_pull_policy = "IfNotPresent"
      command           = ["/ameide-agent", "install", "/opt/ameide/bin"]

      resources {
        requests = {
          cpu               = "50m"
          memory            = "64Mi"
          ephemeral-storage = "64Mi"
        }
        limits = {
          cpu               = "50m"
          memory            = "64Mi"
          ephemeral-storage = "64Mi"
        }
      }

      security_context {
        allow_privilege_escalation = false
        privileged                 = false
        read_only_root_filesystem  = true
        run_as_non_root            = true
        run_as_user                = "65532"
        run_as_group               = "65532"

        capabilities {
          drop = ["ALL"]
        }

        seccomp_profile {
          type = "RuntimeDefault"
        }
      }

      volume_mount {
        name       = "ameide"
        mount_path = "/opt/ameide"
      }
    }

    container {
      name              = "task"
      image             = "ghcr.io/coder/envbuilder:1.3.0@sha256:b34ade2fb90a8536df76e7a15c6dd8c6352d0ae835a187b13467fa0c8a71e280"
      image_pull_policy = "IfNotPresent"

      env {
        name  = "CODER_AGENT_TOKEN"
        value = coder_agent.main.token
      }

      env {
        name  = "CODER_AGENT_URL"
        value = data.coder_workspace.me.access_url
      }

      env {
        name  = "ENVBUILDER_INIT_SCRIPT"
        value = coder_agent.main.init_script
      }

      env {
        name  = "ENVBUILDER_GIT_URL"
        value = "https://github.com/ameideio/ameide.git"
      }

      env {
        name  = "ENVBUILDER_GIT_CLONE_DEPTH"
        value = "1"
      }

      env {
        name  = "ENVBUILDER_GIT_USERNAME"
        value = "x-access-token"
      }

      env {
        name = "ENVBUILDER_GIT_PASSWORD"

        value_from {
          secret_key_ref {
            name = "gh-auth"
            key  = "token"
          }
        }
      }

      env {
        name  = "ENVBUILDER_DEVCONTAINER_DIR"
        value = ".devcontainer/coder"
      }

      env {
        name  = "ENVBUILDER_WORKSPACE_FOLDER"
        value = "/workspaces/.toolchain"
      }

      env {
        name  = "ENVBUILDER_EXIT_ON_BUILD_FAILURE"
        value = "true"
      }

      env {
        name = "CLONE_TOKEN"

        value_from {
          secret_key_ref {
            name = "gh-auth"
            key  = "token"
          }
        }
      }

      env {
        name = "CODEX_AUTH_JSON"

        value_from {
          secret_key_ref {
            name = "codex-auth-rotating-0"
            key  = "auth.json"
          }
        }
      }

      resources {
        requests = {
          cpu               = "1"
          memory            = "4Gi"
          ephemeral-storage = "20Gi"
        }
        limits = {
          cpu               = "1"
          memory            = "4Gi"
          ephemeral-storage = "20Gi"
        }
      }

      security_context {
        allow_privilege_escalation = false
        privileged                 = false
        read_only_root_filesystem  = false
        run_as_non_root            = false
        run_as_user                = "0"
        run_as_group               = "0"

        capabilities {
          add = [
            "CHOWN",
            "DAC_OVERRIDE",
            "FOWNER",
            "FSETID",
            "SETFCAP",
            "SETGID",
            "SETUID",
          ]
          drop = ["ALL"]
        }

        seccomp_profile {
          type = "RuntimeDefault"
        }
      }

      volume_mount {
        name       = "workspaces"
        mount_path = "/workspaces"
      }

      volume_mount {
        name       = "ameide"
        mount_path = "/opt/ameide/bin"
        sub_path   = "bin"
      }
    }

    volume {
      name = "workspaces"

      empty_dir {
        size_limit = "20Gi"
      }
    }

    volume {
      name = "ameide"

      empty_dir {
        size_limit = "64Mi"
      }
    }
  }
}
