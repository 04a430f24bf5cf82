#pragma once

#include "loadtest/random.hpp"

#include <cstdint>

namespace tessera::loadtest {

/// Draws numbers below `count`, k with a probability proportional to 1 / (k + 1)^skew, in constant time and without a
/// table: Hörmann and Derflinger, Rejection-inversion to generate variates from monotone discrete distributions (ACM
/// TOMACS 6, 1996). Pure; one owner.
class zipf_numbers {
public:
  /// REQUIRES: count > 0, skew > 0.
  zipf_numbers(std::uint64_t count, double skew, std::uint64_t seed) noexcept;

  std::uint64_t next() noexcept;

private:
  double integral(double x) const noexcept;         ///< of x^-skew
  double integral_inverse(double x) const noexcept; ///< of that
  double density(double x) const noexcept;

  double count_;
  double skew_;
  double lowest_;  ///< the integral below the first number, so that its area is its density
  double highest_; ///< the integral up to the last one
  double squeeze_; ///< a number this near to the drawn point is right without a look at the density
  load_random random_;
};

} // namespace tessera::loadtest
