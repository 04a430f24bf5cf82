#pragma once

#include "actors/furniture.hpp"
#include "actors/node_alerts.hpp"
#include "actors/stats_desk.hpp"
#include "messages/types.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace tessera {

struct stats_settings {
  std::chrono::milliseconds interval{1'000}; ///< between samples
  alert_settings alerts;
};

/// Takes a sample of what all actors count once a second, keeps the history, decides on the alerts, and publishes a
/// snapshot that all readers share. Runs on a thread of its own (spawn it detached): it reads /proc, and a second is a
/// second for it also while CAF's workers have too much to do, which is when operators look. Takes about a millisecond
/// for a sample (bench_metrics).
struct stats_state {
  static constexpr const char* name = "stats";

  using pointer = stats_actor::stateful_pointer<stats_state>;

  pointer self = nullptr;
  stats_settings settings;
  std::shared_ptr<stats_desk> desk;
  actor_metrics* metrics = nullptr;
  clock_source now;
  std::function<std::uint64_t()> wall_ms;
  std::optional<stats_sampler> sampler;
  std::optional<alert_rules> rules;
  std::shared_ptr<const std::vector<alert_rule>> rule_list;
  node_alert_values values;

  node_state known; ///< as published last
  std::map<std::string, std::uint64_t> restarts;
  std::uint64_t last_breaker_change_ms = 0;
  node_facts::phase phase = node_facts::phase::starting;
  steady_time next{};

  /// Takes a sample, and sees to it that the next tick comes.
  void on_tick();

private:
  void evaluate(stats_snapshot& sample, steady_time at);
  void announce(const alert_rules::change& change, const stats_snapshot& sample);
  void note_restarts(const stats_snapshot& sample);
  void note_breaker(const stats_snapshot& sample);
  void note_phase(const stats_snapshot& sample);
  void judge(stats_snapshot& sample);
  void keep(stats_snapshot& sample);
};

/// Takes its first sample before it handles messages. `desk` has its sources; `metrics` must outlive the actor. `now`
/// is steady_clock_source() and `wall_ms` wall_clock_ms except in tests.
stats_actor::behavior_type stats(stats_state::pointer self, stats_settings settings, std::shared_ptr<stats_desk> desk,
                                 actor_metrics* metrics, clock_source now, std::function<std::uint64_t()> wall_ms);

} // namespace tessera
