#include "provider/plugin/listener.h"

#include <grp.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/numbers.h"
#include "base/files.h"
#include "base/strings.h"

namespace ameide::plugin {
namespace {

constexpr int kBacklog = 128;
constexpr char kOperation[] = "open the plugin socket";
constexpr std::string_view kPrefix = "ameide-";

Result<gid_t> FindGroup(const std::string& group) {
  gid_t id = 0;
  if (absl::SimpleAtoi(group, &id)) return id;
  ::group entry{};
  ::group* found = nullptr;
  std::string buffer(1 << 16, '\0');
  ::getgrnam_r(group.c_str(), &entry, buffer.data(), buffer.size(), &found);
  if (found == nullptr) {
    return Error{ErrorKind::kNotFound, kOperation, group, "no such group",
                 "set PLUGIN_UNIX_SOCKET_GROUP to a group of this machine"};
  }
  return entry.gr_gid;
}

Status ShareWith(const std::string& group, const fs::path& socket) {
  if (group.empty()) return Ok{};
  AMEIDE_ASSIGN_OR_RETURN(const gid_t id, FindGroup(group));
  const auto share = [id](const fs::path& path, mode_t mode) {
    return ::chown(path.c_str(), static_cast<uid_t>(-1), id) == 0 &&
           ::chmod(path.c_str(), mode) == 0;
  };
  // The group may pass the folder but not list it.
  if (share(socket, 0660) && share(socket.parent_path(), 0710)) return Ok{};
  return ErrnoError(errno, kOperation, socket.native(),
                    "become a member of the group in PLUGIN_UNIX_SOCKET_GROUP");
}

// Nothing when the path is too long for one.
std::optional<sockaddr_un> AddressOf(const fs::path& socket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.native().size() >= sizeof address.sun_path) return std::nullopt;
  std::memcpy(address.sun_path, socket.c_str(), socket.native().size());
  return address;
}

Result<UniqueFd> Listen(const fs::path& socket) {
  const std::optional<sockaddr_un> address = AddressOf(socket);
  if (!address) {
    return ErrnoError(ENAMETOOLONG, kOperation, socket.native(), "set a shorter TMPDIR");
  }
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid() ||
      ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 ||
      ::listen(fd.get(), kBacklog) != 0) {
    return ErrnoError(errno, kOperation, socket.native(), "set TMPDIR to a local folder");
  }
  return fd;
}

// The process id in "ameide-<pid>-XXXXXX", or 0.
pid_t OwnerOf(std::string_view name) {
  pid_t pid = 0;
  if (!name.starts_with(kPrefix) || name.size() < kPrefix.size() + 8) return 0;
  name.remove_prefix(kPrefix.size());
  name.remove_suffix(6);
  if (name.back() != '-') return 0;
  name.remove_suffix(1);
  return absl::SimpleAtoi(absl::string_view(name.data(), name.size()), &pid) ? pid : 0;
}

// A process of another pid namespace may share the folder: then its socket still answers.
bool IsStale(const fs::path& home) {
  const pid_t owner = OwnerOf(home.filename().native());
  if (owner <= 0 || ::kill(owner, 0) == 0 || errno != ESRCH) return false;
  const std::optional<sockaddr_un> address = AddressOf(home / "s");
  if (!address) return false;
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 &&
         errno == ECONNREFUSED;
}

}  // namespace

Result<Listener> Listener::Open(const std::vector<fs::path>& folders, const std::string& group) {
  Error last{ErrorKind::kBug, kOperation, "", "no folder to try", ""};
  for (const fs::path& folder : folders) {
    auto listener = OpenIn(folder, group);
    if (listener.ok()) return listener;
    last = std::move(listener).error();
  }
  return last;
}

Result<Listener> Listener::OpenIn(const fs::path& folder, const std::string& group) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    return ErrnoError(ENOTDIR, kOperation, folder.native(), "set TMPDIR to an existing folder");
  }
  // The client may run elsewhere when it connects, so the path must not be relative.
  AMEIDE_ASSIGN_OR_RETURN(const fs::path home, MakeTempDirectory(fs::absolute(folder, ignored),
                                                                 StrCat(kPrefix, ::getpid(), "-")));
  absl::Cleanup undo = [&home] { (void)RemoveTree(home); };
  const fs::path socket = home / "s";
  AMEIDE_ASSIGN_OR_RETURN(UniqueFd fd, Listen(socket));
  AMEIDE_RETURN_IF_ERROR(ShareWith(group, socket));
  std::move(undo).Cancel();
  return Listener(std::move(fd), socket);
}

Listener::~Listener() { Close(); }

Result<UniqueFd> Listener::Accept() const {
  UniqueFd connection(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (connection.valid()) return connection;
  switch (errno) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      return ErrnoError(errno, "accept a connection", socket_.native(),
                        "raise the limit of open files");
    default:  // taken back by the client before we came
      return UniqueFd();
  }
}

void Listener::RemoveStale() const {
  std::error_code ignored;
  std::vector<fs::path> stale;
  for (const auto& entry : fs::directory_iterator(socket_.parent_path().parent_path(), ignored)) {
    if (IsStale(entry.path())) stale.push_back(entry.path());
  }
  for (const fs::path& home : stale) (void)RemoveTree(home);
}

void Listener::Close() {
  if (!fd_.valid()) return;
  (void)RemoveTree(socket_.parent_path());
  fd_.Reset();
}

}  // namespace ameide::plugin
