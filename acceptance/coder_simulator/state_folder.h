// The folder that a simulator works in: for one simulator at a time, and without what a killed one
// left there.
#pragma once

#include <memory>

#include "base/clock.h"
#include "base/files.h"
#include "base/unique_fd.h"

namespace ameide::simulator {

class StateFolder {
 public:
  // `path` empty: a fresh folder in /tmp, which goes with the object. Ends every process of an
  // earlier simulator's workspaces there and removes their files. kConflict: another simulator
  // works there, or what is there is not a simulator's.
  static Result<std::unique_ptr<StateFolder>> Open(const fs::path& path, const Clock& clock);
  ~StateFolder();  // all that ran there has ended by now
  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;

  fs::path workspaces() const { return path_ / "workspaces"; }  // a folder each, named by its id
  fs::path imports() const { return path_ / "imports"; }        // of import jobs under way

 private:
  StateFolder(fs::path path, bool temporary) : path_(std::move(path)), temporary_(temporary) {}
  Status Lock();
  Status RemoveLeftovers(const Clock& clock) const;
  Status MakeFolders() const;

  fs::path path_;
  bool temporary_;
  UniqueFd lock_;  // held until the object goes, or the process
};

}  // namespace ameide::simulator
