#pragma once

#include "storage/l1_index.hpp"
#include "storage/l1_sizing.hpp"
#include "storage/l1_slab.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace tessera {

/// A map of small values that expire, within a budget of bytes: the oldest makes room. Memory grows with what is kept
/// and counts in full. `Hash` as for `s3_fifo`. Pure; one owner.
template <class Key, class Value, class Hash>
class l1_table {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// A budget too small for one step of growth keeps nothing.
  l1_table(std::size_t limit, Hash hash)
      : limit_(limit), hash_(hash), slab_(l1_sizing::for_bytes(limit).chunk),
        index_(l1_sizing::for_bytes(limit).parts_log2) {
  }

  /// What is kept under a key.
  struct entry {
    Value value{};
    time_point expires{};
  };

  /// Returns what is under `key`, or null. What has expired goes.
  const entry* find(const Key& key, time_point now) {
    auto hash = hash_(key);
    auto number = number_of(key, hash);
    if (number == l1_none)
      return nullptr;
    if (now >= slab_[number].kept.expires) {
      drop(number, hash);
      return nullptr;
    }
    return &slab_[number].kept;
  }

  /// Keeps `value` under `key` in place of what was there, as the youngest. Returns false if the budget has no room for
  /// anything.
  bool insert(const Key& key, Value value, time_point expires, time_point now) {
    erase(key);
    // Two for one: so what has expired goes faster than new entries come, and memory follows what is alive.
    for (int step = 0; step < 2 && queue_.size() != 0; ++step)
      if (now >= slab_[queue_.oldest()].kept.expires)
        drop_oldest();
    if (slab_.full() && footprint_grown() > limit_) {
      if (queue_.size() == 0)
        return false;
      drop_oldest();
    }
    auto number = slab_.allocate();
    auto& node = slab_[number];
    node.key = key;
    node.kept = {std::move(value), expires};
    queue_.push(slab_, number);
    index_.insert(hash_(key), number);
    return true;
  }

  /// Returns whether there was something to forget.
  bool erase(const Key& key) {
    auto hash = hash_(key);
    auto number = number_of(key, hash);
    if (number == l1_none)
      return false;
    drop(number, hash);
    return true;
  }

  std::size_t size() const noexcept {
    return queue_.size();
  }

  /// Returns the bytes that it takes from the allocator.
  std::size_t footprint() const noexcept {
    return slab_.footprint() + index_.footprint();
  }

private:
  struct node_type {
    Key key{};
    entry kept{};
    std::uint32_t prev = l1_none;
    std::uint32_t next = l1_none;
  };

  // What it would take at most with a further chunk, all entries in use.
  std::size_t footprint_grown() const noexcept {
    auto entries = slab_.capacity() + slab_.entries_per_chunk();
    return slab_.footprint() + slab_.entries_per_chunk() * sizeof(node_type)
           + std::max(index_.footprint(), index_.footprint_at_most(entries));
  }

  std::uint32_t number_of(const Key& key, std::uint64_t hash) const noexcept {
    return index_.find(hash, [&](std::uint32_t number) { return slab_[number].key == key; });
  }

  void drop_oldest() {
    drop(queue_.oldest(), hash_(slab_[queue_.oldest()].key));
  }

  void drop(std::uint32_t number, std::uint64_t hash) {
    queue_.unlink(slab_, number);
    index_.erase(hash, number);
    slab_.release(number);
  }

  std::size_t limit_;
  Hash hash_;
  l1_slab<node_type> slab_;
  l1_index index_;
  l1_queue<node_type> queue_;
};

} // namespace tessera
