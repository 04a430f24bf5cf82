#pragma once

#include "storage/l1_block.hpp"

#include <cstddef>
#include <cstdint>

namespace tessera {

/// Stands for "no entry" wherever an entry is named by its number in a slab.
inline constexpr std::uint32_t l1_none = 0xffff'ffff;

/// Maps hashes to entry numbers: open addressing with linear probing, 8 bytes a slot. The hash's upper bits choose one
/// of 2^n tables, which grow and shrink by themselves, so that a step of growth is short and takes little memory. Who
/// uses it compares the keys; the hashes must be well mixed and unpredictable.
class l1_index {
public:
  explicit l1_index(unsigned parts_log2) : parts_(std::size_t{1} << parts_log2), shift_(63 - parts_log2) {
    bytes_ = parts_.footprint();
  }

  /// Returns the number stored with `hash` for which `matches(number)` holds, or `l1_none`.
  template <class Matches>
  std::uint32_t find(std::uint64_t hash, Matches&& matches) const noexcept {
    const auto& part = part_of(hash);
    if (part.used == 0)
      return l1_none;
    auto tag = static_cast<std::uint32_t>(hash);
    const auto* slots = part.slots.data();
    auto size = static_cast<std::uint32_t>(part.slots.size());
    for (auto at = home(tag, size);; at = after(at, size)) {
      if (slots[at].number == l1_none)
        return l1_none;
      if (slots[at].tag == tag && matches(slots[at].number))
        return slots[at].number;
    }
  }

  /// Stores `number`. REQUIRES: it is not there yet.
  void insert(std::uint64_t hash, std::uint32_t number) {
    auto& part = part_of(hash);
    if ((std::size_t{part.used} + 1) * fullest_of > part.slots.size() * fullest)
      resize(part, part.slots.size() + part.slots.size() / 4 + smallest);
    place(part, {static_cast<std::uint32_t>(hash), number});
    ++part.used;
  }

  /// Takes `number` out. REQUIRES: it is there.
  void erase(std::uint64_t hash, std::uint32_t number) {
    auto& part = part_of(hash);
    auto* slots = part.slots.data();
    auto size = static_cast<std::uint32_t>(part.slots.size());
    auto hole = home(static_cast<std::uint32_t>(hash), size);
    while (slots[hole].number != number)
      hole = after(hole, size);
    // What comes behind moves up, unless that would put it before its home (Knuth, vol. 3, 6.4, algorithm R). So there
    // are no tombstones, and searching stays short for ever.
    for (auto at = after(hole, size); slots[at].number != l1_none; at = after(at, size)) {
      if (distance(home(slots[at].tag, size), at, size) >= distance(hole, at, size)) {
        slots[hole] = slots[at];
        hole = at;
      }
    }
    slots[hole] = {};
    --part.used;
    if (part.slots.size() > 2 * smallest && std::size_t{part.used} * 4 < part.slots.size())
      resize(part, part.slots.size() / 2);
  }

  /// Returns the bytes that it takes from the allocator.
  std::size_t footprint() const noexcept {
    return bytes_;
  }

  /// Returns the most that it takes if it never holds more than `numbers`.
  std::size_t footprint_at_most(std::size_t numbers) const noexcept {
    // A table grows when it is 4/5 full, by a quarter and `smallest`.
    auto slots = numbers * 25 / 16 + parts_.size() * 3 * smallest;
    return parts_.footprint() + slots * sizeof(slot);
  }

private:
  struct slot {
    std::uint32_t tag = 0;
    std::uint32_t number = l1_none;
  };
  struct part_type {
    l1_block<slot> slots;
    std::uint32_t used = 0;
  };

  // At most 4/5 full: a hit then looks at 3 slots on average, a miss at 13 (Knuth, 6.4), mostly in one cache line or
  // the next.
  static constexpr std::size_t fullest = 4;
  static constexpr std::size_t fullest_of = 5;
  static constexpr std::size_t smallest = 16;

  const part_type& part_of(std::uint64_t hash) const noexcept {
    return parts_[(hash >> 1) >> shift_];
  }
  part_type& part_of(std::uint64_t hash) noexcept {
    return parts_[(hash >> 1) >> shift_];
  }

  // Spreads tags over any number of slots without dividing (Lemire, Fast Random Integer Generation in an Interval,
  // 2019): tables need not be powers of two, and so can grow by a quarter.
  static std::uint32_t home(std::uint32_t tag, std::uint32_t size) noexcept {
    return static_cast<std::uint32_t>((std::uint64_t{tag} * size) >> 32);
  }
  static std::uint32_t after(std::uint32_t at, std::uint32_t size) noexcept {
    return at + 1 == size ? 0 : at + 1;
  }
  static std::uint32_t distance(std::uint32_t from, std::uint32_t to, std::uint32_t size) noexcept {
    return to >= from ? to - from : to + size - from;
  }

  static void place(part_type& part, slot what) noexcept {
    auto size = static_cast<std::uint32_t>(part.slots.size());
    auto at = home(what.tag, size);
    while (part.slots[at].number != l1_none)
      at = after(at, size);
    part.slots[at] = what;
  }

  void resize(part_type& part, std::size_t size) {
    auto old = std::exchange(part.slots, l1_block<slot>{size});
    bytes_ += part.slots.footprint();
    for (std::size_t at = 0; at < old.size(); ++at)
      if (old[at].number != l1_none)
        place(part, old[at]);
    bytes_ -= old.footprint();
  }

  l1_block<part_type> parts_;
  unsigned shift_;
  std::size_t bytes_ = 0;
};

} // namespace tessera
