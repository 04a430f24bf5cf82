#include "gateway/hosted_actor.hpp"

#include <caf/actor_system.hpp>
#include <caf/mailbox_element.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace tessera {

hosted_actor::hosted_actor(caf::actor_config& config, loop_unit* unit, std::function<void()> wake)
    : extended_base(config), unit_(unit), wake_(std::move(wake)) {
}

void hosted_actor::enqueue(caf::mailbox_element_ptr element, caf::execution_unit* unit) {
  if (unit == unit_) { // only the loop's own thread has this unit
    if (!ended())
      local_.push_back(std::move(element));
    return;
  }
  std::lock_guard guard{mutex_};
  if (closed_)
    return;
  remote_.push_back(std::move(element));
  if (!std::exchange(wake_pending_, true))
    wake_(); // under the lock: once `close` has returned, nobody touches the loop any more
}

void hosted_actor::enqueue(caf::strong_actor_ptr sender, caf::message_id id, caf::message content,
                           caf::execution_unit* unit) {
  enqueue(caf::make_mailbox_element(std::move(sender), id, {}, std::move(content)), unit);
}

// Without a behavior the actor would end as soon as no response is pending.
void hosted_actor::launch(caf::execution_unit*, bool, bool) {
  become(caf::behavior{[](caf::unit_t) {}});
}

bool hosted_actor::drain_local() {
  if (local_.empty())
    return false;
  std::swap(local_, handling_);
  for (auto& element : handling_)
    activate(unit_, *element);
  handling_.clear();
  return true;
}

void hosted_actor::drain_remote() {
  {
    std::lock_guard guard{mutex_};
    std::move(remote_.begin(), remote_.end(), std::back_inserter(local_));
    remote_.clear();
    wake_pending_ = false;
  }
  drain_local();
}

void hosted_actor::close() {
  std::lock_guard guard{mutex_};
  closed_ = true;
  remote_.clear();
  local_.clear();
}

} // namespace tessera
