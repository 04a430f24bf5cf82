#pragma once

#include "actors/metrics.hpp"
#include "cards/result.hpp"
#include "config/settings.hpp"
#include "messages/actors.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tessera {

/// One node: the store, the actors, the gateways on their loops. The thread that made it starts and stops it.
class node {
public:
  /// `all` is validated and resolved. `on_fatal` is called, by any thread, with a sentence when the node cannot go on.
  node(const settings& all, std::string version, std::function<void(std::string)> on_fatal);
  ~node();
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  /// `drain` is called, by any thread, when an operator wants the node to stop: it is to have `stop` called soon.
  /// Before `start`; without it operators cannot stop the node.
  void on_drain(std::function<void()> drain);

  /// Starts everything in order (docs/architecture.md, "Start and stop"); the listener opens last. The error is one
  /// sentence that says what to change.
  status start();

  /// Returns the port that clients connect to, once started.
  std::uint16_t port() const noexcept;

  /// Returns the port that operators connect to, once started; 0 if there is none.
  std::uint16_t operator_port() const noexcept;

  /// Reads the keys that sign cards and the TLS certificate anew, the latter for connections to come, and opens the
  /// access log anew. What cannot be read or opened stays as it is. Logs what has changed, and failures. Any thread.
  void reload();

  /// Takes the samples that health shows: memory; and ends what operators ordered for a time. To be called about once a
  /// second.
  void sample();

  /// Returns what the actors count. Any thread may read it, as long as this object lives.
  const node_metrics& metrics() const noexcept;

  /// Returns the actor that tells whoever subscribes where the others are. For who looks into the node from inside the
  /// process; once started, and any thread. All handles are to be dropped before `stop`.
  supervisor_actor supervisor() const;

  /// Returns the gateways as others know them now, one per I/O loop. Like `supervisor`.
  std::vector<gateway_actor> gateways() const;

  /// Stops in order: no new connections, requests in flight get `drain_timeout`, then the actors and the loops end.
  void stop();

private:
  struct implementation;
  std::unique_ptr<implementation> self_;
};

} // namespace tessera
