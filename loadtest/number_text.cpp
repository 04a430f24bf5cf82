#include "loadtest/number_text.hpp"

#include <cmath>
#include <cstdio>

namespace tessera::loadtest {

namespace {

std::string with_decimals(double number, int decimals) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", decimals, number);
  return text;
}

} // namespace

std::string grouped(double number) {
  if (number < 10 && number != std::floor(number))
    return with_decimals(number, 1);
  return grouped(static_cast<std::uint64_t>(std::llround(number)));
}

std::string milliseconds_text(std::chrono::nanoseconds duration) {
  auto value = std::chrono::duration<double, std::milli>(duration).count();
  if (value >= 100)
    return grouped(static_cast<std::uint64_t>(std::llround(value)));
  return with_decimals(value, value >= 10 ? 1 : value >= 1 ? 2 : 3);
}

} // namespace tessera::loadtest
