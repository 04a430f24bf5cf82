#pragma once

#include "storage/l1_block.hpp"
#include "storage/l1_index.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tessera {

/// Memory for entries of one type, in chunks, so that growing moves nothing. Entries are named by numbers of 32 bits.
/// `Node` is default constructible and has `std::uint32_t next`, which the slab uses while the entry is free.
template <class Node>
class l1_slab {
public:
  /// Grows by about `chunk` bytes at a time.
  explicit l1_slab(std::size_t chunk)
      : shift_(
          static_cast<unsigned>(std::countr_zero(std::bit_floor(std::max<std::size_t>(chunk / sizeof(Node), 8))))) {
  }

  Node& operator[](std::uint32_t number) noexcept {
    return chunks_[number >> shift_][number & ((std::uint32_t{1} << shift_) - 1)];
  }
  const Node& operator[](std::uint32_t number) const noexcept {
    return chunks_[number >> shift_][number & ((std::uint32_t{1} << shift_) - 1)];
  }

  /// Returns an entry to use, default constructed.
  std::uint32_t allocate() {
    if (free_ == l1_none)
      grow();
    auto number = free_;
    free_ = (*this)[number].next;
    (*this)[number].next = l1_none;
    return number;
  }

  /// Takes the entry back; what it held is destroyed at once.
  void release(std::uint32_t number) {
    auto& node = (*this)[number];
    node = Node{};
    node.next = free_;
    free_ = number;
  }

  /// Returns whether the next `allocate` will take memory.
  bool full() const noexcept {
    return free_ == l1_none;
  }
  /// Returns how many entries it has, free ones included.
  std::size_t capacity() const noexcept {
    return chunks_.size() << shift_;
  }
  std::size_t entries_per_chunk() const noexcept {
    return std::size_t{1} << shift_;
  }

  /// Returns the bytes that it takes from the allocator, without what the entries own.
  std::size_t footprint() const noexcept {
    return bytes_ + chunks_.capacity() * sizeof(l1_block<Node>);
  }

private:
  void grow() {
    auto first = static_cast<std::uint32_t>(chunks_.size() << shift_);
    bytes_ += chunks_.emplace_back(entries_per_chunk()).footprint();
    for (auto number = first + static_cast<std::uint32_t>(entries_per_chunk()); number-- > first;) {
      (*this)[number].next = free_;
      free_ = number;
    }
  }

  std::vector<l1_block<Node>> chunks_;
  unsigned shift_;
  std::uint32_t free_ = l1_none;
  std::size_t bytes_ = 0;
};

/// A queue through the `prev` and `next` of a slab's entries; owns nothing.
template <class Node>
class l1_queue {
public:
  /// Makes the entry the youngest.
  void push(l1_slab<Node>& slab, std::uint32_t number) noexcept {
    auto& node = slab[number];
    node.prev = l1_none;
    node.next = youngest_;
    (youngest_ == l1_none ? oldest_ : slab[youngest_].prev) = number;
    youngest_ = number;
    ++size_;
  }

  /// Takes the entry out, wherever it stands. REQUIRES: it is in this queue.
  void unlink(l1_slab<Node>& slab, std::uint32_t number) noexcept {
    auto& node = slab[number];
    (node.prev == l1_none ? youngest_ : slab[node.prev].next) = node.next;
    (node.next == l1_none ? oldest_ : slab[node.next].prev) = node.prev;
    --size_;
  }

  /// Returns the oldest entry, or `l1_none`.
  std::uint32_t oldest() const noexcept {
    return oldest_;
  }
  std::size_t size() const noexcept {
    return size_;
  }

private:
  std::uint32_t youngest_ = l1_none;
  std::uint32_t oldest_ = l1_none;
  std::size_t size_ = 0;
};

} // namespace tessera
