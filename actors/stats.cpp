#include "actors/stats.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tessera {

namespace {

/// A node that answers so many of its requests with errors of its own does not do its work.
constexpr double down_from_percent = 50;
/// Fewer tell nothing.
constexpr double least_responses_per_s = 1;

std::string_view to_string(severity how) noexcept {
  return how == severity::critical ? "critical" : how == severity::warning ? "warning" : "info";
}

std::string value_text(std::optional<double> value, std::string_view unit) {
  if (!value || unit == "state")
    return {};
  return fmt::format("{:.1f} {}", *value, unit);
}

std::string_view text_of(node_facts::phase phase) noexcept {
  switch (phase) {
  case node_facts::phase::starting:
    return "starting";
  case node_facts::phase::ready:
    break;
  case node_facts::phase::draining:
    return "draining: it takes no new connections";
  }
  return "ready";
}

std::string change_text(const breaker_change& change) {
  auto text = fmt::format("{} to {}", to_string(change.from), to_string(change.to));
  if (change.why != circuit_breaker::reason::none)
    text += fmt::format(": {}", to_string(change.why));
  return text;
}

} // namespace

void stats_state::on_tick() {
  auto at = now();
  auto sample = sampler->take(at, wall_ms());
  evaluate(*sample, at);
  note_phase(*sample);
  note_restarts(*sample);
  note_breaker(*sample);
  judge(*sample);
  keep(*sample);
  desk->newest.put(std::move(sample));
  // In step with the clock rather than so long after the work; what was missed is not made up for.
  next = std::max(next + settings.interval, at);
  auto wait = std::max(next - now(), steady_time::duration{std::chrono::milliseconds{1}});
  self->delayed_send(stats_actor{self}, std::chrono::ceil<std::chrono::microseconds>(wait), tick{});
}

void stats_state::evaluate(stats_snapshot& sample, steady_time at) {
  for (const auto& change : rules->evaluate(values.of(sample), at))
    announce(change, sample);
  sample.rules = rule_list;
  sample.alerts = rules->statuses();
}

void stats_state::announce(const alert_rules::change& change, const stats_snapshot& sample) {
  bool begins = change.to == alert_state::firing;
  if (!begins && change.from != alert_state::firing)
    return; // pending tells nobody anything
  const auto& rule = rules->rules()[change.rule];
  auto value = value_text(rules->statuses()[change.rule].value, rule.unit);
  auto text = std::string{rule.summary} + (value.empty() ? "" : " (" + value + ")");
  if (begins)
    spdlog::log(rule.severity == severity::critical ? spdlog::level::err : spdlog::level::warn,
                "alert {} begins: {}. {} {}", rule.id, text, rule.meaning, rule.advice);
  else
    spdlog::info("alert {} ends", rule.id);
  desk->events.add({0, sample.at_ms, event_kind::alert, begins ? rule.severity : severity::info, std::string{rule.id},
                    begins ? text : "ended: " + std::string{rule.summary}});
  alert_notice notice;
  notice.id = rule.id;
  notice.severity = to_string(rule.severity);
  notice.summary = rule.summary;
  notice.meaning = rule.meaning;
  notice.advice = rule.advice;
  notice.value = value;
  notice.began_ms = sample.at_ms;
  if (!begins)
    notice.ended_ms = sample.at_ms;
  desk->alerts->put(std::move(notice));
}

void stats_state::note_restarts(const stats_snapshot& sample) {
  for (const auto& one : sample.actors) {
    auto who = fmt::format("{} {}", one.kind, one.shard);
    auto [known, is_new] = restarts.emplace(who, one.restarts);
    if (is_new || std::exchange(known->second, one.restarts) >= one.restarts)
      continue;
    desk->events.add({0, sample.at_ms, event_kind::restart, severity::warning, who,
                      fmt::format("ended and was replaced ({} so far)", one.restarts)});
  }
}

void stats_state::note_breaker(const stats_snapshot& sample) {
  if (!sample.breaker)
    return;
  for (const auto& change : *sample.breaker) {
    if (change.at_ms <= last_breaker_change_ms)
      continue;
    auto how = change.to == circuit_breaker::state::open     ? severity::critical
               : change.to == circuit_breaker::state::closed ? severity::info
                                                             : severity::warning;
    desk->events.add({0, change.at_ms, event_kind::breaker, how, "db_pool", change_text(change)});
  }
  if (!sample.breaker->empty())
    last_breaker_change_ms = sample.breaker->back().at_ms;
}

void stats_state::note_phase(const stats_snapshot& sample) {
  if (std::exchange(phase, sample.facts.now) == sample.facts.now)
    return;
  desk->events.add(
      {0, sample.at_ms, event_kind::node, severity::info, sample.node->name, std::string{text_of(sample.facts.now)}});
}

/// Sums the sample up in a word: down if it does not do its work, degraded if something critical is wrong or a part is
/// away.
void stats_state::judge(stats_snapshot& sample) {
  node_state state;
  if (!sample.gauges.database_available)
    state.degraded.push_back("database");
  if (sample.gauges.l2_connected < sample.gauges.l2_connections)
    state.degraded.push_back("redis");
  auto critical = std::ranges::find_if(sample.alerts, [&](const auto& alert) {
    const auto& rule = (*rule_list)[static_cast<std::size_t>(&alert - sample.alerts.data())];
    return alert.state == alert_state::firing && rule.severity == severity::critical;
  });
  auto errors = sample.window.error_percent(service_errors);
  if (sample.facts.now != node_facts::phase::ready) {
    state.word = health_word::down;
    state.cause = fmt::format("The node is {}", text_of(sample.facts.now));
  } else if (sample.window.responses_per_s() >= least_responses_per_s && errors && *errors >= down_from_percent) {
    state.word = health_word::down;
    state.cause = "Most responses are errors";
  } else if (critical != sample.alerts.end() || !state.degraded.empty()) {
    state.word = health_word::degraded;
  }
  if (critical != sample.alerts.end())
    state.cause += (state.cause.empty() ? "" : ": ")
                   + std::string{(*rule_list)[static_cast<std::size_t>(critical - sample.alerts.begin())].summary};
  else if (state.cause.empty() && !state.degraded.empty())
    state.cause = fmt::format("The {} cannot be reached", state.degraded.front());
  // A cause that changes is not a new beginning.
  state.since_ms = state.word == known.word && known.since_ms != 0 ? known.since_ms : sample.at_ms;
  known = state;
  sample.state = std::move(state);
}

void stats_state::keep(stats_snapshot& sample) {
  if (sample.second.seconds > 0)
    desk->history.add(static_cast<std::int64_t>(sample.at_ms / 1'000), values_of(sample));
  auto highest = [&](std::string_view series) -> std::optional<double> {
    auto value = desk->history.greatest(index_of_series(series));
    return std::isnan(value) ? std::nullopt : std::optional<double>{value};
  };
  sample.highest = {highest("requests_per_s"), highest("latency_p50_ms"), highest("latency_p99_ms"),
                    highest("errors_percent"), highest("refused_per_s"),  highest("cards_per_s")};
}

stats_actor::behavior_type stats(stats_state::pointer self, stats_settings settings, std::shared_ptr<stats_desk> desk,
                                 actor_metrics* metrics, clock_source now, std::function<std::uint64_t()> wall_ms) {
  furnish(self, stats_state::name, *metrics);
  auto& state = self->state;
  state.self = self;
  state.settings = std::move(settings);
  state.desk = std::move(desk);
  state.metrics = metrics;
  state.now = std::move(now);
  state.wall_ms = std::move(wall_ms);
  auto rules = node_alert_rules(state.settings.alerts);
  state.rule_list = std::make_shared<const std::vector<alert_rule>>(rules);
  state.rules.emplace(std::move(rules), state.now());
  state.sampler.emplace(state.desk->sources);
  if (auto before = state.desk->newest.get())
    state.known = before->state;
  state.next = state.now();
  state.on_tick();
  return {
      [self](const tick&) {
        handling timed{*self->state.metrics};
        self->state.on_tick();
      },
  };
}

} // namespace tessera
