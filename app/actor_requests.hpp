#pragma once

#include "actors/audit_queue.hpp"
#include "cards/result.hpp"
#include "messages/types.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

namespace tessera {

/// Asks a node's actors on behalf of threads that are none, and waits for the answer for a bounded time. Any such
/// thread. `close` has to come before the end of the actor system.
class actor_requests {
public:
  actor_requests(caf::actor_system& system, supervisor_actor root, std::shared_ptr<audit_queue> audits);

  /// The failure of each: shutting_down, or database_unavailable if no answer came in time.
  result<maintenance_done> clear(const clear_all& what);
  result<maintenance_done> clear(const clear_member& what);
  result<breaker_forced> force(const force_breaker& what);
  result<keys_reread> reread_keys();

  /// Returns nothing if the warming goes on.
  result<std::optional<maintenance_done>> warm(const warm_cache& what);

  /// Has the store's writer append a line to the audit log, when it can.
  void write_audit(audit_entry line);

  /// Ends what waits and refuses what comes from now on. Returns when nobody uses the actor system any more.
  void close();

private:
  class visit;
  template <class Answer, class Send>
  result<std::optional<Answer>> ask(std::chrono::milliseconds limit, Send send);
  template <class Answer, class Send>
  result<Answer> ask_for_answer(Send send);
  std::optional<directory> find_others(caf::scoped_actor& self, std::chrono::steady_clock::time_point deadline);
  bool closing() const;

  caf::actor_system& system_;
  supervisor_actor root_;
  std::shared_ptr<audit_queue> audits_;
  mutable std::mutex mutex_;
  std::condition_variable left_;
  std::size_t inside_ = 0;
  bool closing_ = false;
};

} // namespace tessera
