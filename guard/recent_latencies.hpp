#pragma once

#include "guard/latency_histogram.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace tessera {

/// Quantiles of durations in the last steps (seconds, as a rule), from a histogram's counts, which only grow. Pure; one
/// owner. 26 KB.
class recent_latencies {
public:
  static constexpr std::size_t steps = 10;

  struct quantiles {
    std::uint64_t count = 0;
    std::chrono::nanoseconds p50{};
    std::chrono::nanoseconds p95{};
    std::chrono::nanoseconds p99{};
    std::chrono::nanoseconds max{};
  };

  /// A step has ended with these counts since the beginning. The first step has no begin, and so counts nothing.
  void step(const latency_counts& total) noexcept;

  /// Of the last ten steps, or of as many as there were.
  quantiles recent() const noexcept {
    return quantiles_of(sum_);
  }

  /// Of the last step alone.
  quantiles last() const noexcept;

private:
  static quantiles quantiles_of(const latency_counts& counts) noexcept;

  bool begun_ = false;
  latency_counts total_;
  latency_counts sum_; ///< of the steps
  std::array<std::array<std::uint32_t, latency_buckets::count>, steps> steps_{};
  std::size_t newest_ = 0;
};

} // namespace tessera
