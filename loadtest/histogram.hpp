#pragma once

#include "guard/latency_histogram.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace tessera::loadtest {

/// How often each value occurred, in buckets that are at most 1/64 as wide as the values in them (as HdrHistogram's:
/// linear within each power of two). A fixed size for values of any size: 30 KB.
class histogram {
public:
  void record(std::uint64_t value) noexcept {
    ++buckets_[buckets::of(value)];
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
        return std::min(buckets::largest_in(i), max_);
    return max_;
  }

private:
  using buckets = log_linear_buckets<6, 64>;

  std::array<std::uint64_t, buckets::count> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

} // namespace tessera::loadtest
