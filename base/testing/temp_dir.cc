#include "base/testing/temp_dir.h"

#include "base/files.h"

namespace ameide::testing {

TempDir::TempDir()
    : path_(MakeTempDirectory(std::filesystem::temp_directory_path(), "ameide-test-").value()) {}

TempDir::~TempDir() { (void)RemoveTree(path_); }

}  // namespace ameide::testing
