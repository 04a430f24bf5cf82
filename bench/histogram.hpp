#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace tessera::bench {

/// How often each value occurred, in buckets that are at most 1/64 as wide as the values in them (as HdrHistogram's:
/// linear within each power of two). A fixed size for values of any size: 30 KB.
class histogram {
public:
  void record(std::uint64_t value) noexcept {
    ++buckets_[bucket_of(value)];
    ++count_;
    max_ = std::max(max_, value);
  }

  void add(const histogram& other) noexcept {
    for (std::size_t i = 0; i < buckets_.size(); ++i)
      buckets_[i] += other.buckets_[i];
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
  }

  std::uint64_t count() const noexcept {
    return count_;
  }

  std::uint64_t max() const noexcept {
    return max_;
  }

  /// Returns the value at that share (0 to 1) of all values in order, by nearest rank: the largest of its bucket, so it
  /// is never too small, and by at most 1/64 too large. 0 if there is none.
  std::uint64_t percentile(double share) const noexcept {
    auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_))));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i)
      if ((seen += buckets_[i]) >= rank)
        return std::min(largest_in(i), max_);
    return max_;
  }

private:
  /// Values below twice this have a bucket each; above it, each power of two has this many.
  static constexpr int linear_bits = 6;
  static constexpr std::uint64_t linear = 1 << linear_bits;

  static constexpr std::size_t bucket_of(std::uint64_t value) noexcept {
    int shift = std::max(0, static_cast<int>(std::bit_width(value)) - linear_bits - 1);
    return static_cast<std::size_t>(linear * static_cast<std::uint64_t>(shift) + (value >> shift));
  }

  static constexpr std::uint64_t largest_in(std::size_t bucket) noexcept {
    if (bucket < 2 * linear)
      return bucket;
    auto shift = bucket / linear - 1;
    return ((linear + bucket % linear + 1) << shift) - 1;
  }

  std::array<std::uint64_t, linear*(64 - linear_bits + 1)> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

} // namespace tessera::bench
