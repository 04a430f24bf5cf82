#pragma once

#include "messages/types.hpp"
#include "tests/support/eventually.hpp"

#include <caf/all.hpp>

#include <filesystem>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

/// For tests of actors that block on threads of their own: CAF's real scheduler, and mailboxes that a test reads.
namespace tessera::testing {

/// CAF as the service runs it, with few threads.
struct threaded_config : caf::actor_system_config {
  threaded_config() {
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{2});
  }
};

/// Returns how many threads this process has.
inline std::size_t thread_count() {
  // The thread sanitizer starts a thread of its own with the first one of the process: let it be there from the start.
  [[maybe_unused]] static const bool first_was_started = (std::thread{[] {}}.join(), true);
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator{"/proc/self/task"}, std::filesystem::directory_iterator{}));
}

/// What an actor was sent, for another thread to read.
template <class T>
class inbox {
public:
  void put(T what, caf::actor_addr from = {}) {
    std::lock_guard guard{mutex_};
    items_.push_back(std::move(what));
    last_sender_ = std::move(from);
  }
  std::vector<T> all() const {
    std::lock_guard guard{mutex_};
    return items_;
  }
  std::size_t size() const {
    std::lock_guard guard{mutex_};
    return items_.size();
  }
  void clear() {
    std::lock_guard guard{mutex_};
    items_.clear();
  }
  /// A weak handle: strong ones keep the threads of detached actors alive.
  caf::actor_addr last_sender() const {
    std::lock_guard guard{mutex_};
    return last_sender_;
  }
  /// Waits until there are `count`; returns whether there are.
  bool wait_for(std::size_t count) const {
    return test::eventually(std::chrono::seconds{60}, [&] { return size() >= count; });
  }

private:
  mutable std::mutex mutex_;
  std::vector<T> items_;
  caf::actor_addr last_sender_;
};

/// Collects answers one by one.
inline load_client_actor::behavior_type collecting_client(load_client_actor::pointer self, inbox<load_answer>* to) {
  return {
      [self, to](const load_answers& x) {
        for (auto& answer : x.answers)
          to->put(answer, caf::actor_cast<caf::actor_addr>(self->current_sender()));
      },
  };
}

} // namespace tessera::testing
