// Serves gRPC services to the plugin client of Terraform or OpenTofu for the life of the process.
// Source of the contract: go-plugin's protocol 1 (handshake, automatic TLS, companion services).
//
// Threads: Serve keeps the calling thread, which accepts connections and watches for the end. Calls
// run on gRPC's synchronous server, which starts another thread whenever all have a call to run:
// no number of blocking handlers can keep a further call waiting. The one client, which is
// authenticated, bounds that number itself (Terraform: -parallelism, 10 by default).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "provider/plugin/handshake.h"

namespace grpc {
class Service;
}

namespace ameide::plugin {

struct ServeOptions {
  Environment environment;
  // Serve for a debugger: no cookie, no TLS, no end with the client. Prints how to reattach and
  // runs until SIGINT or SIGTERM.
  bool debug = false;
  // The provider's source address, "<host>/<namespace>/<type>"; only debugging needs it.
  std::string address;
  // Synchronous services beside the companion services, which Serve adds. Not owned.
  std::vector<grpc::Service*> services;
  // Both must live as long as the process. stderr stays silent but for a refusal to start, so the
  // log decides alone what Terraform sees.
  const Log* log = nullptr;
  const Clock* clock = nullptr;

  // Both are called on the serving thread, may come more than once, and must return at once.
  // SIGTERM or SIGHUP came: cancel what is in flight, as for a StopProvider call; serving goes on.
  std::function<void()> on_stop_requested = [] {};
  // Nobody takes an answer any more, because the client died or shut us down while calls were
  // running: cancel what is in flight and undo what can be undone.
  std::function<void()> on_client_gone = [] {};

  // How long calls in flight may keep the process alive. After a Shutdown call the client kills us
  // 2 s later; after its death nobody does.
  Millis shutdown_bound{1500};
  Millis client_gone_bound{5000};
};

// Returns only when it cannot serve: 1, with the reason on stderr. Otherwise it serves and ends the
// process by itself with status 0, without destructors (handlers may still run, and the client
// waits for us): after a Shutdown call, after the client's death, or in debug mode after a signal.
// The socket and its folder are gone then.
//
// Call it before any thread runs: it blocks signals and ignores SIGINT and SIGPIPE process-wide,
// and after the handshake line descriptor 1 leads to the null device. Stdin is never read.
int Serve(const ServeOptions& options);

}  // namespace ameide::plugin
