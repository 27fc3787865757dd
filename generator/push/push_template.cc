#include "generator/push/push_template.h"

#include <optional>
#include <utility>

#include "base/strings.h"
#include "generator/push/import_job.h"

namespace ameide::generator {
namespace {

constexpr int kMostVersionsOfOneName = 100;

using coder::Template;
using coder::TemplateVersion;

bool Differ(const Template& found, const coder::TemplateSettings& wanted) {
  return found.display_name != wanted.display_name || found.description != wanted.description ||
         found.icon != wanted.icon || found.default_ttl_ms != wanted.default_ttl_ms ||
         found.activity_bump_ms != wanted.activity_bump_ms ||
         found.allow_user_cancel_workspace_jobs.value_or(true) !=
             wanted.allow_user_cancel_workspace_jobs ||
         found.use_classic_parameter_flow.value_or(false);
}

// Whether the version can still become, or is, one to make active.
bool IsUsable(const TemplateVersion& version) {
  return !version.archived && (version.job.status == coder::JobStatus::kSucceeded ||
                               coder::IsActive(version.job.status));
}

class Push {
 public:
  Push(const PushRequest& request, const PushWorld& world)
      : request_(request), world_(world), client_(world.client) {
    pushed_.template_name = request.settings.name;
  }

  Result<Pushed> Run() {
    AMEIDE_ASSIGN_OR_RETURN(const auto found,
                            client_.FindTemplate(world_.stop, request_.organization, Name()));
    if (found) return Existing(*found);
    if (!request_.activate) {
      return Error{ErrorKind::kInvalid, "push template", Name(),
                   "it is not there yet, and its first version is always the active one",
                   "leave out --no-activate"};
    }
    return New();
  }

 private:
  const std::string& Name() const { return request_.settings.name; }

  Result<Pushed> Existing(const Template& found) {
    AMEIDE_ASSIGN_OR_RETURN(const TemplateVersion active,
                            client_.GetTemplateVersion(world_.stop, found.active_version_id));
    pushed_.previous_version = active.name;
    if (found.deprecated) world_.say("Coder has this template as deprecated: no new workspaces");
    if (coder::IsVersionOf(request_.archive, active.name) && IsUsable(active)) {
      Remember(active);
      AMEIDE_RETURN_IF_ERROR(Settings(found));
      return pushed_;
    }
    AMEIDE_ASSIGN_OR_RETURN(TemplateVersion version, VersionOf(found));
    AMEIDE_ASSIGN_OR_RETURN(version, Imported(std::move(version)));
    Remember(version);
    if (!request_.activate) return pushed_;
    if (const Status tried = Smoke(version); !tried.ok()) return AfterRed(version, tried.error());
    AMEIDE_RETURN_IF_ERROR(client_.PromoteVersion(world_.stop, found.id, version.id));
    pushed_.activated = true;
    if (const Status set = Settings(found); !set.ok()) return TakenBack(found, active, set.error());
    return pushed_;
  }

  Result<Pushed> New() {
    AMEIDE_ASSIGN_OR_RETURN(TemplateVersion version, Upload(request_.archive.version_name, ""));
    AMEIDE_ASSIGN_OR_RETURN(version, Imported(std::move(version)));
    Remember(version);
    AMEIDE_RETURN_IF_ERROR(Create(version));
    pushed_.created = pushed_.activated = true;
    const Status tried = Smoke(version);
    if (tried.ok()) return pushed_;
    Error error = tried.error();
    const Status removed = RemoveNew(version);
    error.hint = removed.ok() ? "the template is removed again"
                              : StrCat("remove the template yourself: ", removed.error().cause);
    return error;
  }

  // Somebody may have pushed something better into it by now.
  Status RemoveNew(const TemplateVersion& version) {
    AMEIDE_ASSIGN_OR_RETURN(const auto now,
                            client_.FindTemplate({}, request_.organization, Name()));
    if (!now) return Ok{};
    if (now->active_version_id == version.id) return client_.DeleteTemplate({}, now->id);
    return Error{ErrorKind::kConflict, "remove template", Name(),
                 "another version of it is active by now", ""};
  }

  Result<TemplateVersion> Imported(TemplateVersion version) {
    return AwaitImport(world_, std::move(version), pushed_.uploaded);
  }

  // An answer that is lost says nothing about what was made.
  Status Create(const TemplateVersion& version) {
    const auto made =
        client_.CreateTemplate(world_.stop, request_.organization, request_.settings, version.id);
    if (made.ok()) return Ok{};
    const auto found = client_.FindTemplate({}, request_.organization, Name());
    if (!found.ok() || !*found) return made.error();
    if ((*found)->active_version_id == version.id) return Ok{};
    return Error{ErrorKind::kConflict, "create template", Name(),
                 "somebody else made it at the same time", "push again"};
  }

  // The version of this content: one that Coder has, or a new one. The name of one that failed is
  // taken for good, so a number is put behind it.
  Result<TemplateVersion> VersionOf(const Template& found) {
    for (int number = 1; number <= kMostVersionsOfOneName; ++number) {
      const std::string& plain = request_.archive.version_name;
      const std::string name = number == 1 ? plain : StrCat(plain, ".", number);
      AMEIDE_ASSIGN_OR_RETURN(auto there, client_.FindTemplateVersion(world_.stop, found.id, name));
      if (!there) return Upload(name, found.id);
      if (IsUsable(*there)) {
        world_.say(StrCat("version ", name, " is there already"));
        return *std::move(there);
      }
    }
    return Error{ErrorKind::kConflict, "name template version", request_.archive.version_name,
                 StrCat(kMostVersionsOfOneName, " versions of this content have failed"),
                 "change the template"};
  }

  Result<TemplateVersion> Upload(const std::string& name, const std::string& template_id) {
    world_.say(StrCat("uploading ", request_.archive.tar.size(), " bytes as version ", name));
    coder::NewTemplateVersion wanted;
    wanted.name = name;
    wanted.message = request_.message;
    wanted.template_id = template_id;
    wanted.variables = request_.variables;
    AMEIDE_ASSIGN_OR_RETURN(wanted.file_id, client_.UploadTar(world_.stop, request_.archive.tar));
    pushed_.uploaded = true;
    Result<TemplateVersion> made =
        client_.CreateTemplateVersion(world_.stop, request_.organization, wanted);
    if (made.ok() || template_id.empty()) return made;
    // A lost answer, or somebody who pushes the same at the same time.
    auto there = client_.FindTemplateVersion({}, template_id, name);
    if (there.ok() && *there && IsUsable(**there)) return **std::move(there);
    return made;
  }

  void Remember(const TemplateVersion& version) {
    pushed_.version = version.name;
    pushed_.version_id = version.id;
  }

  Status Settings(const Template& found) {
    if (!request_.activate || !Differ(found, request_.settings)) return Ok{};
    AMEIDE_RETURN_IF_ERROR(client_.UpdateTemplate(world_.stop, found.id, request_.settings));
    pushed_.settings_changed = true;
    return Ok{};
  }

  Status Smoke(const TemplateVersion& version) {
    if (!world_.smoke) return Ok{};
    world_.say(StrCat("trying version ", version.name));
    return world_.smoke(version);
  }

  // Without a stop token: an interrupt must not keep us from taking back.
  Error AfterRed(const TemplateVersion& version, Error error) {
    const Status archived = client_.ArchiveTemplateVersion({}, version.id);
    error.hint = StrCat("version ", pushed_.previous_version, " stays active; ", version.name,
                        archived.ok() ? " is archived"
                                      : StrCat(" could not be archived: ", archived.error().cause));
    return error;
  }

  Error TakenBack(const Template& found, const TemplateVersion& before, Error error) {
    const Status back = client_.PromoteVersion({}, found.id, before.id);
    error.hint = back.ok() ? StrCat("version ", before.name, " is active again")
                           : StrCat("version ", pushed_.version,
                                    " is active, without its settings: ", back.error().cause);
    return error;
  }

  const PushRequest& request_;
  const PushWorld& world_;
  coder::CoderClient& client_;
  Pushed pushed_;
};

}  // namespace

Result<Pushed> PushTemplate(const PushRequest& request, const PushWorld& world) {
  return Push(request, world).Run();
}

}  // namespace ameide::generator
