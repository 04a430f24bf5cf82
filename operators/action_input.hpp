#pragma once

#include "cards/member.hpp"
#include "cards/member_id.hpp"
#include "gateway/http/json_input.hpp"
#include "messages/control.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

/// What operators order, parsed and checked; a problem names the member that is wrong.
namespace tessera {

struct clear_action {
  std::optional<member_id> member; ///< nothing: everything
};
struct warm_action {
  std::uint32_t member_limit = 0;
};
struct breaker_action {
  breaker_order order = breaker_order::automatic;
  std::chrono::milliseconds time{0};
};
struct drain_action {};
struct log_action {
  std::string level;
  std::optional<std::chrono::milliseconds> time;
};
struct reload_action {};

struct action_input {
  std::string reason;
  std::variant<clear_action, warm_action, breaker_action, drain_action, log_action, reload_action> what;
};

/// The names of actions, in the order of the variant.
inline constexpr std::array<std::string_view, 6> action_names{"clear-cache", "warm-cache", "breaker",
                                                              "drain",       "log-level",  "reload"};

/// The longest that an order may hold.
inline constexpr std::chrono::hours longest_order{24};

/// Parses the body of an action; `name` is one of `action_names`.
input<action_input> parse_action(std::string_view name, std::string_view body, utc_time now);

} // namespace tessera
