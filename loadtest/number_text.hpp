#pragma once

#include "config/grouped.hpp"

#include <chrono>
#include <string>

/// Numbers as people read them.
namespace tessera::loadtest {

using tessera::grouped;

/// The same of the nearest whole number; with one decimal below ten, where that is not a whole one.
std::string grouped(double number);

/// Returns milliseconds with about three digits that count, without a unit: "0.082", "4.31", "1,250".
std::string milliseconds_text(std::chrono::nanoseconds duration);

} // namespace tessera::loadtest
