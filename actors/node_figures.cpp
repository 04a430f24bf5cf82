#include "actors/node_figures.hpp"

#include "actors/metric_sums.hpp"

#include <algorithm>

namespace tessera {

namespace {

std::optional<double> percent(double part, double whole) noexcept {
  return whole > 0 ? std::optional{std::min(100.0, 100 * part / whole)} : std::nullopt;
}

template <class Metrics, class Member, std::size_t Size>
void sum(const std::deque<Metrics>& all, Member member, std::array<std::uint64_t, Size>& totals) noexcept {
  for (const auto& one : all)
    for (std::size_t i = 0; i < Size; ++i)
      totals[i] += read((one.*member)[i]);
}

void add_gateways(node_totals& out, const std::deque<gateway_metrics>& all) noexcept {
  out.accepted = sum(all, &gateway_metrics::accepted);
  out.requests = sum(all, &gateway_metrics::requests);
  out.responses_2xx = sum(all, &gateway_metrics::responses_2xx);
  out.responses_3xx = sum(all, &gateway_metrics::responses_3xx);
  out.responses_4xx = sum(all, &gateway_metrics::responses_4xx);
  out.responses_5xx = sum(all, &gateway_metrics::responses_5xx);
  out.rounds = sum(all, &gateway_metrics::messages);
  out.bytes_in = sum(all, &gateway_metrics::bytes_in);
  out.bytes_out = sum(all, &gateway_metrics::bytes_out);
  out.accept_pauses = sum(all, &gateway_metrics::accept_pauses);
  out.connections_refused = sum(all, &gateway_metrics::connections_refused);
  out.failed_handshakes = sum(all, &gateway_metrics::failed_handshakes);
  out.slow_readers = sum(all, &gateway_metrics::slow_readers);
  sum(all, &gateway_metrics::turned_away, out.turned_away);
  sum(all, &gateway_metrics::errors, out.errors);
  sum(all, &gateway_metrics::requests_by_class, out.requests_by_class);
}

void add_caches(node_totals& out, const node_metrics& metrics) noexcept {
  out.l1_hits = sum(metrics.caches, &cache_metrics::hits);
  out.l1_negative_hits = sum(metrics.caches, &cache_metrics::negative_hits);
  out.l1_stale_found = sum(metrics.caches, &cache_metrics::stale_found);
  out.l1_misses = sum(metrics.caches, &cache_metrics::misses);
  out.l1_evictions = sum(metrics.caches, &cache_metrics::evictions);
  out.l1_expirations = sum(metrics.caches, &cache_metrics::expirations);
  out.l1_invalidations = sum(metrics.caches, &cache_metrics::invalidations);
  out.loads = sum(metrics.lookups, &lookup_metrics::loads);
  out.joined = sum(metrics.lookups, &lookup_metrics::joined);
  out.stale_served = sum(metrics.lookups, &lookup_metrics::stale_served);
  out.lookups_failed = sum(metrics.lookups, &lookup_metrics::failed);
  out.l2_hits = sum(metrics.lookups, &lookup_metrics::l2_hits);
  out.l2_misses = sum(metrics.lookups, &lookup_metrics::l2_misses);
  out.l2_failures = sum(metrics.lookups, &lookup_metrics::l2_failures);
  out.l2_commands = sum(metrics.redis, &redis_metrics::commands);
  out.l2_round_trips = sum(metrics.redis, &redis_metrics::pipelines);
}

void add_loads(node_totals& out, const admission_metrics& queue, const pool_metrics& pool) noexcept {
  out.admitted = read(queue.admitted);
  out.shed = read(queue.shed);
  out.queue_refused_full = read(queue.refused_full);
  out.queue_timed_out = read(queue.timed_out);
  out.queue_withdrawn = read(queue.withdrawn);
  out.statements = read(pool.statements);
  out.keys = read(pool.keys);
  out.rows = read(pool.rows);
  out.retries = read(pool.retries);
  out.pool_refused = read(pool.refused);
  out.pool_timed_out = read(pool.timed_out);
  out.slow_statements = read(pool.slow_statements);
  out.statement_timeouts = read(pool.statement_timeouts);
  out.breaker_opened = read(pool.breaker_opened);
  out.probes = read(pool.probes);
}

void add_cards(node_totals& out, const node_metrics& metrics) noexcept {
  out.card_hits = sum(metrics.cards, &card_metrics::hits);
  out.card_misses = sum(metrics.cards, &card_metrics::misses);
  out.cards_joined = sum(metrics.cards, &card_metrics::joined);
  out.cards_made = sum(metrics.cards, &card_metrics::made);
  out.cards_valid = sum(metrics.cards, &card_metrics::valid);
  out.cards_invalid = sum(metrics.cards, &card_metrics::invalid);
  out.cards_failed = sum(metrics.cards, &card_metrics::failed);
  out.renderer_jobs = sum(metrics.renderers, &renderer_metrics::jobs);
  out.batches = read(metrics.batches.batches);
  out.batch_cards_made = read(metrics.batches.made);
  out.batch_cards_failed = read(metrics.batches.failed);
  out.batches_abandoned = read(metrics.batches.abandoned);
  out.jobs_accepted = read(metrics.jobs.accepted);
  out.jobs_finished = read(metrics.jobs.finished);
  out.jobs_resumed = read(metrics.jobs.resumed);
  out.job_cards_made = read(metrics.jobs.cards);
  out.job_cards_failed = read(metrics.jobs.failed_cards);
  out.card_changes = read(metrics.card_keeper.changes);
}

void add_card_gauges(node_gauges& out, const node_metrics& metrics) noexcept {
  out.card_jobs = sum(metrics.cards, &card_metrics::jobs);
  out.cards_waiting = sum(metrics.cards, &card_metrics::waiting);
  for (const auto& shard : metrics.cards) {
    for (std::size_t i = 0; i < card_cache_count; ++i) {
      out.card_entries[i] += read(shard.caches[i].entries);
      out.card_bytes += read(shard.caches[i].bytes);
      out.card_byte_limit += read(shard.caches[i].byte_limit);
    }
  }
  out.batches_running = read(metrics.batches.running);
  out.batch_cards_at_work = read(metrics.batches.at_work) + read(metrics.jobs.batches.at_work);
  out.jobs_running = read(metrics.jobs.running);
  out.jobs_waiting = read(metrics.jobs.waiting);
  out.job_followers = read(metrics.jobs.followers);
  out.changed_members = read(metrics.card_keeper.entries);
}

void add_pool_gauges(node_gauges& out, const node_metrics& metrics) noexcept {
  const auto& pool = metrics.pool;
  out.queue_at_work = read(metrics.admission.at_work);
  out.queue_waiting = read(metrics.admission.waiting);
  out.queue_oldest_us = read(metrics.admission.oldest_us);
  out.overloaded = read(metrics.admission.overloaded) != 0;
  out.pool_connections = read(pool.connections);
  out.pool_busy = read(pool.busy);
  out.pool_waiting = read(pool.waiting);
  out.pool_limit = read(pool.limit);
  out.database_available = read(pool.available) != 0;
  out.breaker = static_cast<circuit_breaker::state>(read(pool.breaker_state));
  out.probe_at_ms = read(pool.probe_at_ms);
  out.breaker_forced_ms = read(pool.breaker_forced_ms);
}

} // namespace

double figures_between::per_s(std::initializer_list<error_code> codes) const noexcept {
  double sum = 0;
  for (auto code : codes)
    sum += per_s(code);
  return sum;
}

double figures_between::responses_per_s() const noexcept {
  return per_s(&node_totals::responses_2xx) + per_s(&node_totals::responses_3xx) + per_s(&node_totals::responses_4xx)
         + per_s(&node_totals::responses_5xx);
}

double figures_between::refused_per_s() const noexcept {
  double sum = per_s(&node_totals::connections_refused) + per_s(&node_totals::shed)
               + per_s(&node_totals::queue_refused_full) + per_s(&node_totals::pool_refused);
  for (std::size_t i = 1; i < turned_away_count; ++i) // 0 is "no"
    sum += per_s(&node_totals::turned_away, i);
  return sum;
}

std::optional<double> figures_between::error_percent(std::initializer_list<error_code> codes) const noexcept {
  return percent(per_s(codes), responses_per_s());
}

std::optional<double> figures_between::hit_percent() const noexcept {
  auto hits = per_s(&node_totals::l1_hits) + per_s(&node_totals::l1_negative_hits);
  auto lookups = hits + per_s(&node_totals::l1_stale_found) + per_s(&node_totals::l1_misses);
  return percent(hits + per_s(&node_totals::l2_hits), lookups);
}

std::optional<double> figures_between::l1_hit_percent() const noexcept {
  auto hits = per_s(&node_totals::l1_hits) + per_s(&node_totals::l1_negative_hits);
  return percent(hits, hits + per_s(&node_totals::l1_stale_found) + per_s(&node_totals::l1_misses));
}

std::optional<double> figures_between::l2_hit_percent() const noexcept {
  auto hits = per_s(&node_totals::l2_hits);
  return percent(hits, hits + per_s(&node_totals::l2_misses) + per_s(&node_totals::l2_failures));
}

std::optional<double> figures_between::page_hit_percent() const noexcept {
  auto requests = per_s(&node_totals::page_requests);
  return percent(std::max(0.0, requests - per_s(&node_totals::page_reads)), requests);
}

std::optional<double> figures_between::mean_response_ms() const noexcept {
  if (now.answered <= then.answered)
    return std::nullopt;
  return static_cast<double>(now.response_ns - then.response_ns) / static_cast<double>(now.answered - then.answered)
         / 1e6;
}

node_totals totals_of(const node_metrics& metrics) noexcept {
  node_totals out;
  add_gateways(out, metrics.gateways);
  add_caches(out, metrics);
  add_loads(out, metrics.admission, metrics.pool);
  add_cards(out, metrics);
  out.page_requests = read(metrics.keys.buffer_pool.requests);
  out.page_reads = read(metrics.keys.buffer_pool.reads);
  out.access_lines_written = read(metrics.access_log.written);
  out.access_lines_dropped = read(metrics.access_log.dropped);
  out.audit_written = read(metrics.writer.written);
  out.audit_dropped = read(metrics.writer.dropped);
  out.alerts_sent = read(metrics.alert_sender.sent);
  out.alerts_failed = read(metrics.alert_sender.failed);
  out.limit_exchanges = read(metrics.limit_sharer.exchanges);
  out.changes_applied = read(metrics.changes.applied);
  out.changes_cleared_all = read(metrics.changes.cleared_all);
  out.change_gaps_met = read(metrics.changes.gaps_met);
  return out;
}

node_gauges gauges_of(const node_metrics& metrics) noexcept {
  node_gauges out;
  out.tickets = sum(metrics.gateways, &gateway_metrics::tickets);
  out.l1_entries = sum(metrics.caches, &cache_metrics::entries);
  out.l1_bytes = sum(metrics.caches, &cache_metrics::bytes);
  out.l1_byte_limit = sum(metrics.caches, &cache_metrics::byte_limit);
  out.l1_negative_entries = sum(metrics.caches, &cache_metrics::negative_entries);
  out.loading = sum(metrics.lookups, &lookup_metrics::loading);
  out.lookups_waiting = sum(metrics.lookups, &lookup_metrics::waiting);
  out.l2_connections = metrics.redis.size();
  out.l2_connected = sum(metrics.redis, &redis_metrics::connected);
  out.owed_invalidations = sum(metrics.redis, &redis_metrics::owed_invalidations);
  if (!metrics.redis.empty()) { // each asks the same server
    out.l2_keys = read(metrics.redis.front().keys);
    out.l2_bytes = read(metrics.redis.front().used_bytes);
  }
  add_pool_gauges(out, metrics);
  add_card_gauges(out, metrics);
  out.buffer_pool_known = read(metrics.keys.buffer_pool.known) != 0;
  out.buffer_pool_bytes = read(metrics.keys.buffer_pool.bytes);
  out.buffer_pool_used_bytes = read(metrics.keys.buffer_pool.used_bytes);
  out.api_keys = read(metrics.keys.keys);
  out.keys_refreshed_ms = read(metrics.keys.refreshed_ms);
  out.change_position = read(metrics.changes.position);
  out.change_lag_ms = read(metrics.changes.lag_ms);
  out.change_current_ms = read(metrics.changes.current_ms);
  out.change_gaps = read(metrics.changes.gaps);
  out.audit_waiting = read(metrics.writer.waiting);
  out.alerts_waiting = read(metrics.alert_sender.waiting);
  out.alert_sent_at_ms = read(metrics.alert_sender.succeeded_at_ms);
  return out;
}

} // namespace tessera
