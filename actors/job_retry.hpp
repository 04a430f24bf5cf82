#pragma once

#include "cards/errors.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>

/// Whether and when a job tries a card again that could not be made.
namespace tessera {

/// Returns whether the cause may pass by itself. What is wrong with the member or the request stays wrong.
constexpr bool may_pass(error_code why) noexcept {
  switch (why) {
  case error_code::timed_out:
  case error_code::queue_full:
  case error_code::database_unavailable:
  case error_code::shutting_down:
  case error_code::interrupted:
    return true;
  default:
    return false;
  }
}

/// From a failed attempt to the next: together some three minutes, as long as a database takes to be restarted or
/// replaced. Cards are not hurried, and a database that comes back should not meet all of them at once.
inline constexpr std::array<std::chrono::milliseconds, 5> job_retry_delays{
    std::chrono::seconds{1}, std::chrono::seconds{5}, std::chrono::seconds{15}, std::chrono::seconds{45},
    std::chrono::seconds{120}};

/// Returns how long a card that failed for that reason waits for another attempt, or nothing if there is none.
/// `attempts`: so many it has had.
constexpr std::optional<std::chrono::milliseconds> retry_delay(error_code why, std::size_t attempts) noexcept {
  if (!may_pass(why) || attempts == 0 || attempts > job_retry_delays.size())
    return std::nullopt;
  return job_retry_delays[attempts - 1];
}

} // namespace tessera
