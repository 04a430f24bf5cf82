#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tessera {

/// Buckets of values: one for each below 2 * 2^LinearBits, then 2^LinearBits for each power of two (as HdrHistogram's),
/// so that a bucket is at most 1/2^LinearBits as wide as the values in it. What needs more than LargestBits bits is in
/// the last one.
template <int LinearBits, int LargestBits>
struct log_linear_buckets {
  static constexpr int linear_bits = LinearBits;
  static constexpr std::uint64_t linear = 1 << linear_bits;
  static constexpr int largest_bits = LargestBits;
  static constexpr std::size_t count = linear * static_cast<std::size_t>(largest_bits - linear_bits + 1);
  static constexpr std::uint64_t largest = ~std::uint64_t{0} >> (64 - largest_bits);

  static constexpr std::size_t of(std::uint64_t value) noexcept {
    value = std::min(value, largest);
    int shift = std::max(0, static_cast<int>(std::bit_width(value)) - linear_bits - 1);
    return static_cast<std::size_t>(linear * static_cast<std::uint64_t>(shift) + (value >> shift));
  }

  /// Returns the largest value of a bucket.
  static constexpr std::uint64_t largest_in(std::size_t bucket) noexcept {
    if (bucket < 2 * linear)
      return bucket;
    auto shift = bucket / linear - 1;
    return ((linear + bucket % linear + 1) << shift) - 1;
  }
};

/// Those of durations in nanoseconds: at most 1/16 wide, and the last one for what takes longer than 2^37 ns, 137 s: no
/// request lives as long.
using latency_buckets = log_linear_buckets<4, 37>;

/// How often each duration occurred, as read at one time, or between two. Pure.
class latency_counts {
public:
  void add(std::size_t bucket, std::uint64_t amount) noexcept {
    buckets_[bucket] += amount;
  }

  std::uint64_t at(std::size_t bucket) const noexcept {
    return buckets_[bucket];
  }

  std::uint64_t count() const noexcept;

  /// Returns how many took less than 2^`bits` nanoseconds. REQUIRES: linear_bits < bits <= largest_bits.
  std::uint64_t below(int bits) const noexcept;

  /// Returns the duration at that share (0 to 1) of all in order, by nearest rank: the largest of its bucket, so it is
  /// never too small, and by at most 1/16 too large. 0 if there is none.
  std::chrono::nanoseconds percentile(double share) const noexcept;

private:
  std::array<std::uint64_t, latency_buckets::count> buckets_{};
};

/// A histogram of durations that one thread records in and any thread reads: a load and a store of its bucket, and of
/// the sum, without a locked instruction. 4 KB.
class latency_histogram {
public:
  void record(std::chrono::nanoseconds took, std::uint64_t times = 1) noexcept {
    auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0));
    bump(buckets_[latency_buckets::of(value)], times);
    bump(sum_, value * times);
  }

  /// Returns all durations together, in nanoseconds.
  std::uint64_t sum_ns() const noexcept {
    return sum_.load(std::memory_order_relaxed);
  }

  /// Adds what was recorded so far. What is being recorded meanwhile may be in it or not.
  void add_to(latency_counts& total) const noexcept {
    for (std::size_t i = 0; i < buckets_.size(); ++i)
      total.add(i, buckets_[i].load(std::memory_order_relaxed));
  }

private:
  static void bump(std::atomic<std::uint64_t>& what, std::uint64_t by) noexcept {
    what.store(what.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }

  std::atomic<std::uint64_t> sum_{0};
  std::array<std::atomic<std::uint64_t>, latency_buckets::count> buckets_{};
};

} // namespace tessera
