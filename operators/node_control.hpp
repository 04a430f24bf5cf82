#pragma once

#include "cards/member_id.hpp"
#include "cards/result.hpp"
#include "messages/control.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// Who wants something done, and why: for the audit log.
struct operator_act {
  std::string actor; ///< as `audit_entry::actor`
  std::string reason;
};

/// What operators may have a node do. Every call is answered within a bounded time (12 s at most) and written to the
/// audit log if it succeeds. A failure is one sentence with `database_unavailable` (also where an actor does not answer
/// in time), `not_found`, `conflict` or `shutting_down`. Any thread that is no actor's.
class node_control {
public:
  virtual ~node_control() = default;

  struct clearing {
    bool has_l2 = false;
    bool l2_owes = false; ///< Redis will be told as soon as it can be; nothing is read from it before
  };
  virtual result<clearing> clear_everything(const operator_act& act) = 0;
  virtual result<clearing> clear_member(member_id which, const operator_act& act) = 0;

  struct warming {
    bool finished = false; ///< else it goes on
    std::uint32_t members = 0;
  };
  virtual result<warming> warm_cache(std::uint32_t member_limit, const operator_act& act) = 0;

  /// Returns until when the order holds: nothing for `automatic`.
  virtual result<std::optional<utc_time>> force_breaker(breaker_order order, std::chrono::milliseconds time,
                                                        const operator_act& act) = 0;

  /// The node stops as by SIGTERM, right after this call. Asked again it changes nothing. Returns when those who are
  /// still served then are cut off.
  virtual result<utc_time> drain(const operator_act& act) = 0;

  /// `time`: after which the configured level returns; nothing: never. REQUIRES: `level` is one.
  virtual result<std::optional<utc_time>>
  set_log_level(std::string_view level, std::optional<std::chrono::milliseconds> time, const operator_act& act) = 0;
  virtual std::string log_level() const = 0;

  struct reloaded_part {
    enum class outcome : std::uint8_t { reloaded, failed, off };

    std::string what; ///< "api_keys", "card_keys", "certificate", "access_log"
    outcome came_to = outcome::reloaded;
    std::string detail; ///< of a failure; what was in force stays so
  };
  virtual result<std::vector<reloaded_part>> reload(const operator_act& act) = 0;
};

} // namespace tessera
