#include "loadtest/zipf.hpp"

#include <algorithm>
#include <cmath>

namespace tessera::loadtest {

namespace {

/// (exp(x) - 1) / x and log(1 + x) / x, also where x is 0 or nearly so.
double expm1_ratio(double x) noexcept {
  return std::abs(x) > 1e-8 ? std::expm1(x) / x : 1 + x / 2;
}
double log1p_ratio(double x) noexcept {
  return std::abs(x) > 1e-8 ? std::log1p(x) / x : 1 - x / 2;
}

} // namespace

zipf_numbers::zipf_numbers(std::uint64_t count, double skew, std::uint64_t seed) noexcept
    : count_(static_cast<double>(count)), skew_(skew), lowest_(integral(1.5) - 1), highest_(integral(count_ + 0.5)),
      squeeze_(2 - integral_inverse(integral(2.5) - density(2))), random_(seed) {
}

std::uint64_t zipf_numbers::next() noexcept {
  for (;;) {
    auto area = highest_ + random_.uniform() * (lowest_ - highest_);
    auto point = integral_inverse(area);
    auto number = std::clamp(std::floor(point + 0.5), 1.0, count_);
    if (number - point <= squeeze_ || area >= integral(number + 0.5) - density(number))
      return static_cast<std::uint64_t>(number) - 1;
  }
}

double zipf_numbers::integral(double x) const noexcept {
  auto log_x = std::log(x);
  return expm1_ratio((1 - skew_) * log_x) * log_x;
}

double zipf_numbers::integral_inverse(double x) const noexcept {
  // Rounding may take it below its limit.
  return std::exp(log1p_ratio(std::max(-1.0, x * (1 - skew_))) * x);
}

double zipf_numbers::density(double x) const noexcept {
  return std::exp(-skew_ * std::log(x));
}

} // namespace tessera::loadtest
