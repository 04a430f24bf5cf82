#include "loadtest/number_text.hpp"

#include <cmath>
#include <cstddef>
#include <cstdio>

namespace tessera::loadtest {

namespace {

std::string with_decimals(double number, int decimals) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", decimals, number);
  return text;
}

} // namespace

std::string grouped(std::uint64_t number) {
  auto digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  return digits;
}

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
