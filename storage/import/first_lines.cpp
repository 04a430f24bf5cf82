#include "storage/import/first_lines.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace tessera {

namespace {

constexpr std::size_t first_slots = 1 << 10;

} // namespace

first_lines::first_lines() : keys_(first_slots), lines_(first_slots) {
}

void first_lines::add(std::uint64_t key, std::uint64_t line) {
  if (size_ >= keys_.size() / 4 * 3)
    grow();
  auto slot = slot_of(key);
  if (keys_[slot] != 0)
    return;
  keys_[slot] = key + 1;
  lines_[slot] = static_cast<std::uint32_t>(std::min<std::uint64_t>(line, std::numeric_limits<std::uint32_t>::max()));
  ++size_;
}

std::optional<std::uint64_t> first_lines::line_of(std::uint64_t key) const noexcept {
  auto slot = slot_of(key);
  return keys_[slot] != 0 ? std::optional<std::uint64_t>{lines_[slot]} : std::nullopt;
}

/// Fibonacci hashing (Knuth, The Art of Computer Programming, vol. 3, 6.4) and linear probing.
std::size_t first_lines::slot_of(std::uint64_t key) const noexcept {
  constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;
  auto shift = 64 - std::countr_zero(keys_.size());
  auto slot = static_cast<std::size_t>((key * golden) >> shift);
  while (keys_[slot] != 0 && keys_[slot] != key + 1)
    slot = (slot + 1) & (keys_.size() - 1);
  return slot;
}

void first_lines::grow() {
  std::vector<std::uint64_t> keys(keys_.size() * 2);
  std::vector<std::uint32_t> lines(keys.size());
  keys_.swap(keys);
  lines_.swap(lines);
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (keys[i] != 0) {
      auto slot = slot_of(keys[i] - 1);
      keys_[slot] = keys[i];
      lines_[slot] = lines[i];
    }
}

} // namespace tessera
