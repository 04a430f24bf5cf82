#pragma once

#include "gateway/loop_unit.hpp"

#include <caf/behavior.hpp>
#include <caf/extend.hpp>
#include <caf/mixin/behavior_changer.hpp>
#include <caf/mixin/requester.hpp>
#include <caf/mixin/sender.hpp>
#include <caf/scheduled_actor.hpp>

#include <functional>
#include <mutex>
#include <vector>

namespace tessera {

class hosted_actor;

} // namespace tessera

namespace caf {

template <>
class behavior_type_of<tessera::hosted_actor> {
public:
  using type = behavior;
};

} // namespace caf

namespace tessera {

/// An actor whose messages are handled by the thread of one I/O loop and by no other, so that its handlers may touch
/// what belongs to the loop. `enqueue` may be called by any thread; what comes from another one wakes the loop once for
/// all messages that gather before it drains them.
class hosted_actor
    : public caf::extend<caf::scheduled_actor, hosted_actor>::with<caf::mixin::sender, caf::mixin::requester,
                                                                   caf::mixin::behavior_changer> {
public:
  using signatures = caf::none_t;
  using behavior_type = caf::behavior;

  /// `unit` runs on the loop; `wake` may be called by any thread and makes the loop call `drain` soon.
  hosted_actor(caf::actor_config& config, loop_unit* unit, std::function<void()> wake);

  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit* unit) override;
  void enqueue(caf::strong_actor_ptr sender, caf::message_id id, caf::message content,
               caf::execution_unit* unit) override;
  void launch(caf::execution_unit*, bool, bool) override;

  /// Handles the messages that actors on this loop have sent. Loop's thread. Returns whether there were any.
  bool drain_local();

  /// Handles the messages that other threads have sent. Loop's thread.
  void drain_remote();

  /// Returns whether it has ended: a handler threw, or somebody told it to. Messages are dropped then. Loop's thread.
  bool ended() const noexcept {
    return getf(is_terminated_flag);
  }

  /// Drops every message from now on. Loop's thread, before the loop ends.
  void close();

private:
  loop_unit* unit_;
  std::function<void()> wake_;
  std::vector<caf::mailbox_element_ptr> local_;
  std::vector<caf::mailbox_element_ptr> handling_;
  std::mutex mutex_;
  std::vector<caf::mailbox_element_ptr> remote_; // guarded by mutex_
  bool wake_pending_ = false;                    // guarded by mutex_
  bool closed_ = false;                          // guarded by mutex_
};

} // namespace tessera
