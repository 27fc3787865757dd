// Room on the disk for the last words of a run: a command that fills its volume must not keep the
// evidence from saying so.
#pragma once

#include "base/files.h"

namespace ameide::task {

inline constexpr uint64_t kReserveBytes = 4u << 20;

// Holds the room from Take to Release (or its end). Best effort: where it cannot be had, a run goes
// on without. The command can remove the file, and then gains nothing but worse evidence.
class DiskReserve {
 public:
  DiskReserve() = default;
  ~DiskReserve() { Release(); }
  DiskReserve(const DiskReserve&) = delete;
  DiskReserve& operator=(const DiskReserve&) = delete;

  // `file` is made; it must be on the volume that the evidence is on.
  void Take(const fs::path& file);
  void Release();

 private:
  fs::path file_;
};

}  // namespace ameide::task
