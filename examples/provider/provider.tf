terraform {
  required_providers {
    ameide = {
      source = "ameideio/ameide"
    }
  }
}

provider "ameide" {
  # Tasks may check out what their profile names, and these.
  repositories = ["https://github.com/ameideio/*"]

  evidence_dir = "evidence"
}
