// Publishes from this machine: a process of its own with a private folder on the launcher's side,
// never in the workspace. The push credential goes to it through a pipe.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "task/launcher/publisher.h"

namespace ameide::task {

struct LocalPublisherOptions {
  std::vector<std::string> program;   // argv prefix of the publish program
  std::vector<std::string> how = {};  // its options: --host, --bot-name, --bot-email
  fs::path root;                      // private folders are made here and removed again
  fs::path secrets_dir;               // see local_secrets.h; empty: none
  std::map<std::string, std::string> environment;
};

std::unique_ptr<Publisher> MakeLocalPublisher(LocalPublisherOptions options);

}  // namespace ameide::task
