# Made by ameide-templates from the profile; do not edit.

resource "kubernetes_pod_v1" "task" {
  count = data.coder_workspace.me.start_count

  # Do not wait here: a slow image pull, or a task that ends at once, is no failed build.
  target_state = ["Pending", "Running", "Succeeded", "Failed"]

  metadata {
    name      = "ameide-task-${data.coder_workspace.me.id}"
    namespace = "ameide-task-external-executor"

    labels = {
      "app.kubernetes.io/name"       = "ameide-task"
      "app.kubernetes.io/instance"   = data.coder_workspace.me.id
      "app.kubernetes.io/managed-by" = "ameide-templates"
      "ameide.io/profile"            = "external-executor"
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
    automount_service_account_token  = false
    enable_service_links             = false
    host_ipc                         = false
    host_network                     = false
    host_pid                         = false
    share_process_namespace          = false

    node_selector = {
      "kubernetes.io/arch" = "amd64"
      "kubernetes.io/os"   = "linux"
    }

    security_context {
      run_as_non_root = true
      run_as_user     = "1000"
      run_as_group    = "1000"

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
      image             = "docker.io/codercom/enterprise-base@sha256:5abfb835c2421f89d5a30fe42bfa369de91222f3e13145172448d9fd173676de"
      image_pull_policy = "IfNotPresent"
      command           = ["sh", "-c", coder_agent.main.init_script]

      env {
        name  = "CODER_AGENT_TOKEN"
        value = coder_agent.main.token
      }

      env {
        name  = "CODER_AGENT_URL"
        value = data.coder_workspace.me.access_url
      }

      env {
        name  = "HOME"
        value = "/home/task"
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

      env {
        name = "EXECUTOR_CLIENT_CERT"

        value_from {
          secret_key_ref {
            name = "executor-client"
            key  = "tls.crt"
          }
        }
      }

      env {
        name = "EXECUTOR_CLIENT_KEY"

        value_from {
          secret_key_ref {
            name = "executor-client"
            key  = "tls.key"
          }
        }
      }

      env {
        name = "EXECUTOR_SERVER_CA"

        value_from {
          secret_key_ref {
            name = "executor-client"
            key  = "ca.crt"
          }
        }
      }

      resources {
        requests = {
          cpu               = "500m"
          memory            = "1Gi"
          ephemeral-storage = "5Gi"
        }
        limits = {
          cpu               = "500m"
          memory            = "1Gi"
          ephemeral-storage = "5Gi"
        }
      }

      security_context {
        allow_privilege_escalation = false
        privileged                 = false
        read_only_root_filesystem  = true
        run_as_non_root            = true
        run_as_user                = "1000"
        run_as_group               = "1000"

        capabilities {
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
        read_only  = true
      }

      volume_mount {
        name       = "home"
        mount_path = "/home/task"
      }

      volume_mount {
        name       = "tmp"
        mount_path = "/tmp"
      }
    }

    volume {
      name = "workspaces"

      empty_dir {
        size_limit = "5Gi"
      }
    }

    volume {
      name = "home"

      empty_dir {
        size_limit = "5Gi"
      }
    }

    volume {
      name = "tmp"

      empty_dir {
        size_limit = "5Gi"
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
