#include "guard/distinct_counter.hpp"

#include <cmath>

namespace tessera {

namespace {

/// Values per bit beyond which they are sampled. More would leave too few zero bits to tell numbers apart by.
constexpr double most_load = 1.25;

/// How far above the average, in standard deviations, a count is over the budget: by chance once in 30,000.
constexpr double margin = 4;

/// No hash has so many zero bits at its end but zero itself: nothing is sampled.
constexpr std::uint8_t none_sampled = 64;

} // namespace

distinct_budget distinct_budget::of(std::uint64_t limit) noexcept {
  constexpr auto bits = static_cast<double>(distinct_counter::bits);
  if (limit == 0)
    return {distinct_counter::bits, none_sampled};
  auto sampled = static_cast<double>(limit);
  auto share = 1.0;
  std::uint8_t sampling = 0;
  for (; sampled > most_load * bits; ++sampling) {
    sampled /= 2;
    share /= 2;
  }
  // Of the paper's section 3: the mean and the variance of the number of zero bits. A sample varies, too (binomially),
  // and with it that number by its slope.
  auto load = sampled / bits;
  auto zero = std::exp(-load);
  auto mean = bits * (1 - zero);
  auto variance = bits * zero * (1 - (1 + load) * zero) + sampled * (1 - share) * zero * zero;
  auto most = std::floor(mean + margin * std::sqrt(variance));
  return {static_cast<std::uint16_t>(std::fmin(most, static_cast<double>(limit))), sampling};
}

} // namespace tessera
