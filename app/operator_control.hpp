#pragma once

#include "actors/stats_desk.hpp"
#include "app/actor_requests.hpp"
#include "config/log_level.hpp"
#include "operators/node_control.hpp"

#include <functional>
#include <memory>
#include <mutex>

namespace tessera {

/// Does what operators order, with one node. Any thread that is no actor's. Each act that succeeds leaves a line in the
/// audit log and an event on the desk.
class operator_control final : public node_control {
public:
  struct surroundings {
    actor_requests& actors;
    log_level_switch& logging;
    stats_desk& desk;
    bool has_l2 = false;
    std::chrono::milliseconds drain_timeout{0};
    std::function<void()> drain;                                 ///< makes the node stop as by SIGTERM
    std::function<std::vector<reloaded_part>()> reload_files;    ///< the card keys and the certificate
  };

  explicit operator_control(surroundings around);

  result<clearing> clear_everything(const operator_act& act) override;
  result<clearing> clear_member(member_id which, const operator_act& act) override;
  result<warming> warm_cache(std::uint32_t member_limit, const operator_act& act) override;
  result<std::optional<utc_time>> force_breaker(breaker_order order, std::chrono::milliseconds time,
                                                const operator_act& act) override;
  result<utc_time> drain(const operator_act& act) override;
  result<std::optional<utc_time>> set_log_level(std::string_view level, std::optional<std::chrono::milliseconds> time,
                                                const operator_act& act) override;
  std::string log_level() const override;
  result<std::vector<reloaded_part>> reload(const operator_act& act) override;

private:
  result<clearing> cleared(const result<maintenance_done>& done, const std::string& what, const operator_act& act);
  /// For what no actor writes to the audit log.
  void write_audit(std::string action, std::string subject, const std::optional<utc_time>& until,
                   const operator_act& act);
  void note(std::string subject, std::string text, const operator_act& act);

  surroundings around_;
  std::mutex mutex_;
  std::optional<utc_time> drains_until_; ///< set once
};

} // namespace tessera
