#include "operators/stats_json.hpp"

#include "gateway/http/http_errors.hpp"
#include "operators/actor_list.hpp"
#include "operators/report_json.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <map>

namespace tessera {

namespace {

using totals = node_totals;
using snapshot = stats_snapshot;

constexpr std::size_t shown_events = 50;

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

void put_node(json_text& out, const snapshot& from) {
  const auto& node = *from.node;
  constexpr std::array<std::string_view, 3> phases{"starting", "ready", "draining"};
  out.open("node")
      .put("name", node.name)
      .put("version", node.version)
      .put("environment", node.environment)
      .put("phase", phases[static_cast<std::size_t>(from.facts.now)])
      .put("started_at", time_text(node.started_ms))
      .put("uptime_s", rounded(static_cast<double>(from.at_ms - std::min(from.at_ms, node.started_ms)) / 1e3, 10))
      .put("store", node.store)
      .put("redis", node.has_l2)
      .put("limits", node.limits)
      .put("tls", node.tls)
      .put("io_loops", std::uint64_t{node.io_loops})
      .put("workers", std::uint64_t{node.workers})
      .put("shards", std::uint64_t{node.shards})
      .put("renderers", std::uint64_t{node.renderers})
      .close();
}

void put_state(json_text& out, const snapshot& from) {
  auto firing = std::ranges::count(from.alerts, alert_state::firing, &alert_status::state);
  out.open("state").put("word", to_string(from.state.word));
  if (from.state.cause.empty())
    out.put_null("cause");
  else
    out.put("cause", from.state.cause);
  out.put("since", time_text(from.state.since_ms))
      .put("alerts_firing", static_cast<std::uint64_t>(firing))
      .list("degraded");
  for (auto part : from.state.degraded)
    out.item(part);
  out.end_list().close();
}

/// Returns the threshold of an alert, which a tile shows as its limit; nothing if it is off.
std::optional<double> threshold_of(const snapshot& from, std::string_view id) {
  auto rule = std::ranges::find(*from.rules, id, &alert_rule::id);
  return rule == from.rules->end() || rule->threshold == 0 ? std::nullopt : std::optional{rule->threshold};
}

void put_tile(json_text& out, std::optional<double> now, std::optional<double> peak, std::optional<double> limit) {
  out.put("now", rounded(now)).put("peak", rounded(peak)).put("limit", limit);
}

void put_tiles(json_text& out, const snapshot& from) {
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

void put_stages(json_text& out, const snapshot& from) {
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

void put_routes(json_text& out, const snapshot& from) {
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

void put_gateway(json_text& out, const snapshot& from) {
  const auto& all = from.totals;
  out.open("gateway")
      .put("connections", from.facts.connections)
      .put("connections_limit", from.facts.connection_limit)
      .put("accepted", all.accepted)
      .put("connections_refused", all.connections_refused)
      .put("failed_handshakes", all.failed_handshakes)
      .put("slow_readers", all.slow_readers)
      .put("accept_pauses", all.accept_pauses)
      .put("requests", all.requests)
      .open("responses")
      .put("2xx", all.responses_2xx)
      .put("3xx", all.responses_3xx)
      .put("4xx", all.responses_4xx)
      .put("5xx", all.responses_5xx)
      .close()
      .put("tickets", from.gauges.tickets)
      .put("tickets_limit", std::uint64_t{from.node->tickets_limit})
      .put("rounds_per_s", rounded(from.window.per_s(&totals::rounds)))
      .put("bytes_in_per_s", rounded(from.window.per_s(&totals::bytes_in)))
      .put("bytes_out_per_s", rounded(from.window.per_s(&totals::bytes_out)))
      .close();
}

void put_queue(json_text& out, const snapshot& from) {
  out.open("queue")
      .put("at_work", from.gauges.queue_at_work)
      .put("concurrency", limit(from.node->queue_concurrency))
      .put("waiting", from.gauges.queue_waiting)
      .put("limit", limit(from.node->queue_limit))
      .put("oldest_ms", rounded(static_cast<double>(from.gauges.queue_oldest_us) / 1e3))
      .put("overloaded", from.gauges.overloaded)
      .put("admitted", from.totals.admitted)
      .put("shed", from.totals.shed)
      .put("refused_full", from.totals.queue_refused_full)
      .put("timed_out", from.totals.queue_timed_out)
      .put("withdrawn", from.totals.queue_withdrawn)
      .close();
}

std::uint64_t steady_ms(std::chrono::steady_clock::time_point at) noexcept {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count());
}

std::string_view cause_of(const breaker_change& change) noexcept {
  switch (change.to) {
  case circuit_breaker::state::closed:
    return "probes in a row succeeded";
  case circuit_breaker::state::half_open:
    return "the recovery time is over";
  case circuit_breaker::state::open:
    break;
  }
  return to_string(change.why);
}

void put_breaker(json_text& out, const snapshot& from) {
  const auto& gauges = from.gauges;
  out.open("breaker").put("state", to_string(gauges.breaker));
  bool changed = from.breaker && !from.breaker->empty();
  out.put("since", time_text(changed ? from.breaker->back().at_ms : from.node->started_ms));
  if (gauges.breaker == circuit_breaker::state::closed)
    out.put_null("next_probe_s");
  else
    out.put("next_probe_s",
            std::max(0.0, (static_cast<double>(gauges.probe_at_ms) - static_cast<double>(steady_ms(from.at))) / 1e3));
  out.put("opened", from.totals.breaker_opened).put("probes", from.totals.probes).list("transitions");
  for (std::size_t i = changed ? from.breaker->size() : 0; i > 0; --i) {
    const auto& change = (*from.breaker)[i - 1];
    out.open()
        .put("at", time_text(change.at_ms))
        .put("from", to_string(change.from))
        .put("to", to_string(change.to))
        .put("cause", cause_of(change))
        .close();
  }
  out.end_list().close();
}

void put_pool(json_text& out, const snapshot& from) {
  const auto& gauges = from.gauges;
  const auto& all = from.totals;
  const auto& window = from.window;
  auto statements = window.per_s(&totals::statements);
  out.open("pool")
      .put("kind", from.node->store)
      .put("connections", gauges.pool_connections)
      .put("idle", gauges.pool_connections - std::min(gauges.pool_connections, gauges.pool_busy))
      .put("busy", gauges.pool_busy)
      .put("waiting", gauges.pool_waiting)
      .put("limit", gauges.pool_limit)
      .put("queue_limit", std::uint64_t{from.node->pool_queue_limit})
      .put("available", gauges.database_available)
      .put("statements", all.statements)
      .put("statements_per_s", rounded(statements))
      .put("keys", all.keys)
      .put("keys_per_s", rounded(window.per_s(&totals::keys)))
      .put("keys_per_statement",
           statements > 0 ? std::optional{rounded(window.per_s(&totals::keys) / statements)} : std::nullopt)
      .put("rows", all.rows)
      .put("retries", all.retries)
      .put("refused", all.pool_refused)
      .put("timed_out", all.pool_timed_out)
      .put("slow_statements", all.slow_statements)
      .put("statement_timeouts", all.statement_timeouts);
  put_quantiles_ms(out, from.of(timed::statement).recent);
  put_breaker(out, from);
  out.close();
}

void put_l1(json_text& out, const snapshot& from) {
  const auto& all = from.totals;
  const auto& window = from.window;
  out.open("l1")
      .put("entries", from.gauges.l1_entries)
      .put("bytes", from.gauges.l1_bytes)
      .put("limit_bytes", from.gauges.l1_byte_limit)
      .put("hits", all.l1_hits)
      .put("hits_per_s", rounded(window.per_s(&totals::l1_hits)))
      .put("misses", all.l1_misses)
      .put("misses_per_s", rounded(window.per_s(&totals::l1_misses)))
      .put("hit_ratio_percent", rounded(window.l1_hit_percent()))
      .put("negative_hits", all.l1_negative_hits)
      .put("negative_hits_per_s", rounded(window.per_s(&totals::l1_negative_hits)))
      .put("negative_entries", from.gauges.l1_negative_entries)
      .put("stale_found", all.l1_stale_found)
      .put("stale_served", all.stale_served)
      .put("stale_served_per_s", rounded(window.per_s(&totals::stale_served)))
      .put("joined_loads", all.joined)
      .put("joined_loads_per_s", rounded(window.per_s(&totals::joined)))
      .put("evictions", all.l1_evictions)
      .put("evictions_per_s", rounded(window.per_s(&totals::l1_evictions)))
      .put("expirations", all.l1_expirations)
      .put("invalidations", all.l1_invalidations)
      .close();
}

void put_l2(json_text& out, const snapshot& from) {
  const auto& all = from.totals;
  const auto& gauges = from.gauges;
  const auto& window = from.window;
  out.open("l2")
      .put("configured", from.node->has_l2)
      .put("connected", from.node->has_l2 && gauges.l2_connected == gauges.l2_connections)
      .put("connections", gauges.l2_connections)
      .put("entries", gauges.l2_keys)
      .put("bytes", gauges.l2_bytes)
      .put("hits", all.l2_hits)
      .put("hits_per_s", rounded(window.per_s(&totals::l2_hits)))
      .put("misses", all.l2_misses)
      .put("misses_per_s", rounded(window.per_s(&totals::l2_misses)))
      .put("hit_ratio_percent", rounded(window.l2_hit_percent()))
      .put("failures", all.l2_failures)
      .put("failures_per_s", rounded(window.per_s(&totals::l2_failures)))
      .put("round_trips", all.l2_round_trips)
      .put("round_trips_per_s", rounded(window.per_s(&totals::l2_round_trips)))
      .put("commands_per_s", rounded(window.per_s(&totals::l2_commands)))
      .put("owed_invalidations", gauges.owed_invalidations)
      .close();
}

void put_caches(json_text& out, const snapshot& from) {
  const auto& gauges = from.gauges;
  const auto& all = from.totals;
  out.open("caches").put("hit_ratio_percent", rounded(from.window.hit_percent()));
  put_l1(out, from);
  put_l2(out, from);
  out.open("cards").open("entries");
  constexpr std::array<std::string_view, card_cache_count> names{"data", "qr", "pictures"};
  for (std::size_t i = 0; i < card_cache_count; ++i)
    out.put(names[i], gauges.card_entries[i]);
  auto asked = all.card_hits + all.card_misses;
  out.close()
      .put("bytes", gauges.card_bytes)
      .put("limit_bytes", gauges.card_byte_limit)
      .put("hits", all.card_hits)
      .put("misses", all.card_misses)
      .put("hit_ratio_percent",
           asked == 0 ? std::nullopt
                      : std::optional{rounded(100 * static_cast<double>(all.card_hits) / static_cast<double>(asked))})
      .put("joined", all.cards_joined)
      .close()
      .close();
}

void put_cards_and_jobs(json_text& out, const snapshot& from) {
  const auto& all = from.totals;
  const auto& gauges = from.gauges;
  out.open("cards")
      .put("made", all.cards_made)
      .put("made_per_s", rounded(from.window.per_s(&totals::cards_made)))
      .put("failed", all.cards_failed)
      .put("verified_valid", all.cards_valid)
      .put("verified_invalid", all.cards_invalid)
      .put("jobs", gauges.card_jobs)
      .put("waiting", gauges.cards_waiting)
      .put("changes", all.card_changes)
      .put("changed_members", gauges.changed_members)
      .close()
      .open("jobs")
      .put("batches", all.batches)
      .put("running", gauges.batches_running)
      .put("cards_at_work", gauges.batch_cards_at_work)
      .put("cards_made", all.batch_cards_made)
      .put("cards_failed", all.batch_cards_failed)
      .put("abandoned", all.batches_abandoned)
      .close();
}

void put_process(json_text& out, const snapshot& from) {
  const auto& process = from.process;
  out.open("process")
      .put("cores", std::uint64_t{process.cores})
      .put("cpu_percent", rounded(from.cpu_percent))
      .put("cpu_limit_percent", std::uint64_t{100} * process.cores)
      .put("resident_bytes", process.resident_bytes)
      .put("heap_used_bytes", from.facts.heap_used_bytes)
      .put("heap_total_bytes", from.facts.heap_total_bytes)
      .put("memory_limit_bytes", limit(process.memory_limit_bytes))
      .put("descriptors", process.descriptors)
      .put("descriptors_limit", limit(process.descriptors_limit))
      .put("threads", process.threads)
      .put("uptime_s", rounded(static_cast<double>(from.at_ms - std::min(from.at_ms, from.node->started_ms)) / 1e3, 10))
      .put("clock_offset_s", rounded(from.clock_offset_s, 1'000))
      .close();
}

/// Whom a key that there was no room to count alone belongs to.
std::string_view name_of(const key_id& key) noexcept {
  return key == key_id{} ? "others" : key.text();
}

void put_security(json_text& out, const snapshot& from) {
  std::uint64_t with_key = 0;
  double with_key_per_s = 0;
  out.open("security")
      .open("keys")
      .put("configured", from.facts.keys_configured)
      .put("known", from.gauges.api_keys)
      .put("refreshed_s_ago",
           rounded(static_cast<double>(steady_ms(from.at) - std::min(steady_ms(from.at), from.gauges.keys_refreshed_ms))
                       / 1e3,
                   10))
      .list("used");
  for (std::size_t i = 0; i < from.uses.size(); ++i) {
    const auto& use = from.uses[i];
    with_key += use.requests;
    with_key_per_s += from.uses_per_s[i];
    out.open()
        .put("key", name_of(use.key))
        .put("requests", use.requests)
        .put("per_s", rounded(from.uses_per_s[i]))
        .put("last_used", time_text(use.last_ms))
        .close();
  }
  out.end_list()
      .close()
      .open("without_key")
      .put("requests", from.totals.requests - std::min(from.totals.requests, with_key))
      .put("per_s", rounded(std::max(0.0, from.window.per_s(&totals::requests) - with_key_per_s)))
      .close()
      .list("suspects");
  auto wall = [&](suspect_list::time_point at) {
    auto ago = std::chrono::duration_cast<std::chrono::milliseconds>(from.at - at).count();
    return time_text(static_cast<std::uint64_t>(static_cast<std::int64_t>(from.at_ms) - ago));
  };
  for (const auto& one : from.suspects)
    out.open()
        .put("client", fmt::format("{:08x}", one.who.value >> 32))
        .put("fault", to_string(one.fault))
        .put("since", wall(one.since))
        .put("until", wall(one.until))
        .close();
  out.end_list();
  if (from.facts.certificate_until)
    out.put("certificate_expires_at", iso8601(*from.facts.certificate_until));
  else
    out.put_null("certificate_expires_at");
  out.open("audit")
      .put("written", from.totals.audit_written)
      .put("waiting", from.gauges.audit_waiting)
      .put("dropped", from.totals.audit_dropped)
      .close()
      .close();
}

void put_alert(json_text& out, const snapshot& from, const alert_rule& rule, const alert_status& status) {
  constexpr std::array<std::string_view, 3> severities{"info", "warning", "critical"};
  auto ago = std::chrono::duration_cast<std::chrono::milliseconds>(from.at - status.since).count();
  out.open()
      .put("id", rule.id)
      .put("severity", severities[static_cast<std::size_t>(rule.severity)])
      .put("state", to_string(status.state))
      .put("since", time_text(static_cast<std::uint64_t>(static_cast<std::int64_t>(from.at_ms) - ago)))
      .put("value", rounded(status.value))
      .put("threshold", rule.threshold)
      .put("unit", rule.unit)
      .put("below", rule.when == alert_rule::bad::below)
      .put("hold_s", static_cast<double>(rule.hold.count()) / 1e3)
      .put("summary", rule.summary)
      .put("meaning", rule.meaning)
      .put("advice", rule.advice)
      .close();
}

/// What fires first, the critical ones before the others; then what pends, what is well, what is off.
void put_alerts(json_text& out, const snapshot& from) {
  std::vector<std::size_t> order(from.alerts.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  auto rank = [&](std::size_t i) { return std::pair{from.alerts[i].state, (*from.rules)[i].severity}; };
  std::ranges::stable_sort(order, [&](auto a, auto b) { return rank(a) > rank(b); });
  out.list("alerts");
  for (auto i : order)
    put_alert(out, from, (*from.rules)[i], from.alerts[i]);
  out.end_list();
}

void put_webhook(json_text& out, const snapshot& from) {
  out.open("webhook")
      .put("configured", from.node->webhook)
      .put("sent", from.totals.alerts_sent)
      .put("failed", from.totals.alerts_failed)
      .put("waiting", from.gauges.alerts_waiting)
      .put("last_success", time_or_nothing(from.gauges.alert_sent_at_ms))
      .close();
}

void put_ranges(json_text& out) {
  constexpr std::array<std::string_view, metric_history::scales.size()> names{"10m", "6h", "7d"};
  out.open("history").list("ranges");
  for (std::size_t i = 0; i < names.size(); ++i)
    out.open()
        .put("range", names[i])
        .put("step_s", static_cast<std::uint64_t>(metric_history::scales[i].step_s))
        .put("points", std::uint64_t{metric_history::scales[i].points})
        .close();
  out.end_list().close();
}

} // namespace

void put_events(json_text& out, const std::vector<event>& events) {
  constexpr std::array<std::string_view, 5> kinds{"node", "breaker", "restart", "alert", "operator"};
  constexpr std::array<std::string_view, 3> severities{"info", "warning", "critical"};
  out.list("events");
  for (const auto& each : events)
    out.open()
        .put("id", each.number)
        .put("at", time_text(each.at_ms))
        .put("kind", kinds[static_cast<std::size_t>(each.kind)])
        .put("severity", severities[static_cast<std::size_t>(each.severity)])
        .put("subject", each.subject)
        .put("text", each.text)
        .close();
  out.end_list();
}

std::string stats_json(const stats_snapshot& from, const stats_desk& desk) {
  json_text out;
  out.open()
      .put("schema_version", std::uint64_t{1})
      .put("sequence", from.sequence)
      .put("sampled_at", time_text(from.at_ms))
      .put("interval_s", std::uint64_t{1})
      .put("window_s", rounded(from.window.seconds));
  put_node(out, from);
  put_state(out, from);
  put_tiles(out, from);
  put_stages(out, from);
  put_routes(out, from);
  put_actors(out, from);
  put_gateway(out, from);
  put_queue(out, from);
  put_pool(out, from);
  put_caches(out, from);
  put_cards_and_jobs(out, from);
  put_process(out, from);
  put_security(out, from);
  put_alerts(out, from);
  put_webhook(out, from);
  put_events(out, desk.events.newest(shown_events));
  put_ranges(out);
  return out.close().text();
}

} // namespace tessera
