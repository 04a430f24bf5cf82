#pragma once

#include "guard/event_log.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// When operators are to be told of a value, and what. The texts are for people who have not built the service.
struct alert_rule {
  std::string_view id; ///< stable: "breaker_open"
  tessera::severity severity = tessera::severity::warning;
  std::string_view
      unit; ///< of value and threshold: "percent", "ms", "s", "days", "clients", or "state", which is 0 or 1
  double threshold = 0;                                                   ///< 0: off
  enum class bad : std::uint8_t { above, below, from } when = bad::above; ///< `from`: also at the threshold itself
  std::chrono::milliseconds hold{0}; ///< bad for so long before it fires, and good for so long before it ends
  std::string_view summary;          ///< what is so: "The database's circuit breaker is open"
  std::string_view meaning;
  std::string_view advice;
};

enum class alert_state : std::uint8_t {
  off,
  ok,
  pending, ///< bad, but not for long enough
  firing,
};

/// How a rule stands.
struct alert_status {
  alert_state state = alert_state::ok;
  std::optional<double> value;                   ///< as it was last; nothing: not known
  std::chrono::steady_clock::time_point since{}; ///< of this state
};

/// Decides which alerts fire. Each rule has a hysteresis: once it fires, the value must be better than the threshold by
/// a tenth of it, for as long as it had to be bad, before the alert ends; so a value that wavers around its threshold
/// makes one alert and not many. A value that is not known is neither good nor bad: what pends is forgotten, what fires
/// goes on until something is known. Pure; one owner.
class alert_rules {
public:
  using time_point = std::chrono::steady_clock::time_point;

  struct change {
    std::size_t rule = 0;
    alert_state from = alert_state::ok;
    alert_state to = alert_state::ok;
  };

  explicit alert_rules(std::vector<alert_rule> rules, time_point now);

  /// Looks at the values, one for each rule, at `now`. Returns what has changed.
  std::vector<change> evaluate(std::span<const std::optional<double>> values, time_point now);

  const std::vector<alert_rule>& rules() const noexcept {
    return rules_;
  }

  /// Returns how each rule stands, in their order.
  const std::vector<alert_status>& statuses() const noexcept {
    return statuses_;
  }

private:
  struct watch {
    std::optional<time_point> good_since; ///< while firing
  };

  static bool is_bad(const alert_rule& rule, double value) noexcept;
  static bool is_good(const alert_rule& rule, double value) noexcept;
  alert_state next(std::size_t index, std::optional<double> value, time_point now) noexcept;

  std::vector<alert_rule> rules_;
  std::vector<alert_status> statuses_;
  std::vector<watch> watches_;
};

std::string_view to_string(alert_state state) noexcept;

} // namespace tessera
