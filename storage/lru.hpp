#pragma once

#include "storage/l1_index.hpp"
#include "storage/l1_sizing.hpp"
#include "storage/l1_slab.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace tessera {

/// A map that holds entries up to a total weight and evicts the least recently used: the reference that S3-FIFO is
/// measured against. The same interface as `s3_fifo`; see there.
template <class Key, class Value, class Hash>
class lru {
public:
  explicit lru(std::size_t capacity, Hash hash = {}, l1_sizing sizing = {})
      : capacity_(capacity), hash_(hash), slab_(sizing.chunk), index_(sizing.parts_log2) {
  }

  Value* find(const Key& key) noexcept {
    auto number = number_of(key, hash_(key));
    if (number == l1_none)
      return nullptr;
    queue_.unlink(slab_, number);
    queue_.push(slab_, number);
    return &slab_[number].value;
  }

  bool insert(const Key& key, Value value, std::size_t weight = 1) {
    erase(key);
    if (weight > capacity_)
      return false;
    while (weight_ + weight > capacity_) {
      drop(queue_.oldest());
      ++evictions_;
    }
    auto number = slab_.allocate();
    slab_[number].key = key;
    slab_[number].value = std::move(value);
    slab_[number].weight = weight;
    weight_ += weight;
    queue_.push(slab_, number);
    index_.insert(hash_(key), number);
    return true;
  }

  bool erase(const Key& key) {
    auto number = number_of(key, hash_(key));
    if (number == l1_none)
      return false;
    drop(number);
    return true;
  }

  std::size_t size() const noexcept {
    return queue_.size();
  }
  std::size_t weight() const noexcept {
    return weight_;
  }
  std::uint64_t evictions() const noexcept {
    return evictions_;
  }
  std::size_t footprint() const noexcept {
    return slab_.footprint() + index_.footprint();
  }

private:
  struct node_type {
    Key key{};
    Value value{};
    std::uint32_t prev = l1_none;
    std::uint32_t next = l1_none;
    std::size_t weight = 0;
  };

  std::uint32_t number_of(const Key& key, std::uint64_t hash) const noexcept {
    return index_.find(hash, [&](std::uint32_t number) { return slab_[number].key == key; });
  }

  void drop(std::uint32_t number) {
    auto& node = slab_[number];
    weight_ -= node.weight;
    queue_.unlink(slab_, number);
    index_.erase(hash_(node.key), number);
    slab_.release(number);
  }

  std::size_t capacity_;
  Hash hash_;
  l1_slab<node_type> slab_;
  l1_index index_;
  l1_queue<node_type> queue_;
  std::size_t weight_ = 0;
  std::uint64_t evictions_ = 0;
};

} // namespace tessera
