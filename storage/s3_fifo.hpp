#pragma once

#include "storage/l1_ghost.hpp"
#include "storage/l1_index.hpp"
#include "storage/l1_sizing.hpp"
#include "storage/l1_slab.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace tessera {

/// A map that holds entries up to a total weight and evicts by S3-FIFO (Yang, Zhang, Qiu, Yue, Rashmi: FIFO queues are
/// all you need for cache eviction, SOSP 2023): what is new passes through a small queue and reaches the main queue
/// only if it was used again; what left the small queue unused is remembered as a ghost, and goes straight to the main
/// queue if it comes back. A use sets a counter and moves nothing.
///
/// `Hash` gives 64 well-mixed bits, unpredictable where keys come from strangers. Pure; one owner; no allocation on a
/// hit. Pointers to values hold until the next call that is not const, `find` excepted.
template <class Key, class Value, class Hash>
class s3_fifo {
public:
  /// `capacity` is a weight. The memory of the structure itself (see `footprint`) is not part of it.
  explicit s3_fifo(std::size_t capacity, Hash hash = {}, l1_sizing sizing = {})
      : capacity_(capacity), hash_(hash), slab_(sizing.chunk), index_(sizing.parts_log2), ghost_(sizing.parts_log2) {
  }

  std::uint64_t hash_of(const Key& key) const noexcept {
    return hash_(key);
  }

  /// Returns the value under `key` and counts the use, or null. REQUIRES: hash == hash_of(key), here and below.
  Value* find(const Key& key, std::uint64_t hash) noexcept {
    auto number = number_of(key, hash);
    if (number == l1_none)
      return nullptr;
    auto& node = slab_[number];
    if (node.uses < most_uses)
      ++node.uses;
    return &node.value;
  }
  Value* find(const Key& key) noexcept {
    return find(key, hash_of(key));
  }

  /// Keeps `value` under `key`, in place of what was there; evicts until it fits. Returns false, and keeps nothing
  /// under the key, if `weight` exceeds the capacity.
  bool insert(const Key& key, std::uint64_t hash, Value value, std::size_t weight) {
    if (weight > capacity_ || weight > 0xffff'ffff) {
      erase(key, hash);
      return false;
    }
    if (auto number = number_of(key, hash); number != l1_none) {
      auto& node = slab_[number];
      node.value = std::move(value);
      weigh(node, weight);
      shrink();
      return true;
    }
    while (weight_ + weight > capacity_)
      evict();
    auto number = slab_.allocate();
    auto& node = slab_[number];
    node.key = key;
    node.value = std::move(value);
    node.in_main = ghost_.take(hash);
    queue_of(node).push(slab_, number);
    weigh(node, weight);
    index_.insert(hash, number);
    return true;
  }
  bool insert(const Key& key, Value value, std::size_t weight = 1) {
    return insert(key, hash_of(key), std::move(value), weight);
  }

  /// Returns whether there was something to forget.
  bool erase(const Key& key, std::uint64_t hash) {
    auto number = number_of(key, hash);
    if (number == l1_none)
      return false;
    queue_of(slab_[number]).unlink(slab_, number);
    drop(number, hash);
    return true;
  }
  bool erase(const Key& key) {
    return erase(key, hash_of(key));
  }

  /// Sets the capacity and evicts what no longer fits.
  void set_capacity(std::size_t capacity) {
    capacity_ = capacity;
    shrink();
  }

  std::size_t size() const noexcept {
    return small_.size() + main_.size();
  }
  std::size_t weight() const noexcept {
    return weight_;
  }
  std::size_t capacity() const noexcept {
    return capacity_;
  }
  std::uint64_t evictions() const noexcept {
    return evictions_;
  }

  /// Returns the bytes that the structure takes from the allocator, without what the values own.
  std::size_t footprint() const noexcept {
    return slab_.footprint() + index_.footprint() + ghost_.footprint();
  }

private:
  struct alignas(64) node_type { // one cache line, where the key and the value allow it
    Key key{};
    Value value{};
    std::uint32_t prev = l1_none;
    std::uint32_t next = l1_none;
    std::uint32_t weight = 0;
    std::uint8_t uses = 0;
    bool in_main = false;
  };
  using queue = l1_queue<node_type>;

  static constexpr std::uint8_t most_uses = 3;    // two bits, as in the paper
  static constexpr std::uint8_t uses_to_stay = 2; // likewise: used more than once while in the small queue
  static constexpr std::size_t small_share = 10;  // the small queue's part is one in this many
  // What was used gets another round in the main queue. If nearly everything was used, looking for a victim would take
  // as many steps as there are entries; after this many the next one has to go.
  static constexpr int most_rounds = 64;

  std::uint32_t number_of(const Key& key, std::uint64_t hash) const noexcept {
    return index_.find(hash, [&](std::uint32_t number) { return slab_[number].key == key; });
  }
  queue& queue_of(const node_type& node) noexcept {
    return node.in_main ? main_ : small_;
  }

  void weigh(node_type& node, std::size_t weight) noexcept {
    weight_ += weight - node.weight;
    if (!node.in_main)
      small_weight_ += weight - node.weight;
    node.weight = static_cast<std::uint32_t>(weight);
  }

  void shrink() {
    while (weight_ > capacity_)
      evict();
  }

  // Evicts one entry. REQUIRES: there is one.
  void evict() {
    for (int round = 0;; ++round) {
      auto from_small = main_.size() == 0 || (small_.size() != 0 && small_weight_ >= capacity_ / small_share);
      auto& from = from_small ? small_ : main_;
      auto number = from.oldest();
      auto& node = slab_[number];
      from.unlink(slab_, number);
      if (from_small && node.uses >= uses_to_stay && round < most_rounds) {
        small_weight_ -= node.weight;
        node.in_main = true;
        node.uses = 0;
        main_.push(slab_, number);
      } else if (!from_small && node.uses > 0 && round < most_rounds) {
        --node.uses;
        main_.push(slab_, number);
      } else {
        auto hash = hash_of(node.key);
        if (from_small)
          ghost_.insert(hash, size() - size() / small_share);
        drop(number, hash);
        ++evictions_;
        return;
      }
    }
  }

  void drop(std::uint32_t number, std::uint64_t hash) {
    weigh(slab_[number], 0);
    index_.erase(hash, number);
    slab_.release(number);
  }

  std::size_t capacity_;
  Hash hash_;
  l1_slab<node_type> slab_;
  l1_index index_;
  l1_ghost ghost_;
  queue small_;
  queue main_;
  std::size_t weight_ = 0;
  std::size_t small_weight_ = 0;
  std::uint64_t evictions_ = 0;
};

} // namespace tessera
