# A first task: a private workspace, a checkout of a real repository, one command, an evidence
# bundle, and nothing left behind. `./dev quickstart` in the repository's root runs it.

terraform {
  required_providers {
    ameide = {
      source = "ameideio/ameide"
    }
  }
}

variable "repository" {
  description = "What to check out: a Git URL or the absolute path of a clone. Default: this clone."
  type        = string
  default     = null
}

locals {
  repository = coalesce(var.repository, abspath("${path.module}/../.."))
}

provider "ameide" {
  # Each run leaves its bundle in <evidence_dir>/<work_id>/<run_id>/.
  evidence_dir = "${path.module}/.ameide/evidence"

  # The code profile names the repositories it may work on; an operator can add more.
  repositories = [local.repository]
}

resource "ameide_task" "first" {
  profile = "code"
  kind    = "patch"
  ttl     = "10m"

  repository = {
    url = local.repository
  }

  # The argument vector is run as it stands. Where a shell is wanted, it is named.
  command = ["sh", "-c", file("${path.module}/check.sh")]
}

output "outcome" {
  value = ameide_task.first.outcome
}

output "summary" {
  value = ameide_task.first.artifact.summary
}

output "evidence" {
  value = ameide_task.first.evidence.directory
}
