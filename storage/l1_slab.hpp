#pragma once

#include "storage/l1_block.hpp"
#include "storage/l1_index.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace tessera {

/// Memory for entries of one type, in chunks, so that growing moves nothing. Entries are named by numbers of 32 bits.
/// New entries go to the first chunk that has room, so that the last ones run empty when fewer are needed; then they
/// are given back. `Node` is default constructible and has `std::uint32_t next`, which the slab uses while the entry is
/// free.
template <class Node>
class l1_slab {
public:
  /// Grows by about `chunk` bytes at a time.
  explicit l1_slab(std::size_t chunk)
      : shift_(
          static_cast<unsigned>(std::countr_zero(std::bit_floor(std::max<std::size_t>(chunk / sizeof(Node), 8))))) {
  }

  Node& operator[](std::uint32_t number) noexcept {
    return chunks_[number >> shift_].nodes[number & mask()];
  }
  const Node& operator[](std::uint32_t number) const noexcept {
    return chunks_[number >> shift_].nodes[number & mask()];
  }

  /// Returns an entry to use, default constructed.
  std::uint32_t allocate() {
    auto at = full() ? grow() : first_with_room();
    auto& chunk = chunks_[at];
    auto number = chunk.free;
    auto& node = (*this)[number];
    chunk.free = std::exchange(node.next, l1_none);
    if (++chunk.used == entries_per_chunk())
      mark(at, false);
    --free_;
    return number;
  }

  /// Takes the entry back; what it held is destroyed at once.
  void release(std::uint32_t number) {
    auto at = std::size_t{number} >> shift_;
    auto& chunk = chunks_[at];
    auto& node = (*this)[number];
    node = Node{};
    node.next = std::exchange(chunk.free, number);
    mark(at, true);
    ++free_;
    // Not before there is room for as many elsewhere, lest the next entry takes the memory again.
    if (--chunk.used == 0 && free_ >= 2 * entries_per_chunk())
      give_back(at);
  }

  /// Returns whether the next `allocate` will take memory.
  bool full() const noexcept {
    return free_ == 0;
  }
  /// Returns how many entries it has, free ones included.
  std::size_t capacity() const noexcept {
    return capacity_;
  }
  std::size_t entries_per_chunk() const noexcept {
    return std::size_t{1} << shift_;
  }

  /// Returns the bytes that it takes from the allocator, without what the entries own.
  std::size_t footprint() const noexcept {
    return bytes_ + chunks_.capacity() * sizeof(chunk_type) + with_room_.capacity() * sizeof(std::uint64_t);
  }

private:
  struct chunk_type {
    l1_block<Node> nodes;
    std::uint32_t free = l1_none; ///< the first free entry; the others hang on it
    std::uint32_t used = 0;
  };

  std::uint32_t mask() const noexcept {
    return (std::uint32_t{1} << shift_) - 1;
  }

  void mark(std::size_t chunk, bool has_room) noexcept {
    auto bit = std::uint64_t{1} << (chunk % 64);
    if (has_room)
      with_room_[chunk / 64] |= bit;
    else
      with_room_[chunk / 64] &= ~bit;
  }

  // REQUIRES: !full().
  std::size_t first_with_room() const noexcept {
    std::size_t word = 0;
    while (with_room_[word] == 0)
      ++word;
    return word * 64 + static_cast<std::size_t>(std::countr_zero(with_room_[word]));
  }

  // Returns a chunk with room, which may be one given back before.
  std::size_t grow() {
    std::size_t at = 0;
    while (at < chunks_.size() && chunks_[at].nodes.size() != 0)
      ++at;
    if (at == chunks_.size())
      chunks_.emplace_back();
    if (with_room_.size() * 64 < chunks_.size())
      with_room_.push_back(0);
    auto& chunk = chunks_[at];
    chunk.nodes = l1_block<Node>{entries_per_chunk()};
    auto first = static_cast<std::uint32_t>(at << shift_);
    for (auto within = static_cast<std::uint32_t>(entries_per_chunk()); within-- > 0;)
      chunk.nodes[within].next = std::exchange(chunk.free, first + within);
    mark(at, true);
    bytes_ += chunk.nodes.footprint();
    free_ += entries_per_chunk();
    capacity_ += entries_per_chunk();
    return at;
  }

  void give_back(std::size_t at) {
    bytes_ -= chunks_[at].nodes.footprint();
    chunks_[at] = {};
    mark(at, false);
    free_ -= entries_per_chunk();
    capacity_ -= entries_per_chunk();
  }

  std::vector<chunk_type> chunks_;
  std::vector<std::uint64_t> with_room_; ///< a bit for each chunk
  unsigned shift_;
  std::size_t free_ = 0;
  std::size_t capacity_ = 0;
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
