#include "operators/stats_parts.hpp"

#include "gateway/http/http_errors.hpp"
#include "operators/report_json.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace tessera {

namespace {

using totals = node_totals;
using snapshot = stats_snapshot;

/// A stage that is less busy than this is no bottleneck.
constexpr double least_saturation = 0.05;

struct refusal {
  std::string_view reason;
  std::uint64_t total;
  double per_s;
};

refusal refusal_of(const snapshot& from, std::string_view reason, std::uint64_t totals::*member) {
  return {reason, from.totals.*member, from.window.per_s(member)};
}

refusal refusal_of(const snapshot& from, turned_away why) {
  return {to_string(why), from.totals.turned_away[static_cast<std::size_t>(why)], from.window.per_s(why)};
}

std::vector<refusal> by_limiter(const snapshot& from) {
  std::vector<refusal> all;
  for (std::size_t i = 1; i < static_cast<std::size_t>(turned_away::busy); ++i) // 0 is "no"
    all.push_back(refusal_of(from, static_cast<turned_away>(i)));
  return all;
}

std::vector<refusal> by_queue(const snapshot& from) {
  return {refusal_of(from, "queue_full", &totals::queue_refused_full), refusal_of(from, "shed", &totals::shed),
          refusal_of(from, "queue_timeout", &totals::queue_timed_out)};
}

std::vector<refusal> by_database(const snapshot& from) {
  return {refusal_of(from, "database_full", &totals::pool_refused),
          refusal_of(from, "database_timeout", &totals::pool_timed_out),
          refusal_of(from, "statement_timeout", &totals::statement_timeouts)};
}

void put_refusals(json_text& out, std::string_view name, const std::vector<refusal>& all) {
  out.list(name);
  for (const auto& each : all)
    out.open().put("reason", each.reason).put("total", each.total).put("per_s", rounded(each.per_s)).close();
  out.end_list();
}

/// Returns the threshold of an alert, which a tile shows as its limit; nothing if it is off.
std::optional<double> threshold_of(const snapshot& from, std::string_view id) {
  auto rule = std::ranges::find(*from.rules, id, &alert_rule::id);
  return rule == from.rules->end() || rule->threshold == 0 ? std::nullopt : std::optional{rule->threshold};
}

void put_tile(json_text& out, std::optional<double> now, std::optional<double> peak, std::optional<double> limit) {
  out.put("now", rounded(now)).put("peak", rounded(peak)).put("limit", limit);
}

struct stage_view {
  stage which;
  std::string_view name;
  double per_s = 0;
  std::uint64_t waiting = 0;
  std::uint64_t waiting_limit = 0;                    ///< 0: none
  const recent_latencies::quantiles* times = nullptr; ///< null: not measured
  std::vector<refusal> refused{};
};

void put_stage(json_text& out, const snapshot& from, const stage_view& one) {
  double refused = 0;
  for (const auto& each : one.refused)
    refused += each.per_s;
  out.open()
      .put("id", to_string(one.which))
      .put("name", one.name)
      .put("rate_per_s", rounded(one.per_s))
      .put("waiting", one.waiting)
      .put("waiting_limit", limit(one.waiting_limit))
      .put("saturation", rounded(from.saturation[static_cast<std::size_t>(one.which)], 10'000));
  put_quantiles_ms(out, one.times ? *one.times : recent_latencies::quantiles{});
  auto all = one.which == stage::limiter ? one.per_s : one.per_s + refused; // it counts what it refuses, too
  out.put("refused_per_s", rounded(refused)).put("refused_share", all > 0 ? rounded(refused / all, 10'000) : 0.0);
  put_refusals(out, "refused", one.refused);
  out.close();
}

} // namespace

void put_tiles(json_text& out, const stats_snapshot& from) {
  const auto& window = from.window;
  const auto& recent = from.responses.recent;
  using quantiles = recent_latencies::quantiles;
  out.open("tiles").open("requests").put("unit", "per_s");
  put_tile(out, window.per_s(&totals::requests), from.highest.requests_per_s, std::nullopt);
  out.close().open("latency").put("unit", "ms").open("p50");
  put_tile(out, in<std::milli>(recent, &quantiles::p50), from.highest.p50_ms, std::nullopt);
  out.close().open("p99");
  put_tile(out, in<std::milli>(recent, &quantiles::p99), from.highest.p99_ms, threshold_of(from, "average_response"));
  out.close().close().open("errors").put("unit", "percent");
  put_tile(out, window.error_percent(service_errors), from.highest.errors_percent,
           threshold_of(from, "errors_internal"));
  out.put("per_s", rounded(window.per_s(service_errors))).open("by_status");
  std::map<std::string, double> by_status;
  for (std::size_t i = 1; i < error_code_count; ++i) { // 0 is "none"
    auto code = static_cast<error_code>(i);
    by_status[std::to_string(http_error_of(code).status)] += window.per_s(code);
  }
  for (const auto& [status, per_s] : by_status)
    out.put(status, rounded(per_s));
  out.close().close().open("refused").put("unit", "per_s");
  put_tile(out, window.refused_per_s(), from.highest.refused_per_s, std::nullopt);
  auto refusals = by_limiter(from);
  refusals.push_back(refusal_of(from, turned_away::busy));
  refusals.push_back(refusal_of(from, "connections", &totals::connections_refused));
  for (const auto& more : {by_queue(from), by_database(from)})
    refusals.insert(refusals.end(), more.begin(), more.end());
  put_refusals(out, "by_reason", refusals);
  out.close().open("cards").put("unit", "per_s");
  put_tile(out, window.per_s(&totals::cards_made), from.highest.cards_per_s, std::nullopt);
  out.close().close();
}

void put_stages(json_text& out, const stats_snapshot& from) {
  const auto& window = from.window;
  const auto& gauges = from.gauges;
  const auto& node = *from.node;
  auto lookups = window.per_s(&totals::l1_hits) + window.per_s(&totals::l1_negative_hits)
                 + window.per_s(&totals::l1_stale_found) + window.per_s(&totals::l1_misses);
  auto l2 = window.per_s(&totals::l2_hits) + window.per_s(&totals::l2_misses) + window.per_s(&totals::l2_failures);
  const std::array views{
      stage_view{stage::gateway,
                 "Gateway",
                 window.per_s(&totals::requests),
                 gauges.tickets,
                 node.tickets_limit,
                 &from.responses.recent,
                 {refusal_of(from, turned_away::busy), refusal_of(from, "connections", &totals::connections_refused)}},
      stage_view{stage::limiter, "Limiter", window.per_s(&totals::requests), 0, 0, nullptr, by_limiter(from)},
      stage_view{stage::queue, "Queue", window.per_s(&totals::admitted), gauges.queue_waiting, node.queue_limit,
                 &from.of(timed::queue_wait).recent, by_queue(from)},
      stage_view{stage::l1, "L1 cache", lookups, 0, 0, &from.of(timed::first_hop).recent},
      stage_view{stage::l2,
                 "L2 cache (Redis)",
                 l2,
                 0,
                 0,
                 &from.of(timed::l2).recent,
                 {refusal_of(from, "no_answer", &totals::l2_failures)}},
      stage_view{stage::database, "Database", window.per_s(&totals::keys), gauges.pool_waiting, node.pool_queue_limit,
                 &from.of(timed::statement).recent, by_database(from)},
      stage_view{stage::renderer, "Renderer", window.per_s(&totals::renderer_jobs), gauges.cards_waiting, 0,
                 &from.of(timed::rendering).recent},
  };
  out.list("stages");
  for (const auto& one : views)
    put_stage(out, from, one);
  out.end_list();
  auto narrowest = std::ranges::max_element(from.saturation);
  if (*narrowest < least_saturation)
    out.put_null("narrowest");
  else
    out.put("narrowest", to_string(static_cast<stage>(narrowest - from.saturation.begin())));
}

void put_routes(json_text& out, const stats_snapshot& from) {
  out.list("routes");
  for (std::size_t i = 0; i < route_class_count; ++i) {
    out.open()
        .put("id", to_string(static_cast<route_class>(i)))
        .put("requests", from.totals.requests_by_class[i])
        .put("per_s", rounded(from.window.per_s(&totals::requests_by_class, i)));
    put_quantiles_ms(out, from.routes[i].recent);
    out.close();
  }
  out.end_list();
}

} // namespace tessera
