#include "guard/recent_latencies.hpp"

namespace tessera {

void recent_latencies::step(const latency_counts& total) noexcept {
  newest_ = (newest_ + 1) % steps;
  auto& newest = steps_[newest_];
  for (std::size_t i = 0; i < latency_buckets::count; ++i) {
    // Both are sums that wrap, so what is taken off is what was added.
    auto fresh = begun_ ? static_cast<std::uint32_t>(total.at(i) - total_.at(i)) : 0;
    if (fresh != 0 || newest[i] != 0)
      sum_.add(i, std::uint64_t{fresh} - newest[i]);
    newest[i] = fresh;
  }
  total_ = total;
  begun_ = true;
}

recent_latencies::quantiles recent_latencies::last() const noexcept {
  latency_counts counts;
  for (std::size_t i = 0; i < latency_buckets::count; ++i)
    counts.add(i, steps_[newest_][i]);
  return quantiles_of(counts);
}

recent_latencies::quantiles recent_latencies::quantiles_of(const latency_counts& counts) noexcept {
  return {counts.count(), counts.percentile(0.5), counts.percentile(0.95), counts.percentile(0.99),
          counts.percentile(1)};
}

} // namespace tessera
