# Made by ameide-templates from the profile; do not edit.

resource "kubernetes_pod_v1" "workspace" {
  count = data.coder_workspace.me.start_count

  # Do not wait here: a slow image pull is no failed build.
  target_state = ["Pending", "Running", "Succeeded", "Failed"]

  metadata {
    name      = "ameide-human-${data.coder_workspace.me.id}"
    namespace = "ameide-human-code"

    labels = {
      "app.kubernetes.io/name"       = "ameide-human"
      "app.kubernetes.io/instance"   = data.coder_workspace.me.id
      "app.kubernetes.io/managed-by" = "ameide-templates"
      "ameide.io/profile"            = "code"
      "com.coder.resource"           = "true"
      "com.coder.workspace.id"       = data.coder_workspace.me.id
      "com.coder.workspace.name"     = data.coder_workspace.me.name
      "com.coder.user.id"            = data.coder_workspace_owner.me.id
      "com.coder.user.username"      = data.coder_workspace_owner.me.name
    }
  }

  spec {
    restart_policy                   = "Always"
    termination_grace_period_seconds = 30
    service_account_name             = "workspace-human"
    automount_service_account_token  = false
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
        name  = "ENVBUILDER_DEVCONTAINER_DIR"
        value = ".devcontainer/coder"
      }

      env {
        name  = "ENVBUILDER_WORKSPACE_FOLDER"
        value = "/workspaces/code/repo"
      }

      env {
        name  = "ENVBUILDER_EXIT_ON_BUILD_FAILURE"
        value = "true"
      }

      resources {
        requests = {
          cpu               = "2"
          memory            = "8Gi"
          ephemeral-storage = "30Gi"
        }
        limits = {
          cpu               = "2"
          memory            = "8Gi"
          ephemeral-storage = "30Gi"
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
    }

    volume {
      name = "workspaces"

      persistent_volume_claim {
        claim_name = kubernetes_persistent_volume_claim_v1.workspaces.metadata[0].name
      }
    }
  }
}

resource "kubernetes_persistent_volume_claim_v1" "workspaces" {
  # Some storage classes bind only when a pod wants the disk.
  wait_until_bound = false

  metadata {
    name      = "ameide-human-${data.coder_workspace.me.id}"
    namespace = "ameide-human-code"

    labels = {
      "app.kubernetes.io/name"       = "ameide-human"
      "app.kubernetes.io/instance"   = data.coder_workspace.me.id
      "app.kubernetes.io/managed-by" = "ameide-templates"
      "ameide.io/profile"            = "code"
      "com.coder.resource"           = "true"
      "com.coder.workspace.id"       = data.coder_workspace.me.id
      "com.coder.workspace.name"     = data.coder_workspace.me.name
      "com.coder.user.id"            = data.coder_workspace_owner.me.id
      "com.coder.user.username"      = data.coder_workspace_owner.me.name
    }
  }

  spec {
    access_modes = ["ReadWriteOnce"]

    resources {
      requests = {
        storage = "30Gi"
      }
    }
  }
}
