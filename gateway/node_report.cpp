#include "gateway/node_report.hpp"

#include "actors/metric_sums.hpp"
#include "cards/json_text.hpp"

#include <array>
#include <cmath>

namespace tessera {

namespace {

constexpr std::uint64_t bytes_per_mb = 1024 * 1024;

using json = json_text;

std::uint64_t megabytes(std::uint64_t bytes) noexcept {
  return (bytes + bytes_per_mb / 2) / bytes_per_mb;
}

double percent(std::uint64_t part, std::uint64_t whole) noexcept {
  if (whole == 0)
    return 0.0;
  return std::round(static_cast<double>(part) * 10'000.0 / static_cast<double>(whole)) / 100.0;
}

void put_health(json& out, const node_status& status, std::string_view state, std::string_view timestamp) {
  auto uptime = std::chrono::duration<double>(std::chrono::steady_clock::now() - status.started).count();
  out.put("status", state)
      .put("timestamp", timestamp)
      .put("uptime", std::round(uptime * 1000.0) / 1000.0)
      .put("environment", status.environment)
      .put("version", status.version)
      .open("memory")
      .put("used", megabytes(status.heap_used_bytes))
      .put("total", megabytes(status.heap_total_bytes))
      .put("external", std::uint64_t{0})
      .put("rss", megabytes(status.resident_bytes))
      .close();
}

/// The names of the states that pool_metrics::breaker_state counts.
std::string_view breaker_state(const pool_metrics& pool) noexcept {
  constexpr std::array<std::string_view, 3> names{"closed", "half_open", "open"};
  return names.at(read(pool.breaker_state));
}

void put_database(json& out, const node_status& status, const node_metrics& metrics) {
  bool up = read(metrics.pool.available) != 0;
  out.put("status", up ? "healthy" : "unhealthy")
      .open("details")
      .put("connected", up)
      .put("kind", status.store)
      .put("connections", read(metrics.pool.connections))
      .put("busy", read(metrics.pool.busy))
      .put("waiting", read(metrics.pool.waiting))
      .put("limit", read(metrics.pool.limit))
      .put("breaker", breaker_state(metrics.pool))
      .put("opened", read(metrics.pool.breaker_opened))
      .close();
}

void put_protection(json& out, const node_status& status, const node_metrics& metrics) {
  out.open("protection")
      .put("limits", status.limits)
      .put("connections_refused", sum(metrics.gateways, &gateway_metrics::connections_refused))
      .put("failed_handshakes", sum(metrics.gateways, &gateway_metrics::failed_handshakes))
      .put("slow_readers", sum(metrics.gateways, &gateway_metrics::slow_readers))
      .open("turned_away");
  for (std::size_t reason = 1; reason < turned_away_count; ++reason) { // 0 is "no"
    std::uint64_t total = 0;
    for (const auto& one : metrics.gateways)
      total += read(one.turned_away[reason]);
    out.put(to_string(static_cast<turned_away>(reason)), total);
  }
  const auto& admission = metrics.admission;
  out.close()
      .open("admission")
      .put("at_work", read(admission.at_work))
      .put("waiting", read(admission.waiting))
      .put("oldest_us", read(admission.oldest_us))
      .put("overloaded", read(admission.overloaded) != 0)
      .put("admitted", read(admission.admitted))
      .put("shed", read(admission.shed))
      .put("refused_full", read(admission.refused_full))
      .put("timed_out", read(admission.timed_out))
      .put("withdrawn", read(admission.withdrawn))
      .close()
      .close();
}

/// What others change in the store.
void put_changes(json& out, const node_status& status, const node_metrics& metrics) {
  const auto& changes = metrics.changes;
  auto current = read(changes.current_ms);
  out.open("changes").put("followed", status.feed);
  if (status.feed && current != 0)
    out.put("current_s_ago", std::round(seconds_since(current, std::chrono::steady_clock::now()) * 10.0) / 10.0);
  out.put("lag_ms", read(changes.lag_ms))
      .put("applied", read(changes.applied))
      .put("cleared_all", read(changes.cleared_all))
      .close();
}

void put_l1(json& out, const node_metrics& metrics) {
  const auto& caches = metrics.caches;
  auto hits = sum(caches, &cache_metrics::hits);
  auto negative = sum(caches, &cache_metrics::negative_hits);
  auto stale = sum(caches, &cache_metrics::stale_found);
  auto misses = sum(caches, &cache_metrics::misses);
  out.open("l1")
      .put("hits", hits)
      .put("negative_hits", negative)
      .put("stale_found", stale)
      .put("misses", misses)
      .put("hit_rate", percent(hits + negative, hits + negative + stale + misses))
      .put("entries", sum(caches, &cache_metrics::entries))
      .put("bytes", sum(caches, &cache_metrics::bytes))
      .put("byte_limit", sum(caches, &cache_metrics::byte_limit))
      .put("negative_entries", sum(caches, &cache_metrics::negative_entries))
      .put("evictions", sum(caches, &cache_metrics::evictions))
      .put("expirations", sum(caches, &cache_metrics::expirations))
      .put("invalidations", sum(caches, &cache_metrics::invalidations))
      .put("joined_loads", sum(metrics.lookups, &lookup_metrics::joined))
      .put("stale_served", sum(metrics.lookups, &lookup_metrics::stale_served))
      .close();
}

void put_l2(json& out, const node_metrics& metrics, bool has_l2) {
  const auto& lookups = metrics.lookups;
  auto hits = sum(lookups, &lookup_metrics::l2_hits);
  auto misses = sum(lookups, &lookup_metrics::l2_misses);
  auto failures = sum(lookups, &lookup_metrics::l2_failures);
  out.open("l2")
      .put("configured", has_l2)
      .put("connected", has_l2 && sum(metrics.redis, &redis_metrics::connected) == metrics.redis.size())
      .put("hits", hits)
      .put("misses", misses)
      .put("failures", failures)
      .put("hit_rate", percent(hits, hits + misses + failures))
      .put("keys", metrics.redis.empty() ? 0 : read(metrics.redis.front().keys))
      .put("bytes", metrics.redis.empty() ? 0 : read(metrics.redis.front().used_bytes))
      .put("round_trips", sum(metrics.redis, &redis_metrics::pipelines))
      .close();
}

void put_database_level(json& out, const node_metrics& metrics) {
  auto statements = read(metrics.pool.statements);
  auto keys = read(metrics.pool.keys);
  out.open("database")
      .put("statements", statements)
      .put("keys", keys)
      .put("rows", read(metrics.pool.rows))
      .put("keys_per_statement",
           statements == 0 ? 0.0
                           : std::round(static_cast<double>(keys) * 100.0 / static_cast<double>(statements)) / 100.0)
      .put("connections", read(metrics.pool.connections))
      .put("available", read(metrics.pool.available) != 0)
      .put("statement_timeouts", read(metrics.pool.statement_timeouts))
      .put("breaker", breaker_state(metrics.pool))
      .put("opened", read(metrics.pool.breaker_opened))
      .put("probes", read(metrics.pool.probes))
      .close();
}

/// Returns how many products of that kind are kept.
std::uint64_t cached_cards(const node_metrics& metrics, card_cache which) {
  std::uint64_t total = 0;
  for (const auto& shard : metrics.cards)
    total += read(shard.caches[static_cast<std::size_t>(which)].entries);
  return total;
}

void put_cards(json& out, const node_metrics& metrics) {
  std::uint64_t bytes = 0;
  for (const auto& shard : metrics.cards)
    for (const auto& cache : shard.caches)
      bytes += read(cache.bytes);
  out.open("cards")
      .put("bytes", bytes)
      .put("made", sum(metrics.cards, &card_metrics::made))
      .put("render_us", sum(metrics.cards, &card_metrics::render_us))
      .put("joined", sum(metrics.cards, &card_metrics::joined))
      .put("valid", sum(metrics.cards, &card_metrics::valid))
      .put("invalid", sum(metrics.cards, &card_metrics::invalid))
      .put("failed", sum(metrics.cards, &card_metrics::failed))
      .put("jobs", sum(metrics.cards, &card_metrics::jobs))
      .put("waiting", sum(metrics.cards, &card_metrics::waiting))
      .put("batches", read(metrics.batches.batches))
      .put("batch_cards_at_work", read(metrics.batches.at_work))
      .close();
}

} // namespace

node_health health_of(const node_status& status, const node_metrics& metrics) noexcept {
  node_health health;
  health.database = read(metrics.pool.available) != 0;
  health.l2 = !status.has_l2 || sum(metrics.redis, &redis_metrics::connected) == metrics.redis.size();
  return health;
}

std::string health_json(const node_status& status, std::string_view timestamp) {
  json out;
  out.open();
  put_health(out, status, "healthy", timestamp);
  return out.close().text();
}

std::string health_detailed_json(const node_status& status, const node_metrics& metrics, std::string_view timestamp,
                                 std::chrono::microseconds response_time) {
  auto health = health_of(status, metrics);
  json out;
  out.open();
  put_health(out, status, health.degraded() ? "degraded" : "healthy", timestamp);
  out.put("response_time", static_cast<double>(response_time.count()) / 1000.0).open("database");
  put_database(out, status, metrics);
  out.close().open("services").put("api", "healthy").put("database", health.database ? "healthy" : "unhealthy");
  if (status.has_l2)
    out.put("redis", health.l2 ? "healthy" : "unhealthy");
  out.close();
  put_protection(out, status, metrics);
  put_changes(out, status, metrics);
  return out.close().text();
}

std::string health_database_json(const node_status& status, const node_metrics& metrics) {
  json out;
  out.open();
  put_database(out, status, metrics);
  return out.close().text();
}

std::string health_ready_json(const node_status& status, const node_metrics& metrics) {
  json out;
  out.open();
  auto now = status.now.load();
  out.put("ready", now == node_status::phase::ready);
  if (now != node_status::phase::ready)
    return out.put("reason", now == node_status::phase::starting ? "starting" : "draining").close().text();
  auto health = health_of(status, metrics);
  if (health.degraded()) {
    out.list("degraded");
    if (!health.database)
      out.item("database");
    if (!health.l2)
      out.item("redis");
    out.end_list();
  }
  return out.close().text();
}

std::string health_check_json(const node_status& status, const node_metrics& metrics, std::string_view timestamp) {
  auto health = health_of(status, metrics);
  bool ready = status.now == node_status::phase::ready;
  auto uptime = std::chrono::duration<double>(std::chrono::steady_clock::now() - status.started).count();
  json out;
  out.open()
      .put("status", !ready              ? "fail"
                     : health.degraded() ? "warn"
                                         : "pass")
      .put("version", "1")
      .put("releaseId", status.version)
      .put("serviceId", "tessera")
      .put("description", "Digital membership cards");
  if (!ready)
    out.put("output", status.now == node_status::phase::starting ? "starting" : "draining");
  out.open("checks");
  auto component = [&](std::string_view name, std::string_view type, bool up, std::string_view output) {
    out.list(name).open().put("componentType", type).put("status", up ? "pass" : "warn").put("time", timestamp);
    if (!up)
      out.put("output", output);
    out.close().end_list();
  };
  component("database:availability", "datastore", health.database,
            "Cannot be reached, or left alone by the circuit breaker: cached members are still served");
  if (status.has_l2)
    component("redis:availability", "datastore", health.l2, "Cannot be reached: the database has more to do");
  out.list("uptime")
      .open()
      .put("componentType", "system")
      .put("observedValue", std::round(uptime))
      .put("observedUnit", "s")
      .put("status", "pass")
      .put("time", timestamp)
      .close()
      .end_list();
  return out.close().close().text();
}

std::string cache_stats_json(const node_metrics& metrics, bool has_l2, std::string_view timestamp) {
  auto hits = sum(metrics.caches, &cache_metrics::hits) + sum(metrics.caches, &cache_metrics::negative_hits)
              + sum(metrics.lookups, &lookup_metrics::l2_hits);
  auto asked = sum(metrics.caches, &cache_metrics::hits) + sum(metrics.caches, &cache_metrics::negative_hits)
               + sum(metrics.caches, &cache_metrics::stale_found) + sum(metrics.caches, &cache_metrics::misses);
  json out;
  out.open()
      .open("member_cache")
      .put("totalCachedMembers", sum(metrics.caches, &cache_metrics::entries))
      .put("cacheHitRate", percent(hits, asked))
      .put("cacheSize", std::to_string(megabytes(sum(metrics.caches, &cache_metrics::bytes))) + "MB")
      .close()
      .open("card_cache")
      .put("pdfCacheSize", cached_cards(metrics, card_cache::pictures))
      .put("qrCacheSize", cached_cards(metrics, card_cache::qr))
      .put("cardDataCacheSize", cached_cards(metrics, card_cache::data))
      .put("totalCacheHits", hits + sum(metrics.cards, &card_metrics::hits))
      .put("totalCacheMisses", asked - std::min(asked, hits) + sum(metrics.cards, &card_metrics::misses))
      .close()
      .open("levels");
  put_l1(out, metrics);
  put_l2(out, metrics, has_l2);
  put_database_level(out, metrics);
  out.close();
  put_cards(out, metrics);
  return out.put("timestamp", timestamp).close().text();
}

} // namespace tessera
