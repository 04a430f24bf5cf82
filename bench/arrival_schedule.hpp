#pragma once

#include "loadtest/random.hpp"

#include <chrono>
#include <cmath>
#include <cstdint>

namespace tessera::bench {

/// `constant`: one after the other with equal gaps. `poisson`: each independent of all others, as from very many
/// clients who know nothing of each other; the gaps are exponentially distributed.
enum class arrivals { constant, poisson };

/// When each request of an open-loop load is due, counted from its begin. The same seed gives the same times.
class arrival_schedule {
public:
  arrival_schedule(arrivals kind, double rate_per_second, std::uint64_t seed)
      : kind_(kind), gap_(1 / rate_per_second), random_(seed) {
  }

  /// Returns when the next request is due; never before the one that was returned last.
  std::chrono::nanoseconds next() {
    // Exponential by inversion, because std::exponential_distribution is another one in each library.
    auto factor = kind_ == arrivals::constant ? 1 : -std::log1p(-random_.uniform());
    at_ += gap_ * factor;
    return std::chrono::duration_cast<std::chrono::nanoseconds>(at_);
  }

private:
  arrivals kind_;
  std::chrono::duration<double> gap_;
  std::chrono::duration<double> at_{0};
  loadtest::load_random random_;
};

} // namespace tessera::bench
