# Made by ameide-templates from the profile; do not edit.

terraform {
  required_version = ">= 1.9.0"
  required_providers {
    coder = {
      source  = "coder/coder"
      version = ">= 2.13.0, < 3.0.0"
    }
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = ">= 2.36.0, < 4.0.0"
    }
  }
}

provider "coder" {}

provider "kubernetes" {}

data "coder_workspace" "me" {}

data "coder_workspace_owner" "me" {}
