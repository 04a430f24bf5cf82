#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tessera {

/// Deadlines of many things in one timer: a hashed wheel (Varghese and Lauck 1987, scheme 6) whose lists run through
/// the things' own numbers, so that setting and moving a deadline costs a few stores and no memory. Ticks are counted
/// by the owner. Pure; one owner.
class deadline_wheel {
public:
  /// Sets or moves the deadline of `index`. A deadline further away than the wheel is long fires early; the owner then
  /// sets it again.
  void set(std::uint32_t index, std::uint64_t tick) {
    if (index >= nodes_.size())
      nodes_.resize(index + 1);
    unlink(index);
    if (tick <= now_)
      tick = now_ + 1;
    if (tick > emptied_ + buckets_.size() - 1)
      tick = emptied_ + buckets_.size() - 1;
    auto bucket = static_cast<std::uint32_t>(tick % buckets_.size());
    auto& node = nodes_[index];
    node = {none, buckets_[bucket], bucket};
    if (node.next != none)
      nodes_[node.next].previous = index;
    buckets_[bucket] = index;
  }

  /// Forgets the deadline of `index`, if it has one.
  void cancel(std::uint32_t index) noexcept {
    if (index < nodes_.size())
      unlink(index);
  }

  /// Moves on to `tick` and calls `expire(index)` for each deadline up to it, but for no more than `most`; each is
  /// forgotten before its call, which may set and cancel any. Returns whether that was all; if not, the next call goes
  /// on with the rest.
  template <class Expire>
  bool advance(std::uint64_t tick, std::size_t most, Expire&& expire) {
    now_ = std::max(now_, tick);
    for (;;) {
      auto& first = buckets_[emptied_ % buckets_.size()];
      for (; first != none; --most) {
        if (most == 0)
          return false;
        auto index = first;
        unlink(index);
        expire(index);
      }
      if (emptied_ == now_)
        return true;
      ++emptied_;
    }
  }

  /// Returns the tick that it was last moved on to.
  std::uint64_t now() const noexcept {
    return now_;
  }

private:
  static constexpr std::uint32_t none = 0xffffffff;

  struct node_links {
    std::uint32_t previous = none;
    std::uint32_t next = none;
    std::uint32_t bucket = none; ///< none: not linked
  };

  void unlink(std::uint32_t index) noexcept {
    auto& node = nodes_[index];
    if (node.bucket == none)
      return;
    if (node.previous == none)
      buckets_[node.bucket] = node.next;
    else
      nodes_[node.previous].next = node.next;
    if (node.next != none)
      nodes_[node.next].previous = node.previous;
    node = {};
  }

  std::uint64_t now_ = 0;
  std::uint64_t emptied_ = 0; ///< behind `now_` while deadlines that have passed wait for the next `advance`
  std::vector<node_links> nodes_;
  // 1,024 ticks of 100 ms: longer than the idle timeout, the longest deadline by default.
  std::array<std::uint32_t, 1024> buckets_ = [] {
    std::array<std::uint32_t, 1024> all{};
    all.fill(none);
    return all;
  }();
};

} // namespace tessera
