// Brings one template into Coder: a version made of its files, which becomes the active one once it
// was imported and tried. What was active before stays so after any failure.
//
// Endpoints and their rules are Coder's of 2.24 and later (task/coder/client.h).
#pragma once

#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "task/coder/client.h"
#include "task/coder/template_archive.h"

namespace ameide::generator {

struct PushRequest {
  std::string organization;  // id, name, or "default"
  coder::TemplateArchive archive;
  std::map<std::string, std::string> variables;  // those that made the archive's digest
  coder::TemplateSettings settings;              // the template's name is in it
  std::string message;                           // of the version
  bool activate = true;
};

struct PushWorld {
  coder::CoderClient& client;
  const Clock& clock;
  std::stop_token stop;
  std::function<void(std::string_view line)> say;  // progress, as it happens
  // Tries the version before it becomes active (a new template's: right after). Absent: nobody
  // does.
  std::function<Status(const coder::TemplateVersion&)> smoke;
};

struct Pushed {
  std::string template_name;
  std::string version;
  std::string version_id;
  std::string previous_version;  // that was active before; empty for a new template
  bool created = false;          // the template
  bool uploaded = false;         // the version; else Coder had it
  bool activated = false;        // it was not the active one before
  bool settings_changed = false;
};

// Looks first, and does only what is missing. What was active before an error still is, unless the
// error says otherwise; after kCancelled an import that this push began is cancelled, too.
Result<Pushed> PushTemplate(const PushRequest& request, const PushWorld& world);

}  // namespace ameide::generator
