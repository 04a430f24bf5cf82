#pragma once

#include "app/node.hpp"
#include "messages/directory.hpp"

#include <caf/actor.hpp>
#include <caf/scoped_actor.hpp>

#include <functional>
#include <string>
#include <vector>

namespace tessera::test {

/// Knows where the actors of a node in this process are, as one more subscriber of its supervisor. For one thread; to
/// end before the node stops.
class actor_view {
public:
  /// REQUIRES: the node has started.
  explicit actor_view(const node& whose);

  /// Returns the newest directory that has arrived.
  const directory& newest();

  /// Returns a worker of the pool, found out as the pool's client that asks for a member: the answer comes from the
  /// worker. Null if there is none now.
  caf::actor worker();

  /// An actor that the node must be able to lose.
  struct victim {
    std::string name;
    std::function<caf::actor()> now; ///< who that is at present; null: nobody
    bool counts = true;              ///< its restart is counted
    bool blocks = false;             ///< it waits for the database or Redis in its calls
  };

  /// Returns one for each child of the supervisor, each gateway, and a worker. They refer to this object.
  std::vector<victim> victims();

private:
  template <class Handle>
  static caf::actor plain(const Handle& typed);

  const node& node_;
  supervisor_actor root_;
  caf::scoped_actor self_;
  directory here_;
};

/// Returns how often actors of the node were replaced, all of them together.
std::uint64_t restarts(const node_metrics& metrics);

} // namespace tessera::test
