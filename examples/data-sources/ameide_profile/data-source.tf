data "ameide_profile" "code" {
  name = "code"
}

# A task that takes all the time and all the evidence that its profile allows.
resource "ameide_task" "long" {
  profile    = data.ameide_profile.code.name
  repository = { url = data.ameide_profile.code.repositories[0] }
  command    = ["ameide", "test"]
  ttl        = data.ameide_profile.code.ttl_max
}

output "protected_paths" {
  value = data.ameide_profile.code.guardrails.deny_paths
}
