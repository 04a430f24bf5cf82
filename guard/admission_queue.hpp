#pragma once

#include "guard/admission_priority.hpp"
#include "guard/controlled_delay.hpp"
#include "guard/recent_rate.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <unordered_set>
#include <vector>

namespace tessera {

struct admission_queue_settings {
  std::size_t concurrency = 100;             ///< items at work; 0: no limit, so nothing ever waits
  std::size_t limit = 2'000;                 ///< items that wait; 0: no limit
  std::chrono::milliseconds timeout{30'000}; ///< the longest that an item waits; 0: until its deadline
  std::chrono::milliseconds target{20};      ///< of the controlled delay; 0: nothing is shed
  std::chrono::milliseconds interval{100};   ///< of the controlled delay
  std::uint64_t seed = 1;
};

/// Who may be at work, who waits, who is refused: a bounded number at work, a bounded number waiting, and a wait that
/// is worth it. Pure: takes events and `now`, returns decisions; one owner, who calls `decide` after each event and by
/// the time of `next_look`.
///
/// Priorities are strict: while something more urgent waits, nothing else is granted. Whoever is starved by that is
/// told so, because each priority has a controlled delay of its own. While a priority is overloaded its newest goes
/// first (adaptive LIFO: those who have waited long are about to give up) and what has waited for twice the target is
/// shed; otherwise its oldest goes first. Beyond the limit one of the least urgent priority that waits is refused: its
/// newest, or its oldest while it is overloaded. So an arrival never pushes out something more urgent, and no work is
/// wasted on what has come too late.
class admission_queue {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;
  using item = std::uint64_t; ///< chosen by the owner, each higher than those before

  enum class reason : std::uint8_t {
    queue_full,
    timed_out, ///< waited for the timeout, or until its deadline
    shed,      ///< waited too long for a time of overload
  };
  struct grant {
    item which = 0;
    std::chrono::microseconds waited{0};
  };
  struct refusal {
    item which = 0;
    reason why = reason::queue_full;
    std::chrono::seconds retry_after{0}; ///< 0: unknown (timed_out)
    std::chrono::microseconds waited{0};
  };
  struct decisions {
    std::vector<grant> granted;
    std::vector<refusal> refused;
  };

  static constexpr std::size_t priority_count = 3;

  explicit admission_queue(const admission_queue_settings& settings);

  /// `which` wants to be at work, by `deadline` or not at all.
  void add(item which, admission_priority priority, time_point deadline, time_point now);

  /// `which` is at work, granted by somebody else, even if that is one too many.
  void adopt(item which);

  /// `which` is no longer at work. Returns false if it was not.
  bool release(item which, time_point now);

  /// Nobody wants `which` any more. Returns false if it did not wait.
  bool withdraw(item which);

  decisions decide(time_point now);

  /// Returns when `decide` has to be called again if nothing happens before; time_point::max() if never.
  time_point next_look() const;

  std::size_t at_work() const noexcept {
    return at_work_.size();
  }
  std::size_t waiting() const noexcept;
  /// Returns whether any priority was overloaded at the last decision.
  bool overloaded() const noexcept;
  /// Returns how long the oldest of all has waited.
  std::chrono::microseconds oldest_age(time_point now) const noexcept;

private:
  struct waiting_item {
    time_point since;
    time_point give_up; ///< its deadline or its timeout, whichever comes first
  };
  using queue = std::map<item, waiting_item>; ///< in order of arrival
  struct lane {
    queue items;
    controlled_delay delay;

    std::optional<time_point> oldest() const noexcept {
      return items.empty() ? std::nullopt : std::optional{items.begin()->second.since};
    }
  };

  void observe(lane& in, time_point now) noexcept;
  void expire(time_point now);
  void shed(lane& in, time_point now);
  void assign(time_point now);
  void trim(time_point now);
  bool slot_is_free() const noexcept;
  void refuse(lane& in, queue::iterator which, reason why, time_point now);
  std::chrono::seconds retry_after(time_point now);

  admission_queue_settings settings_;
  std::vector<lane> lanes_; ///< by priority
  std::unordered_set<item> at_work_;
  time_point earliest_give_up_ = time_point::max(); ///< nothing that waits gives up before; may be too early
  recent_rate drained_;
  std::minstd_rand random_;
  decisions pending_;
};

} // namespace tessera
