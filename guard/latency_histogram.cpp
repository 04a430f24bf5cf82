#include "guard/latency_histogram.hpp"

#include <cmath>
#include <numeric>

namespace tessera {

std::uint64_t latency_counts::count() const noexcept {
  return std::accumulate(buckets_.begin(), buckets_.end(), std::uint64_t{0});
}

std::uint64_t latency_counts::below(int bits) const noexcept {
  auto end = latency_buckets::linear * static_cast<std::size_t>(bits - latency_buckets::linear_bits + 1);
  return std::accumulate(buckets_.begin(), buckets_.begin() + static_cast<std::ptrdiff_t>(end), std::uint64_t{0});
}

std::chrono::nanoseconds latency_counts::percentile(double share) const noexcept {
  auto total = count();
  if (total == 0)
    return std::chrono::nanoseconds{0};
  auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(total))));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i)
    if ((seen += buckets_[i]) >= rank)
      return std::chrono::nanoseconds{latency_buckets::largest_in(i)};
  return std::chrono::nanoseconds{latency_buckets::largest};
}

} // namespace tessera
