#pragma once

#include "actors/furniture.hpp"
#include "actors/stats_snapshot.hpp"
#include "guard/backoff.hpp"
#include "guard/firing_alerts.hpp"
#include "messages/types.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace tessera {

struct alert_sender_settings {
  std::string url;                             ///< of the webhook: http:// or https://
  std::chrono::milliseconds look_every{1'000}; ///< whether something has changed
  std::chrono::milliseconds repeat_every{
      60'000};                              ///< an alert that fires is told again: Alertmanager forgets it after 5 min
  std::chrono::milliseconds timeout{2'000}; ///< to connect, and for the answer
  std::chrono::milliseconds backoff_min{1'000}; ///< after a failure, doubled each time
  std::chrono::milliseconds backoff_max{60'000};
};

/// Returns the alerts as Alertmanager's API takes them (POST /api/v2/alerts): an array of labels, annotations, startsAt
/// and, for those that have ended, endsAt.
std::string alertmanager_body(const std::vector<alert_notice>& notices, const node_description& node);

/// Posts the alerts that fire, and those that have ended, to a webhook; what could not be sent is sent again later, as
/// it stands then. Runs on a thread of its own (spawn it detached): its calls block. Nobody waits for it.
struct alert_sender_state {
  static constexpr const char* name = "alert_sender";

  using pointer = alert_sender_actor::stateful_pointer<alert_sender_state>;

  pointer self = nullptr;
  alert_sender_settings settings;
  std::shared_ptr<const node_description> node;
  std::shared_ptr<firing_alerts> alerts;
  alert_sender_metrics* metrics = nullptr;
  clock_source now;
  std::optional<backoff> attempts;
  std::uint64_t told_version = 0;
  steady_time told_at{};
  bool failing = false; ///< and that was logged

  /// Sends what there is to tell, if it is time; sees to it that the next tick comes.
  void on_tick();

private:
  bool send(const firing_alerts::news& news);
};

/// `metrics` must outlive the actor. `now` is steady_clock_source() except in tests.
alert_sender_actor::behavior_type alert_sender(alert_sender_state::pointer self, alert_sender_settings settings,
                                               std::shared_ptr<const node_description> node,
                                               std::shared_ptr<firing_alerts> alerts, alert_sender_metrics* metrics,
                                               clock_source now);

} // namespace tessera
