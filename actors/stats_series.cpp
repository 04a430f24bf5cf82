#include "actors/stats_series.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <optional>

namespace tessera {

namespace {

using snapshot = stats_snapshot;

constexpr float unknown = std::numeric_limits<float>::quiet_NaN();

float number(double value) noexcept {
  return static_cast<float>(value);
}
float number(std::uint64_t value) noexcept {
  return static_cast<float>(value);
}
float number(const std::optional<double>& value) noexcept {
  return value ? number(*value) : unknown;
}

float ms(const timing& of, std::chrono::nanoseconds recent_latencies::quantiles::*which) noexcept {
  if (of.last.count == 0)
    return unknown;
  return number(std::chrono::duration<double, std::milli>(of.last.*which).count());
}

float saturation(const snapshot& from, stage which) noexcept {
  return number(100 * from.saturation[static_cast<std::size_t>(which)]);
}

constexpr std::array<stats_series, stats_series_count> series{{
    {"requests_per_s", [](const snapshot& x) { return number(x.second.per_s(&node_totals::requests)); }},
    {"errors_per_s", [](const snapshot& x) { return number(x.second.per_s(service_errors)); }},
    {"errors_percent", [](const snapshot& x) { return number(x.second.error_percent(service_errors)); }},
    {"refused_per_s", [](const snapshot& x) { return number(x.second.refused_per_s()); }},
    {"latency_mean_ms", [](const snapshot& x) { return number(x.second.mean_response_ms()); }},
    {"latency_p50_ms", [](const snapshot& x) { return ms(x.responses, &recent_latencies::quantiles::p50); }},
    {"latency_p99_ms", [](const snapshot& x) { return ms(x.responses, &recent_latencies::quantiles::p99); }},
    {"cards_per_s", [](const snapshot& x) { return number(x.second.per_s(&node_totals::cards_made)); }},
    {"hit_ratio_percent", [](const snapshot& x) { return number(x.second.hit_percent()); }},
    {"l1_hit_ratio_percent", [](const snapshot& x) { return number(x.second.l1_hit_percent()); }},
    {"l2_hit_ratio_percent", [](const snapshot& x) { return number(x.second.l2_hit_percent()); }},
    {"queue_waiting", [](const snapshot& x) { return number(x.gauges.queue_waiting); }},
    {"queue_at_work", [](const snapshot& x) { return number(x.gauges.queue_at_work); }},
    {"database_busy", [](const snapshot& x) { return number(x.gauges.pool_busy); }},
    {"database_waiting", [](const snapshot& x) { return number(x.gauges.pool_waiting); }},
    {"database_p99_ms",
     [](const snapshot& x) { return ms(x.of(timed::statement), &recent_latencies::quantiles::p99); }},
    {"breaker_state", [](const snapshot& x) { return number(static_cast<std::uint64_t>(x.gauges.breaker)); }},
    {"loop_busy_percent", [](const snapshot& x) { return saturation(x, stage::gateway); }},
    {"connections", [](const snapshot& x) { return number(x.facts.connections); }},
    {"tickets", [](const snapshot& x) { return number(x.gauges.tickets); }},
    {"cpu_percent", [](const snapshot& x) { return number(x.cpu_percent); }},
    {"resident_bytes", [](const snapshot& x) { return number(x.process.resident_bytes); }},
    {"stale_served_per_s", [](const snapshot& x) { return number(x.second.per_s(&node_totals::stale_served)); }},
    {"renderer_busy_percent", [](const snapshot& x) { return saturation(x, stage::renderer); }},
}};

} // namespace

const std::array<stats_series, stats_series_count>& all_stats_series() noexcept {
  return series;
}

std::size_t index_of_series(std::string_view name) noexcept {
  auto found = std::ranges::find(series, name, &stats_series::name);
  assert(found != series.end());
  return static_cast<std::size_t>(found - series.begin());
}

std::vector<float> values_of(const stats_snapshot& from) {
  std::vector<float> values;
  values.reserve(series.size());
  for (const auto& each : series)
    values.push_back(each.value(from));
  return values;
}

} // namespace tessera
