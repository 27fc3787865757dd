data "ameide_template" "code" {
  profile   = "code"
  directory = "${path.module}/templates/code"
}

# Warns while Coder runs another version of the template than this repository describes.
check "template_is_pushed" {
  assert {
    condition     = data.ameide_template.code.up_to_date && !data.ameide_template.code.deprecated
    error_message = "Run: ameide-templates push code"
  }
}
