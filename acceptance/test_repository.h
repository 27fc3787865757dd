// A real Git repository for a test: a few files that the code profile may and may not change.
#pragma once

#include <string>
#include <vector>

#include "base/files.h"

namespace ameide::acceptance {

class TestRepository {
 public:
  // Makes `folder` a repository with one commit on the branch main.
  explicit TestRepository(fs::path folder);

  const fs::path& path() const { return path_; }
  void Git(const std::vector<std::string>& arguments);  // throws when Git fails
  void Commit(const std::string& file, const std::string& content);

 private:
  fs::path path_;
};

}  // namespace ameide::acceptance
