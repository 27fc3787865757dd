#include "generator/render/readme_parts.h"

#include "generator/render/names.h"
#include "generator/render/yaml_print.h"

namespace ameide::generator {

std::string ReadmeHead(const task::Profile& profile, std::string_view suffix,
                       std::string_view tag) {
  const std::string title = StrCat(profile.display_name, suffix);
  const Json front =
      Json::Object{{"display_name", title},
                   {"description", profile.description},
                   {"icon", profile.icon},
                   {"maintainer_github", "ameideio"},
                   {"verified", false},
                   {"tags", Json::Array{"ameide", "kubernetes", profile.contract.name, tag}}};
  return StrCat("---\n", ToYaml(front), "---\n\n# ", title, "\n\n", profile.description, "\n\n");
}

std::string Row(const std::vector<std::string>& cells) {
  return StrCat("| ", StrJoin(cells, " | "), " |\n");
}

std::string Table(const std::vector<std::string>& head,
                  const std::vector<std::vector<std::string>>& rows) {
  std::string out = Row(head);
  out += Row(std::vector<std::string>(head.size(), "---"));
  for (const std::vector<std::string>& row : rows) out += Row(row);
  return out;
}

std::string AmountsText(const Amounts& amounts) {
  return StrCat(amounts.cpu, " CPU, ", amounts.memory, " memory, ", amounts.storage, " disk");
}

std::string ImageNeeds(const task::Profile& profile) {
  if (!IsEnvbuilder(profile)) {
    return "- An image with `sh`, `base64`, `curl` and Git that works as user 1000 with a "
           "read-only root.\n";
  }
  return StrCat("- `", profile.deployment.devcontainer_dir,
                "/devcontainer.json` in the repository, with `containerUser` set; the image it "
                "builds has `sh`, `base64`, `curl` and Git.\n");
}

std::string CommonNeeds() {
  return "- [Coder](https://coder.com/docs/install) Community Edition; no licensed feature is "
         "used.\n"
         "- [Kubernetes](https://kubernetes.io/docs/setup/) 1.30 or later with a network plugin "
         "that enforces NetworkPolicy.\n";
}

std::string NetworkSection(const task::Profile& profile, std::string_view images) {
  const task::Deployment& deployment = profile.deployment;
  std::vector<std::vector<std::string>> rows = {
      {"The cluster's DNS", "names"},
      {"Coder's access URL", "the agent's connection; a private address is listed below"},
      {StrCat("`", profile.contract.repositories.front(), "`"), "the checkout"}};
  if (deployment.public_https) {
    rows.push_back({"TCP 443 of every public address", "Git, packages and what the command needs"});
  }
  for (const task::Deployment::Egress& egress : deployment.egress) {
    rows.push_back(
        {StrCat("TCP ", egress.port, " of `", egress.cidr, "`"), "what the profile names"});
  }
  return StrCat(
      "## Network\n\nA pod connects to these and is reached by nothing.\n\n",
      Table({"Destination", "For"}, rows),
      "\nScripts of this template download nothing. In a closed network, mirror the images "
      "and name the copies by the same digests: ",
      images, ".",
      IsEnvbuilder(profile)
          ? " The image that the builder starts from is named in `devcontainer.json`."
          : "",
      "\n\n");
}

}  // namespace ameide::generator
