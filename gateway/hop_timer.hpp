#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tessera {

/// Times the first hop of lookups: from the gateway to whoever looks into L1 and back. As mailboxes keep the order, one
/// batch per shard under way tells enough: it waits behind all that was sent before it. So what is told is at most one
/// hop old, and the batches between cost nothing.
///
/// A hop takes microseconds. If it takes long, no processor is left for the actors, and more requests would only wait
/// longer. One thread.
class hop_timer {
public:
  using clock = std::chrono::steady_clock;

  /// Forgets what is under way: the actors are others.
  void reset(std::size_t shards) {
    shards_.assign(shards, {});
  }

  /// A batch goes to `shard` at `now`. Returns the number under which `end` shall know it, or 0 if it is not timed.
  std::uint32_t begin(std::size_t shard, clock::time_point now) noexcept {
    auto& hop = shards_[shard];
    if (hop.number != 0)
      return 0;
    next_ = std::max<std::uint32_t>(next_ + 1, 1);
    hop = {next_, now};
    return hop.number;
  }

  /// The batch `number` has been looked at. Returns since when it was on its way; nothing for 0 and for numbers from
  /// before `reset`.
  std::optional<clock::time_point> end(std::uint32_t number) noexcept {
    if (number == 0)
      return std::nullopt;
    for (auto& hop : shards_) {
      if (hop.number != number)
        continue;
      hop.number = 0;
      return hop.since;
    }
    return std::nullopt;
  }

  /// Returns whether a batch has been on its way to `shard` for longer than `limit`, which is more than 0. One that is
  /// still away after ten times as long may be lost, and no other would be sent while it is waited for: it is
  /// forgotten, so that the next one tells.
  bool overdue(std::size_t shard, clock::duration limit, clock::time_point now) noexcept {
    auto& hop = shards_[shard];
    if (hop.number == 0 || now - hop.since <= limit)
      return false;
    if (now - hop.since <= lost_after * limit)
      return true;
    hop.number = 0;
    return false;
  }

private:
  static constexpr int lost_after = 10;

  struct hop {
    std::uint32_t number = 0; ///< of the batch under way; 0: none
    clock::time_point since{};
  };

  std::vector<hop> shards_;
  std::uint32_t next_ = 0;
};

} // namespace tessera
