# Made by ameide-templates from the profile; do not edit.

variable "agent_image" {
  description = "Image that holds nothing but the program /ameide-agent, pinned by digest."
  type        = string
  default     = "ghcr.io/ameideio/ameide-agent:0.1.0@sha256:0000000000000000000000000000000000000000000000000000000000000000"

  validation {
    condition     = can(regex("^[^@[:space:]]+@sha256:[0-9a-f]{64}$", var.agent_image))
    error_message = "Pin the image by digest: registry/name@sha256: and 64 hexadecimal digits."
  }
}
