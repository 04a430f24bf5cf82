#pragma once

#include <chrono>
#include <cstdint>
#include <string>

/// Numbers as people read them.
namespace tessera::loadtest {

/// Returns the number with a comma before each three digits: "3,000,000".
std::string grouped(std::uint64_t number);

/// The same of the nearest whole number; with one decimal below ten, where that is not a whole one.
std::string grouped(double number);

/// Returns milliseconds with about three digits that count, without a unit: "0.082", "4.31", "1,250".
std::string milliseconds_text(std::chrono::nanoseconds duration);

} // namespace tessera::loadtest
