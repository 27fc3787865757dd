# Proof that a branch is green in a clean workspace.
resource "ameide_task" "preflight" {
  profile = "code"
  kind    = "preflight"
  work_id = "preflight-main"
  ttl     = "30m"

  repository = {
    url   = "https://github.com/ameideio/ameide.git"
    ref   = "main"
    clone = "shallow"
  }

  command = ["ameide", "test"]

  evidence = {
    paths    = ["artifacts/agent-ci/**"]
    required = ["**/*.xml"]
  }

  # Fail the apply, too, when the task fails; its evidence is kept either way.
  on_failure = "error"
}

output "tests" {
  value = ameide_task.preflight.artifact.tests
}
