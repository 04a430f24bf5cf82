#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace tessera {

/// When a distinct_counter says that there were too many.
struct distinct_budget {
  std::uint16_t most_bits = 0; ///< set in the bitmap
  std::uint8_t sampling = 0;   ///< only values whose hash has so many zero bits at its end are counted

  /// Returns the budget of `limit` distinct values; 0: no limit. Above 320 values are sampled, every second, fourth and
  /// so on, so that the bitmap is not overfull.
  static distinct_budget of(std::uint64_t limit) noexcept;

  bool operator==(const distinct_budget&) const noexcept = default;
};

/// Tells whether more than a number of distinct values came by, from their hashes, in 40 bytes: linear counting (Whang,
/// Vander-Zanden, Taylor 1990). Each value sets the bit of 256 that its hash names, and the number of set bits grows
/// with that of distinct values alone, as repeated ones set none. Counts low rather than high: the budget is four
/// standard errors above what so many values set on the average, so that one in 30,000 counts is over it while the
/// limit is not reached. With a limit of 300 that happens after 380 values on the average, and nearly always before
/// 450. Pure; one owner. Who can choose hashes can keep under it: they must be keyed.
class distinct_counter {
public:
  static constexpr std::size_t bits = 256;

  constexpr distinct_counter() noexcept = default;
  explicit distinct_counter(distinct_budget budget) noexcept : budget_(budget) {
  }

  /// Counts a value. Returns false if it may have come before: one that is sampled and whose bit was set.
  bool add(std::uint64_t hash) noexcept {
    if (std::countr_zero(hash) < budget_.sampling)
      return true;
    auto& word = words_[hash >> 62];
    auto bit = std::uint64_t{1} << (hash >> 56 & 63);
    if ((word & bit) != 0)
      return false;
    word |= bit;
    ++set_;
    return true;
  }

  bool over() const noexcept {
    return set_ > budget_.most_bits;
  }

  unsigned set_bits() const noexcept {
    return set_;
  }

private:
  std::array<std::uint64_t, bits / 64> words_{};
  std::uint16_t set_ = 0;
  distinct_budget budget_;
};

} // namespace tessera
