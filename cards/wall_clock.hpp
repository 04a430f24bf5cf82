#pragma once

#include "cards/member.hpp"

#include <chrono>

namespace tessera {

/// Returns the machine's calendar time, which may jump. Where time decides, it is an argument; this is for those who
/// give it. Any thread.
inline utc_time wall_clock() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

} // namespace tessera
