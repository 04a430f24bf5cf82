#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace tessera::test {

/// Draws keys 0 to keys - 1, key k with a probability proportional to 1 / (k + 1)^skew.
class zipf_trace {
public:
  zipf_trace(std::size_t keys, double skew, std::uint64_t seed) : random_(seed), cumulated_(keys) {
    double sum = 0;
    for (std::size_t key = 0; key < keys; ++key)
      cumulated_[key] = sum += std::pow(static_cast<double>(key + 1), -skew);
  }

  std::uint64_t next() {
    auto at = std::uniform_real_distribution<double>(0, cumulated_.back())(random_);
    auto found = std::upper_bound(cumulated_.begin(), cumulated_.end() - 1, at);
    return static_cast<std::uint64_t>(found - cumulated_.begin());
  }

private:
  std::mt19937_64 random_;
  std::vector<double> cumulated_;
};

/// Returns the share of `requests` draws that `cache` answered, each miss being inserted with weight 1; the first tenth
/// warms the cache and does not count.
template <class Cache>
double hit_ratio(Cache& cache, zipf_trace trace, std::size_t requests) {
  std::size_t hits = 0;
  auto warm = requests / 10;
  for (std::size_t done = 0; done < requests; ++done) {
    auto key = trace.next();
    if (cache.find(key))
      hits += done >= warm ? 1 : 0;
    else
      cache.insert(key, 0, 1);
  }
  return static_cast<double>(hits) / static_cast<double>(requests - warm);
}

} // namespace tessera::test
