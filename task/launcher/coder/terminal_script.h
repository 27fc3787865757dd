// Shell commands for the workspace's terminal, and reading what it showed: the second way to the
// evidence, and the only way to end a run. Pure.
//
// A terminal mixes streams, turns "\n" into "\r\n", wraps lines and tells no exit code. So bytes
// travel as base64 between two markers that nothing else can print.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ameide::task {

// What is read in one command; its base64 must pass through a terminal.
inline constexpr uint64_t kTerminalChunk = 384u << 10;
// More than any such command shows.
inline constexpr size_t kMaxShown = 1u << 20;

// <root>/<profile>, as the shell of the workspace expands it (template contract: AMEIDE_ROOT).
// Bytes [offset, offset + length) of a regular file of the evidence. `path` is relative to the
// evidence folder; `nonce` must not be guessable.
std::string ReadChunkCommand(const std::string& profile, const std::string& path, uint64_t offset,
                             uint64_t length, const std::string& nonce);
// kNotFound when there is no such file; kUnavailable when the markers are not there.
Result<std::string> ChunkShown(std::string_view shown, const std::string& nonce);

// Asks the agent program that runs this profile's task to stop (SIGTERM). Its own children are its
// own business.
std::string EndRunCommand(const std::string& profile);

}  // namespace ameide::task
