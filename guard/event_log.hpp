#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace tessera {

enum class severity : std::uint8_t { info, warning, critical };

enum class event_kind : std::uint8_t {
  node,     ///< it became ready, or drains
  breaker,  ///< the circuit breaker's state has changed
  restart,  ///< an actor was replaced
  alert,    ///< began or ended
  operation ///< somebody acted: cleared a cache, forced the breaker, …
};

/// Something that operators want to find on a time line.
struct event {
  std::uint64_t number = 0; ///< ascending
  std::uint64_t at_ms = 0;  ///< since 1970
  event_kind kind = event_kind::node;
  tessera::severity severity = severity::info;
  std::string subject; ///< what it happened to: "db_pool"
  std::string text;    ///< one sentence; nothing personal

  bool operator==(const event&) const = default;
};

/// The last events of a node. Bounded: the oldest are forgotten. Any thread.
class event_log {
public:
  explicit event_log(std::size_t limit = 500) : limit_(limit) {
  }

  /// Adds an event; its number is given here.
  void add(event what) {
    std::lock_guard guard{mutex_};
    what.number = ++last_;
    events_.push_back(std::move(what));
    if (events_.size() > limit_)
      events_.pop_front();
  }

  /// Returns up to `count` of the newest, newest first, none of them from before `since_ms`.
  std::vector<event> newest(std::size_t count, std::uint64_t since_ms = 0) const {
    std::lock_guard guard{mutex_};
    std::vector<event> found;
    for (auto one = events_.rbegin(); one != events_.rend() && found.size() < count; ++one)
      if (one->at_ms >= since_ms)
        found.push_back(*one);
    return found;
  }

private:
  std::size_t limit_;
  mutable std::mutex mutex_;
  std::deque<event> events_;
  std::uint64_t last_ = 0;
};

} // namespace tessera
