#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace tessera::test {

/// Returns `requests` keys out of 0 to keys - 1, key k with a probability proportional to 1 / (k + 1)^skew.
inline std::vector<std::uint64_t> zipf_trace(std::size_t keys, double skew, std::size_t requests, std::uint64_t seed) {
  std::vector<double> cumulated(keys);
  double sum = 0;
  for (std::size_t key = 0; key < keys; ++key)
    cumulated[key] = sum += std::pow(static_cast<double>(key + 1), -skew);
  std::mt19937_64 random{seed};
  std::uniform_real_distribution<double> uniform{0, sum};
  std::vector<std::uint64_t> trace(requests);
  for (auto& key : trace) {
    auto found = std::upper_bound(cumulated.begin(), cumulated.end() - 1, uniform(random));
    key = static_cast<std::uint64_t>(found - cumulated.begin());
  }
  return trace;
}

/// Returns the share of the requests that `cache` answered, each miss being inserted with weight 1; the first tenth
/// warms the cache and does not count.
template <class Cache>
double hit_ratio(Cache& cache, const std::vector<std::uint64_t>& trace) {
  std::size_t hits = 0;
  auto warm = trace.size() / 10;
  for (std::size_t at = 0; at < trace.size(); ++at) {
    if (cache.find(trace[at]))
      hits += at >= warm ? 1 : 0;
    else
      cache.insert(trace[at], 0, 1);
  }
  return static_cast<double>(hits) / static_cast<double>(trace.size() - warm);
}

} // namespace tessera::test
