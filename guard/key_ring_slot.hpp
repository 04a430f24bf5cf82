#pragma once

#include "guard/key_ring.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace tessera {

/// Where the newest key ring is found: one actor puts it there, every I/O loop looks there through a `key_ring_view`.
/// Any thread. Never empty, so that a service that has not read its keys yet is not taken for one that has none.
class key_ring_slot {
public:
  using pointer = std::shared_ptr<const key_ring>;

  /// REQUIRES: `first` is not null.
  explicit key_ring_slot(pointer first) noexcept : ring_(std::move(first)) {
  }

  /// Replaces the ring. REQUIRES: `next` is not null.
  void put(pointer next) {
    std::lock_guard guard{mutex_};
    ring_.swap(next);
    // Within the lock: a view that sees the new number gets the new ring, or a later one.
    epoch_.fetch_add(1, std::memory_order_release);
  }

  pointer get() const {
    std::lock_guard guard{mutex_};
    return ring_;
  }

  /// Returns a number that changes with each `put`, without a lock.
  std::uint64_t epoch() const noexcept {
    return epoch_.load(std::memory_order_acquire);
  }

private:
  mutable std::mutex mutex_;
  pointer ring_;
  std::atomic<std::uint64_t> epoch_{0};
};

/// One thread's view of a slot: costs a load as long as the ring stays the same. One owner.
class key_ring_view {
public:
  /// REQUIRES: `slot` is not null.
  explicit key_ring_view(std::shared_ptr<const key_ring_slot> slot)
      : slot_(std::move(slot)), epoch_(slot_->epoch()), ring_(slot_->get()) {
  }

  /// Returns the newest ring. The reference is good until the next call.
  const key_ring& newest() {
    if (auto epoch = slot_->epoch(); epoch != epoch_) {
      ring_ = slot_->get();
      epoch_ = epoch;
    }
    return *ring_;
  }

private:
  std::shared_ptr<const key_ring_slot> slot_;
  std::uint64_t epoch_;
  key_ring_slot::pointer ring_;
};

} // namespace tessera
