#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace tessera {

/// Lets the first of many like events through to the log, then at most one per interval, so that a flood of them does not
/// become a flood of lines. Pure; one owner.
class log_gate {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit log_gate(std::chrono::milliseconds interval = std::chrono::seconds{1}) noexcept : interval_(interval) {
  }

  /// Something has happened. Returns how many like it were held back since the last that was let through, if this one may
  /// be told; nothing if it is held back itself.
  std::optional<std::uint64_t> pass(time_point now) noexcept {
    if (last_ && now - *last_ < interval_) {
      ++held_back_;
      return std::nullopt;
    }
    last_ = now;
    auto held_back = held_back_;
    held_back_ = 0;
    return held_back;
  }

private:
  std::chrono::milliseconds interval_;
  std::optional<time_point> last_;
  std::uint64_t held_back_ = 0;
};

} // namespace tessera
