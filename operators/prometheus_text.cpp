#include "operators/prometheus_text.hpp"

#include "operators/report_json.hpp"

#include <spdlog/fmt/fmt.h>

#include <array>
#include <iterator>
#include <string_view>

namespace tessera {

namespace {

using totals = node_totals;
using snapshot = stats_snapshot;

/// Upper bounds of the histograms' buckets are powers of two of nanoseconds, so that their counts are exact: from 65 µs
/// to 8.6 s.
constexpr int first_bound = 16;
constexpr int last_bound = 33;

class exposition {
public:
  /// Begins a family of samples.
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    fmt::format_to(std::back_inserter(text_), "# HELP tessera_{0} {1}\n# TYPE tessera_{0} {2}\n", name, help, type);
  }
  template <class Value>
  void sample(const Value& value, std::string_view labels = {}, std::string_view suffix = {}) {
    fmt::format_to(std::back_inserter(text_), "tessera_{}{}", name_, suffix);
    if (!labels.empty())
      fmt::format_to(std::back_inserter(text_), "{{{}}}", labels);
    fmt::format_to(std::back_inserter(text_), " {}\n", value);
  }
  void counter(std::string_view name, std::string_view help, std::uint64_t value) {
    family(name, "counter", help);
    sample(value);
  }
  template <class Value>
  void gauge(std::string_view name, std::string_view help, const Value& value) {
    family(name, "gauge", help);
    sample(value);
  }
  void histogram(const timing& of, std::string_view labels = {}) {
    auto separator = labels.empty() ? "" : ",";
    for (int bits = first_bound; bits <= last_bound; ++bits)
      sample(of.total.below(bits),
             fmt::format("{}{}le=\"{}\"", labels, separator, static_cast<double>(std::uint64_t{1} << bits) / 1e9),
             "_bucket");
    auto count = of.total.count();
    sample(count, fmt::format("{}{}le=\"+Inf\"", labels, separator), "_bucket");
    sample(static_cast<double>(of.total_ns) / 1e9, labels, "_sum");
    sample(count, labels, "_count");
  }
  std::string text() && {
    return std::move(text_);
  }

private:
  std::string text_;
  std::string_view name_;
};

std::string label(std::string_view name, std::string_view value) {
  return fmt::format("{}=\"{}\"", name, value);
}

std::string actor_labels(const actor_row& one) {
  return fmt::format("actor=\"{}\",shard=\"{}\"", one.kind, one.shard);
}

double seconds(std::uint64_t ns) noexcept {
  return static_cast<double>(ns) / 1e9;
}

void put_node(exposition& out, const snapshot& from) {
  out.family("build_info", "gauge", "What runs here.");
  out.sample(1, fmt::format("version=\"{}\",store=\"{}\"", from.node->version, from.node->store));
  out.gauge("start_time_seconds", "When the node was started, in Unix time.",
            static_cast<double>(from.node->started_ms) / 1e3);
  out.gauge("ready", "Whether the node takes requests.", from.facts.now == node_facts::phase::ready ? 1 : 0);
  out.family("state", "gauge", "Whether all is well: 1 for the word that holds.");
  for (auto word : {health_word::ok, health_word::degraded, health_word::down})
    out.sample(from.state.word == word ? 1 : 0, label("state", to_string(word)));
  const auto& process = from.process;
  out.family("cpu_seconds_total", "counter", "Processor time that the process has used.");
  out.sample(std::chrono::duration<double>(process.cpu_time).count());
  out.gauge("cores", "Processors that the process may use.", process.cores);
  out.gauge("resident_memory_bytes", "Memory of the process in use.", process.resident_bytes);
  out.gauge("memory_limit_bytes", "Memory that the process may use.", process.memory_limit_bytes);
  out.gauge("open_fds", "Open files.", process.descriptors);
  out.gauge("max_fds", "Open files that are allowed.", process.descriptors_limit);
  out.gauge("threads", "Threads of the process.", process.threads);
  if (from.facts.certificate_until)
    out.gauge("certificate_expiry_time_seconds", "When the TLS certificate ends, in Unix time.",
              static_cast<double>(from.facts.certificate_until->time_since_epoch().count()) / 1e3);
}

void put_gateway(exposition& out, const snapshot& from) {
  const auto& all = from.totals;
  out.family("http_requests_total", "counter", "Requests that have arrived, by what they are for.");
  for (std::size_t i = 0; i < route_class_count; ++i)
    out.sample(all.requests_by_class[i], label("route", to_string(static_cast<route_class>(i))));
  out.family("http_responses_total", "counter", "Responses, by class of status.");
  for (auto [name, value] : {std::pair{"2xx", all.responses_2xx}, std::pair{"3xx", all.responses_3xx},
                             std::pair{"4xx", all.responses_4xx}, std::pair{"5xx", all.responses_5xx}})
    out.sample(value, label("class", name));
  out.family("http_errors_total", "counter", "Responses that are errors, by code.");
  for (std::size_t i = 1; i < error_code_count; ++i) // 0 is "none"
    out.sample(all.errors[i], label("code", to_string(static_cast<error_code>(i))));
  out.family("http_turned_away_total", "counter", "Requests that were not let in, by reason.");
  for (std::size_t i = 1; i < turned_away_count; ++i) // 0 is "no"
    out.sample(all.turned_away[i], label("reason", to_string(static_cast<turned_away>(i))));
  out.family("http_response_duration_seconds", "histogram",
             "From the arrival of a request to its answer, of those that others than the gateway worked on.");
  for (std::size_t i = 0; i < route_class_count; ++i)
    out.histogram(from.routes[i], label("route", to_string(static_cast<route_class>(i))));
  out.gauge("http_requests_in_flight", "Requests that others than the gateway work on.", from.gauges.tickets);
  out.gauge("connections", "Connections of clients that are open.", from.facts.connections);
  out.gauge("connections_limit", "Connections of clients that may be open.", from.facts.connection_limit);
  out.counter("connections_accepted_total", "Connections of clients that were accepted.", all.accepted);
  out.counter("connections_refused_total", "Connections of clients that had enough.", all.connections_refused);
  out.counter("handshakes_failed_total", "Connections that ended before TLS was agreed.", all.failed_handshakes);
  out.counter("slow_readers_total", "Connections ended because answers were not taken in time.", all.slow_readers);
  out.counter("received_bytes_total", "Bytes of requests.", all.bytes_in);
  out.counter("sent_bytes_total", "Bytes of responses.", all.bytes_out);
  out.family("access_log_lines_total", "counter", "Lines of the access log, by what became of them.");
  out.sample(all.access_lines_written, label("fate", "written"));
  out.sample(all.access_lines_dropped, label("fate", "dropped"));
}

void put_actors(exposition& out, const snapshot& from) {
  auto each = [&](std::string_view name, std::string_view type, std::string_view help, auto value) {
    out.family(name, type, help);
    for (const auto& one : from.actors)
      out.sample(value(one), actor_labels(one));
  };
  each("actor_up", "gauge", "Whether the actor runs.", [](const auto& x) { return x.alive ? 1 : 0; });
  each("actor_messages_total", "counter", "Messages that the actor has handled; of a gateway, rounds of its loop.",
       [](const auto& x) { return x.messages; });
  each("actor_busy_seconds_total", "counter", "Time that the actor has handled messages.",
       [](const auto& x) { return seconds(x.handling_ns); });
  each("actor_restarts_total", "counter", "Times that the actor was replaced.",
       [](const auto& x) { return x.restarts; });
  each("actor_failures_total", "counter", "Failures of the actor and of what it owns.",
       [](const auto& x) { return x.failures; });
  out.family("actor_waiting", "gauge", "What waits with the actor.");
  for (const auto& one : from.actors)
    if (one.waiting)
      out.sample(*one.waiting, actor_labels(one));
}

void put_caches(exposition& out, const snapshot& from) {
  const auto& all = from.totals;
  const auto& gauges = from.gauges;
  out.family("cache_lookups_total", "counter", "Lookups of members, by level and result.");
  auto lookup = [&](std::string_view level, std::string_view result, std::uint64_t value) {
    out.sample(value, fmt::format("level=\"{}\",result=\"{}\"", level, result));
  };
  lookup("l1", "hit", all.l1_hits);
  lookup("l1", "negative_hit", all.l1_negative_hits);
  lookup("l1", "stale", all.l1_stale_found);
  lookup("l1", "miss", all.l1_misses);
  lookup("l2", "hit", all.l2_hits);
  lookup("l2", "miss", all.l2_misses);
  lookup("l2", "failure", all.l2_failures);
  out.counter("cache_stale_served_total", "Members answered from a stale copy.", all.stale_served);
  out.counter("cache_joined_loads_total", "Lookups that waited for a load under way.", all.joined);
  out.counter("cache_evictions_total", "Members that L1 dropped for others.", all.l1_evictions);
  out.counter("cache_expirations_total", "Members that L1 dropped because of their age.", all.l1_expirations);
  out.counter("cache_invalidations_total", "Members that were cleared from L1.", all.l1_invalidations);
  out.gauge("cache_entries", "Members in L1.", gauges.l1_entries);
  out.gauge("cache_bytes", "Memory that L1 uses.", gauges.l1_bytes);
  out.gauge("cache_limit_bytes", "Memory that L1 may use.", gauges.l1_byte_limit);
  out.family("cache_first_hop_duration_seconds", "histogram", "From the gateway to L1 and back, of a batch.");
  out.histogram(from.of(timed::first_hop));
  out.gauge("redis_connections", "Connections to Redis that are up.", gauges.l2_connected);
  out.gauge("redis_connections_wanted", "Connections to Redis that there should be.", gauges.l2_connections);
  out.counter("redis_round_trips_total", "Round trips to Redis.", all.l2_round_trips);
  out.gauge("redis_owed_invalidations", "Invalidations that Redis has not acknowledged.", gauges.owed_invalidations);
  out.family("redis_wait_duration_seconds", "histogram", "How long lookups waited for Redis.");
  out.histogram(from.of(timed::l2));
}

void put_queue(exposition& out, const snapshot& from) {
  const auto& all = from.totals;
  const auto& gauges = from.gauges;
  out.gauge("queue_at_work", "Loads and drawings that have a slot.", gauges.queue_at_work);
  out.gauge("queue_waiting", "Loads and drawings that wait for a slot.", gauges.queue_waiting);
  out.gauge("queue_limit", "Loads and drawings that may wait; 0: any number.", from.node->queue_limit);
  out.gauge("queue_overloaded", "Whether more is to be done than can be done in time.", gauges.overloaded ? 1 : 0);
  out.counter("queue_admitted_total", "Loads and drawings that got a slot.", all.admitted);
  out.family("queue_refused_total", "counter", "Loads and drawings that were refused, by reason.");
  out.sample(all.queue_refused_full, label("reason", "full"));
  out.sample(all.shed, label("reason", "shed"));
  out.sample(all.queue_timed_out, label("reason", "timeout"));
  out.family("queue_wait_duration_seconds", "histogram", "How long those waited that got a slot.");
  out.histogram(from.of(timed::queue_wait));
}

void put_database(exposition& out, const snapshot& from) {
  const auto& all = from.totals;
  const auto& gauges = from.gauges;
  out.gauge("database_connections", "Connections to the database.", gauges.pool_connections);
  out.gauge("database_connections_busy", "Connections that a statement runs on.", gauges.pool_busy);
  out.gauge("database_connections_limit", "Connections that there may be.", gauges.pool_limit);
  out.gauge("database_waiting", "Keys that wait for a connection.", gauges.pool_waiting);
  out.gauge("database_up", "Whether the database can be reached and its circuit breaker is closed.",
            gauges.database_available ? 1 : 0);
  out.counter("database_statements_total", "Statements.", all.statements);
  out.counter("database_keys_total", "Keys that statements asked for.", all.keys);
  out.counter("database_rows_total", "Members that came back.", all.rows);
  out.counter("database_retries_total", "Keys that were asked for again, alone.", all.retries);
  out.family("database_refused_total", "counter", "Keys that were refused, by reason.");
  out.sample(all.pool_refused, label("reason", "full"));
  out.sample(all.pool_timed_out, label("reason", "timeout"));
  out.counter("database_slow_statements_total", "Statements that took longer than the setting allows.",
              all.slow_statements);
  out.counter("database_statement_timeouts_total", "Statements that were cut off.", all.statement_timeouts);
  out.family("database_statement_duration_seconds", "histogram", "How long statements took.");
  out.histogram(from.of(timed::statement));
  out.family("breaker_state", "gauge", "The circuit breaker of the database: 1 for the state that holds.");
  for (auto state : {circuit_breaker::state::closed, circuit_breaker::state::half_open, circuit_breaker::state::open})
    out.sample(gauges.breaker == state ? 1 : 0, label("state", to_string(state)));
  out.counter("breaker_opened_total", "Times that the circuit breaker opened.", all.breaker_opened);
  if (gauges.buffer_pool_known) {
    out.gauge("database_buffer_pool_bytes", "Memory of the database's own cache.", gauges.buffer_pool_bytes);
    out.gauge("database_buffer_pool_used_bytes", "Memory of it that holds pages.", gauges.buffer_pool_used_bytes);
    out.counter("database_page_requests_total", "Pages that the database looked for there.", all.page_requests);
    out.counter("database_page_reads_total", "Pages that were not there.", all.page_reads);
  }
  out.counter("breaker_probes_total", "Probes of the circuit breaker.", all.probes);
}

void put_cards(exposition& out, const snapshot& from) {
  const auto& all = from.totals;
  const auto& gauges = from.gauges;
  out.counter("cards_made_total", "Products of cards that were made.", all.cards_made);
  out.counter("cards_failed_total", "Requests for cards that ended in an error.", all.cards_failed);
  out.family("card_cache_lookups_total", "counter", "Products of cards that were asked for, by result.");
  out.sample(all.card_hits, label("result", "hit"));
  out.sample(all.card_misses, label("result", "miss"));
  out.family("card_verifications_total", "counter", "Verifications of cards, by result.");
  out.sample(all.cards_valid, label("result", "valid"));
  out.sample(all.cards_invalid, label("result", "invalid"));
  out.gauge("card_cache_bytes", "Memory that products of cards use.", gauges.card_bytes);
  out.gauge("card_jobs", "Products that are being made.", gauges.card_jobs);
  out.family("card_rendering_duration_seconds", "histogram", "How long drawing or checking a card took.");
  out.histogram(from.of(timed::rendering));
  out.counter("batches_total", "Batches of cards that were taken on.", all.batches);
  out.gauge("batches_running", "Batches that are being made.", gauges.batches_running);
  out.counter("jobs_accepted_total", "Batches that were taken on as jobs.", all.jobs_accepted);
  out.counter("jobs_finished_total", "Jobs that this node finished.", all.jobs_finished);
  out.counter("jobs_resumed_total", "Jobs that this node went on with after another had begun.", all.jobs_resumed);
  out.gauge("jobs_running", "Jobs that this node runs.", gauges.jobs_running);
  out.gauge("jobs_waiting", "Jobs in the store that nobody runs, as last looked.", gauges.jobs_waiting);
  out.family("job_cards_total", "counter", "Cards of jobs, by result.");
  out.sample(all.job_cards_made, label("result", "made"));
  out.sample(all.job_cards_failed, label("result", "failed"));
  out.family("batch_cards_total", "counter", "Cards of batches, by result.");
  out.sample(all.batch_cards_made, label("result", "made"));
  out.sample(all.batch_cards_failed, label("result", "failed"));
}

void put_rest(exposition& out, const snapshot& from) {
  out.family("key_requests_total", "counter", "Requests by API key (its public id).");
  for (const auto& use : from.uses)
    out.sample(use.requests, label("key", use.key == key_id{} ? "others" : use.key.text()));
  out.gauge("enumeration_suspects", "Clients that look as if they guessed ID numbers.", from.suspects.size());
  out.counter("audit_lines_total", "Lines of the audit log that the store has.", from.totals.audit_written);
  out.counter("audit_lines_dropped_total", "Lines of the audit log that were lost.", from.totals.audit_dropped);
  out.gauge("audit_lines_waiting", "Lines of the audit log that the store does not have yet.",
            from.gauges.audit_waiting);
  if (from.node->feed) {
    out.gauge("changes_current_age_seconds", "Since all that others had changed in the store was known.",
              seconds_since(from.gauges.change_current_ms, from.at));
    out.gauge("changes_lag_seconds", "From the oldest of the last changes of others until it was cleared.",
              static_cast<double>(from.gauges.change_lag_ms) / 1e3);
    out.gauge("changes_position", "Up to which change of others all is settled.", from.gauges.change_position);
    out.gauge("changes_gaps", "Ranges of numbers of changes that may come still.", from.gauges.change_gaps);
    out.counter("changes_applied_total", "Changes of others that were cleared.", from.totals.changes_applied);
    out.counter("changes_gaps_total", "Ranges of numbers of changes that were missing at first.",
                from.totals.change_gaps_met);
    out.counter("changes_cleared_all_total", "Times that everything was cleared.", from.totals.changes_cleared_all);
  }
  out.family("alert_firing", "gauge", "Alerts of the service itself: 1 for those that fire.");
  for (std::size_t i = 0; i < from.alerts.size(); ++i)
    out.sample(from.alerts[i].state == alert_state::firing ? 1 : 0, label("alert", (*from.rules)[i].id));
}

} // namespace

std::string prometheus_text(const stats_snapshot& from) {
  exposition out;
  put_node(out, from);
  put_gateway(out, from);
  put_actors(out, from);
  put_caches(out, from);
  put_queue(out, from);
  put_database(out, from);
  put_cards(out, from);
  put_rest(out, from);
  return std::move(out).text();
}

} // namespace tessera
