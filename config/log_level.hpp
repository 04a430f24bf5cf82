#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace tessera {

/// Returns whether `text` is a level of the setting log.level.
bool is_log_level(std::string_view text) noexcept;

/// From which level on the program logs, which operators may change for a while. Any thread.
class log_level_switch {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// @param configured to which it goes back
  explicit log_level_switch(std::string configured);

  /// Logs from `level` on: until `until`, or for good, in place of a change before. REQUIRES: it is a level.
  void set(std::string_view level, std::optional<time_point> until);

  /// Goes back if the time of a change is over. To be called about once a second.
  void look(time_point now);

  std::string level() const;

private:
  void apply(std::string_view level);

  const std::string configured_;
  mutable std::mutex mutex_;
  std::string level_;
  std::optional<time_point> until_;
};

} // namespace tessera
