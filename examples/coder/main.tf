# Tasks in workspaces that a Coder server makes: a preflight of several branches, a patch, and a
# diagnosis. README.md says what has to be there first.

terraform {
  required_providers {
    ameide = {
      source = "ameideio/ameide"
    }
  }
}

variable "repository" {
  description = "Git URL that the workspaces can reach."
  type        = string
  default     = "https://github.com/ameideio/ameide.git"
}

variable "branches" {
  description = "Branches to prove green."
  type        = set(string)
  default     = ["main"]
}

variable "profiles_dir" {
  description = "Folder of your profiles, those that your templates were rendered from. Default: the built-in ones."
  type        = string
  default     = null
}

variable "check" {
  description = "The check: an argument vector, run in the checkout."
  type        = list(string)
  default     = ["ameide", "test"]
}

provider "ameide" {
  backend      = "coder"
  evidence_dir = "${path.module}/.ameide/evidence"
  profiles_dir = var.profiles_dir

  # Profiles name the repositories that they are for; an operator can add more.
  repositories = [var.repository]

  # The server is $CODER_URL and the token $CODER_SESSION_TOKEN, so neither can get into a plan.
  coder = {}
}

# Each branch in a workspace of its own, all at once.
resource "ameide_task" "preflight" {
  for_each = var.branches

  profile    = "code"
  kind       = "preflight"
  repository = { url = var.repository, ref = each.value }
  command    = var.check
}

# A change, held to the guardrails of the profile. With a pull_request block the publisher beside
# the task would open one.
resource "ameide_task" "patch" {
  profile    = "code"
  kind       = "patch"
  repository = { url = var.repository }
  command    = ["sh", "-c", "mkdir -p packages/example && date -u >packages/example/checked.txt"]
}

# A diagnosis: the profile sre may write below diagnosis/ only.
resource "ameide_task" "triage" {
  profile    = "sre"
  kind       = "triage"
  repository = { url = var.repository }
  command    = ["sh", "-c", "mkdir -p diagnosis && git log -5 --stat >diagnosis/recent-changes.txt"]
}

output "outcomes" {
  value = merge(
    { for branch, task in ameide_task.preflight : "preflight ${branch}" => task.outcome },
    { patch = ameide_task.patch.outcome, triage = ameide_task.triage.outcome },
  )
}

output "evidence" {
  value = merge(
    { for branch, task in ameide_task.preflight : "preflight ${branch}" => task.evidence.directory },
    { patch = ameide_task.patch.evidence.directory, triage = ameide_task.triage.evidence.directory },
  )
}

output "workspaces_gone" {
  value = alltrue(concat(
    [for task in ameide_task.preflight : task.workspace.gone],
    [ameide_task.patch.workspace.gone, ameide_task.triage.workspace.gone],
  ))
}
