# Made by ameide-templates from the profile; do not edit.

data "coder_parameter" "work_id" {
  name         = "ameide_work_id"
  display_name = "Work id"
  description  = "The caller's key for this piece of work; one task per key."
  type         = "string"
  mutable      = false
  order        = 1

  validation {
    regex = "^([A-Za-z0-9][A-Za-z0-9._-]{0,127})?$"
    error = "Use up to 128 letters, digits, '.', '_' and '-'."
  }
}

data "coder_parameter" "kind" {
  name         = "ameide_kind"
  display_name = "Kind"
  description  = "What the task is for."
  type         = "string"
  mutable      = false
  order        = 2

  option {
    name  = "preflight"
    value = "preflight"
  }

  option {
    name  = "patch"
    value = "patch"
  }

  option {
    name  = "triage"
    value = "triage"
  }

  option {
    name  = "repo_digest"
    value = "repo_digest"
  }

  option {
    name  = "run"
    value = "run"
  }
}

data "coder_parameter" "spec" {
  name         = "ameide_spec"
  display_name = "Specification"
  description  = <<-EOT
    The task specification: JSON, encoded in base64.

    The launcher fills this in. It may only narrow what the profile "sre" allows; the agent program checks that again.
  EOT
  type         = "string"
  mutable      = false
  order        = 3
  form_type    = "textarea"

  validation {
    regex = "^[A-Za-z0-9+/]*={0,2}$"
    error = "Encode the specification in base64."
  }
}

data "coder_parameter" "ttl" {
  name         = "ameide_ttl_seconds"
  display_name = "Time to live"
  description  = "Seconds after which the pod is ended, whatever happens."
  type         = "number"
  mutable      = false
  order        = 4
  default      = 1800

  validation {
    min   = 300
    max   = 3600
    error = "Choose {min} to {max} seconds."
  }
}

data "coder_parameter" "publish_key" {
  name         = "ameide_publish_key"
  display_name = "Publishing key"
  description  = "Whose orders to publish hold: an Ed25519 public key (DER, base64). Empty: none."
  type         = "string"
  mutable      = false
  order        = 5
  default      = ""

  validation {
    regex = "^[A-Za-z0-9+/]*={0,2}$"
    error = "Encode the public key in base64."
  }
}

data "coder_parameter" "installation" {
  name         = "ameide_installation"
  display_name = "Installation"
  description  = "Whose workspace it is, for sweeps: the id of a launcher's state folder."
  type         = "string"
  mutable      = false
  order        = 6
  default      = ""

  validation {
    regex = "^([0-9a-f]{16})?$"
    error = "Use 16 hexadecimal digits."
  }
}
