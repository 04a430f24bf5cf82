#pragma once

#include <chrono>
#include <optional>

namespace tessera {

/// Tells a queue that stands from one that only absorbs a burst. It is overloaded from when whatever waits longest has
/// been older than `target` throughout `interval`, until it is younger, or nothing waits, and nothing had to be refused
/// throughout `interval` (a queue that is short because it was cut is not over its load).
///
/// CoDel (Nichols & Jacobson, Controlling Queue Delay, ACM Queue 2012) as adapted to queues of requests (Maurer, Fail
/// at Scale, ACM Queue 2015; wangle's Codel): instead of dropping more and more often, what has waited for twice the
/// target is shed at once. The age of the oldest takes the place of the sojourn time of whatever leaves: the same
/// number as long as the oldest leaves first, and the only one that still tells a standing queue when the newest does.
///
/// Pure; one owner, who tells it of every change.
class controlled_delay {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// With a target of 0 it is never overloaded.
  controlled_delay(std::chrono::milliseconds target, std::chrono::milliseconds interval) noexcept
      : target_(target), interval_(interval) {
  }

  /// What waits longest came at `oldest`; nothing: nothing waits.
  void observe(std::optional<time_point> oldest, time_point now) noexcept;

  /// Something that waited was refused for lack of room or time.
  void refused(time_point now) noexcept {
    refused_at_ = now;
  }

  bool overloaded() const noexcept {
    return overloaded_;
  }

  /// Returns whether what came at `since` has to be shed.
  bool sheds(time_point since, time_point now) const noexcept {
    return overloaded_ && now - since >= 2 * target_;
  }

  /// Returns when the passing of time alone will change something, if `oldest` stays the oldest; time_point::max(): it
  /// will not.
  time_point next_change(std::optional<time_point> oldest) const noexcept;

private:
  std::chrono::milliseconds target_;
  std::chrono::milliseconds interval_;
  std::optional<time_point> above_since_; ///< since when the oldest has been older than the target
  time_point refused_at_{};
  bool overloaded_ = false;
};

} // namespace tessera
