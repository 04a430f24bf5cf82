#include "operators/stats_parts.hpp"

#include "operators/report_json.hpp"

#include <algorithm>
#include <array>

namespace tessera {

namespace {

using totals = node_totals;
using snapshot = stats_snapshot;

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
  auto now = steady_ms(from.at);
  if (gauges.breaker_forced_ms > now)
    out.put("forced_until", time_text(from.at_ms + gauges.breaker_forced_ms - now));
  else
    out.put_null("forced_until");
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

/// The database's own cache: nothing is known of it where the store is no server.
void put_l3(json_text& out, const snapshot& from) {
  const auto& gauges = from.gauges;
  out.open("l3").put("available", gauges.buffer_pool_known).put("name", "InnoDB buffer pool");
  if (gauges.buffer_pool_known)
    out.put("bytes", gauges.buffer_pool_bytes)
        .put("used_bytes", gauges.buffer_pool_used_bytes)
        .put("hit_ratio_percent", rounded(from.window.page_hit_percent()))
        .put("requests_per_s", rounded(from.window.per_s(&totals::page_requests)))
        .put("reads_per_s", rounded(from.window.per_s(&totals::page_reads)));
  else
    out.put_null("bytes")
        .put_null("used_bytes")
        .put_null("hit_ratio_percent")
        .put_null("requests_per_s")
        .put_null("reads_per_s");
  out.close();
}

} // namespace

void put_gateway(json_text& out, const stats_snapshot& from) {
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

void put_queue(json_text& out, const stats_snapshot& from) {
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

void put_pool(json_text& out, const stats_snapshot& from) {
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

void put_caches(json_text& out, const stats_snapshot& from) {
  const auto& gauges = from.gauges;
  const auto& all = from.totals;
  out.open("caches").put("hit_ratio_percent", rounded(from.window.hit_percent()));
  put_l1(out, from);
  put_l2(out, from);
  put_l3(out, from);
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

} // namespace tessera
