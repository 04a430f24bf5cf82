#pragma once

#include "cards/member.hpp"

#include <array>
#include <string_view>

namespace tessera {

/// The current time in the two spellings that responses need, spelled anew only when it has changed. One owner.
class clock_text {
public:
  /// Sets the time, to be called once per round of the loop.
  void set(utc_time now);

  utc_time now() const noexcept {
    return now_;
  }
  /// Returns ISO 8601 with milliseconds: 24 characters.
  std::string_view timestamp() const noexcept {
    return {timestamp_.data(), timestamp_.size()};
  }
  /// Returns `time` like `timestamp`; cheaply if it is within the current day.
  std::array<char, 24> timestamp_of(utc_time time) const;

  /// Returns an HTTP date (RFC 9110, section 5.6.7): 29 characters.
  std::string_view date() const noexcept {
    return {date_.data(), date_.size()};
  }

private:
  utc_time now_{std::chrono::milliseconds{-1}};
  std::chrono::sys_seconds second_{std::chrono::seconds{-1}};
  std::array<char, 24> timestamp_{};
  std::array<char, 29> date_{};
};

} // namespace tessera
