#include "task/launcher/coder/terminal_script.h"

#include "base/base64.h"
#include "base/strings.h"
#include "base/text.h"
#include "task/contract/template_parameters.h"

namespace ameide::task {
namespace {

constexpr char kAbsent[] = "absent";

// Whatever shell the image's user has: our commands are written for sh.
std::string InSh(std::string_view script) {
  return StrCat("sh -c ", ShellQuote(StrCat("stty raw -echo 2>/dev/null; ", script)));
}

std::string Folder(const std::string& profile) {
  return StrCat("w=\"${AMEIDE_ROOT-}\"", ShellQuote(StrCat(kWorkspacesRoot, "/", profile)), "; ");
}

std::string Begin(const std::string& nonce) { return StrCat("BEGIN-", nonce, " "); }
std::string End(const std::string& nonce) { return StrCat("END-", nonce); }

}  // namespace

std::string ReadChunkCommand(const std::string& profile, const std::string& path, uint64_t offset,
                             uint64_t length, const std::string& nonce) {
  return InSh(StrCat(Folder(profile), "f=\"$w\"/evidence/", ShellQuote(path), "; printf %s ",
                     ShellQuote(Begin(nonce)), "; if [ -f \"$f\" ] && [ ! -L \"$f\" ]; then ",
                     "tail -c +", offset + 1, " \"$f\" | head -c ", length,
                     " | base64 -w0; else printf ", kAbsent, "; fi; printf ' %s\\n' ",
                     ShellQuote(End(nonce))));
}

Result<std::string> ChunkShown(std::string_view shown, const std::string& nonce) {
  const Error unreadable{ErrorKind::kUnavailable, "read", "the workspace's terminal",
                         "it shows no complete answer", ""};
  const size_t begin = shown.find(Begin(nonce));
  if (begin == std::string_view::npos) return unreadable;
  shown.remove_prefix(begin + Begin(nonce).size());
  const size_t end = shown.find(End(nonce));
  if (end == std::string_view::npos) return unreadable;
  std::string text;
  for (const char c : shown.substr(0, end)) {
    if (c > ' ') text += c;
  }
  if (text == kAbsent) {
    return Error{ErrorKind::kNotFound, "read", "evidence", "there is no such file", ""};
  }
  std::optional<std::string> bytes = FromBase64(text);
  if (!bytes) return unreadable;
  return *std::move(bytes);
}

std::string EndRunCommand(const std::string& profile) {
  // "[a]meide-agent": otherwise this very command would find itself. A helper of the agent program
  // has its command line, too, and must be left to it: only those count whose parent is none.
  return InSh(StrCat(
      Folder(profile),
      "p=' '; for d in /proc/[0-9]*; do "
      "case \" $(tr '\\0' ' ' <\"$d/cmdline\" 2>/dev/null) \" in "
      "*[a]meide-agent' 'task' 'run' '*' '\"$w\"' '*) p=\"$p${d#/proc/} \";; esac; done; "
      "for i in $p; do read -r _ _ _ o _ <\"/proc/$i/stat\" || continue; "
      "case $p in *\" $o \"*) ;; *) kill -TERM \"$i\";; esac; done; printf 'asked:%s\\n' \"$p\""));
}

}  // namespace ameide::task
