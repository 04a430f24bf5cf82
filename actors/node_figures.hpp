#pragma once

#include "actors/metrics.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>

/// What a whole node has counted, at one time, out of what its actors count.
namespace tessera {

/// Sums that only grow.
struct node_totals {
  // the gateways
  std::uint64_t accepted = 0;
  std::uint64_t requests = 0;
  std::uint64_t responses_2xx = 0;
  std::uint64_t responses_3xx = 0;
  std::uint64_t responses_4xx = 0;
  std::uint64_t responses_5xx = 0;
  std::uint64_t rounds = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t accept_pauses = 0;
  std::uint64_t connections_refused = 0;
  std::uint64_t failed_handshakes = 0;
  std::uint64_t slow_readers = 0;
  std::uint64_t access_lines_written = 0;
  std::uint64_t access_lines_dropped = 0;
  std::array<std::uint64_t, turned_away_count> turned_away{};
  std::array<std::uint64_t, error_code_count> errors{};
  std::array<std::uint64_t, route_class_count> requests_by_class{};
  std::uint64_t answered = 0;    ///< requests that others worked on; from the histograms, by the sampler
  std::uint64_t response_ns = 0; ///< that they took, together; likewise
  // L1 and what is around it
  std::uint64_t l1_hits = 0;
  std::uint64_t l1_negative_hits = 0;
  std::uint64_t l1_stale_found = 0;
  std::uint64_t l1_misses = 0;
  std::uint64_t l1_evictions = 0;
  std::uint64_t l1_expirations = 0;
  std::uint64_t l1_invalidations = 0;
  std::uint64_t loads = 0;
  std::uint64_t joined = 0;
  std::uint64_t stale_served = 0;
  std::uint64_t lookups_failed = 0;
  // L2
  std::uint64_t l2_hits = 0;
  std::uint64_t l2_misses = 0;
  std::uint64_t l2_failures = 0;
  std::uint64_t l2_commands = 0;
  std::uint64_t l2_round_trips = 0;
  // the queue
  std::uint64_t admitted = 0;
  std::uint64_t shed = 0;
  std::uint64_t queue_refused_full = 0;
  std::uint64_t queue_timed_out = 0;
  std::uint64_t queue_withdrawn = 0;
  // the database
  std::uint64_t statements = 0;
  std::uint64_t keys = 0;
  std::uint64_t rows = 0;
  std::uint64_t retries = 0;
  std::uint64_t pool_refused = 0;
  std::uint64_t pool_timed_out = 0;
  std::uint64_t slow_statements = 0;
  std::uint64_t statement_timeouts = 0;
  std::uint64_t breaker_opened = 0;
  std::uint64_t probes = 0;
  std::uint64_t page_requests = 0; ///< of the database's own cache
  std::uint64_t page_reads = 0;
  // cards
  std::uint64_t card_hits = 0;
  std::uint64_t card_misses = 0;
  std::uint64_t cards_joined = 0;
  std::uint64_t cards_made = 0;
  std::uint64_t cards_valid = 0;
  std::uint64_t cards_invalid = 0;
  std::uint64_t cards_failed = 0;
  std::uint64_t renderer_jobs = 0;
  std::uint64_t batches = 0;
  std::uint64_t batch_cards_made = 0;
  std::uint64_t batch_cards_failed = 0;
  std::uint64_t batches_abandoned = 0;
  std::uint64_t jobs_accepted = 0;
  std::uint64_t jobs_finished = 0;
  std::uint64_t jobs_resumed = 0;
  std::uint64_t job_cards_made = 0;
  std::uint64_t job_cards_failed = 0;
  // the rest
  std::uint64_t audit_written = 0;
  std::uint64_t audit_dropped = 0;
  std::uint64_t alerts_sent = 0;
  std::uint64_t alerts_failed = 0;
  std::uint64_t limit_exchanges = 0;
  std::uint64_t card_changes = 0;
  std::uint64_t changes_applied = 0; ///< of others in the store
  std::uint64_t changes_cleared_all = 0;
  std::uint64_t change_gaps_met = 0;
};

/// What is so now.
struct node_gauges {
  std::uint64_t tickets = 0;
  std::uint64_t l1_entries = 0;
  std::uint64_t l1_bytes = 0;
  std::uint64_t l1_byte_limit = 0;
  std::uint64_t l1_negative_entries = 0;
  std::uint64_t loading = 0;
  std::uint64_t lookups_waiting = 0;
  std::uint64_t l2_connections = 0;
  std::uint64_t l2_connected = 0;
  std::uint64_t l2_keys = 0;
  std::uint64_t l2_bytes = 0;
  std::uint64_t owed_invalidations = 0;
  std::uint64_t queue_at_work = 0;
  std::uint64_t queue_waiting = 0;
  std::uint64_t queue_oldest_us = 0;
  bool overloaded = false;
  std::uint64_t pool_connections = 0;
  std::uint64_t pool_busy = 0;
  std::uint64_t pool_waiting = 0;
  std::uint64_t pool_limit = 0;
  bool database_available = true;
  circuit_breaker::state breaker = circuit_breaker::state::closed;
  std::uint64_t probe_at_ms = 0;       ///< of the steady clock
  std::uint64_t breaker_forced_ms = 0; ///< until when by an order, likewise; 0: by none
  bool buffer_pool_known = false;
  std::uint64_t buffer_pool_bytes = 0;
  std::uint64_t buffer_pool_used_bytes = 0;
  std::uint64_t card_jobs = 0;
  std::uint64_t cards_waiting = 0;
  std::array<std::uint64_t, card_cache_count> card_entries{};
  std::uint64_t card_bytes = 0;
  std::uint64_t card_byte_limit = 0;
  std::uint64_t batches_running = 0;
  std::uint64_t batch_cards_at_work = 0;
  std::uint64_t jobs_running = 0;
  std::uint64_t jobs_waiting = 0;
  std::uint64_t job_followers = 0;
  std::uint64_t api_keys = 0;
  std::uint64_t keys_refreshed_ms = 0; ///< of the steady clock
  std::uint64_t changed_members = 0;   ///< whose cards were reissued or revoked
  std::uint64_t change_position = 0;   ///< in the change feed
  std::uint64_t change_lag_ms = 0;     ///< of the last changes
  std::uint64_t change_current_ms = 0; ///< when all were known, of the steady clock
  std::uint64_t change_gaps = 0;
  std::uint64_t audit_waiting = 0;
  std::uint64_t alerts_waiting = 0;
  std::uint64_t alert_sent_at_ms = 0; ///< since 1970; 0: never
};

/// Errors that are the service's, not its clients'.
inline constexpr std::initializer_list<error_code> service_errors{
    error_code::timed_out,     error_code::internal,          error_code::queue_full, error_code::database_unavailable,
    error_code::shutting_down, error_code::cache_unavailable, error_code::interrupted};

/// How much happened between two times. Pure.
struct figures_between {
  node_totals then;
  node_totals now;
  double seconds = 0; ///< 0: nothing is known of an earlier time, and all rates are 0

  double per_s(std::uint64_t after, std::uint64_t before) const noexcept {
    return seconds > 0 && after >= before ? static_cast<double>(after - before) / seconds : 0.0;
  }
  double per_s(std::uint64_t node_totals::*total) const noexcept {
    return per_s(now.*total, then.*total);
  }
  template <std::size_t Size>
  double per_s(std::array<std::uint64_t, Size> node_totals::*totals, std::size_t index) const noexcept {
    return per_s((now.*totals)[index], (then.*totals)[index]);
  }
  double per_s(turned_away why) const noexcept {
    return per_s(&node_totals::turned_away, static_cast<std::size_t>(why));
  }
  double per_s(error_code code) const noexcept {
    return per_s(&node_totals::errors, static_cast<std::size_t>(code));
  }
  double per_s(std::initializer_list<error_code> codes) const noexcept;
  double responses_per_s() const noexcept;

  /// Returns the requests, works and connections that were refused, whoever refused them.
  double refused_per_s() const noexcept;

  // In percent; nothing where too little happened to tell.
  std::optional<double> error_percent(std::initializer_list<error_code> codes) const noexcept;
  std::optional<double> hit_percent() const noexcept; ///< lookups that L1 or L2 answered
  std::optional<double> l1_hit_percent() const noexcept;
  std::optional<double> l2_hit_percent() const noexcept;

  std::optional<double> page_hit_percent() const noexcept; ///< of the database's own cache

  /// Returns how long responses took on the average that others worked on.
  std::optional<double> mean_response_ms() const noexcept;
};

node_totals totals_of(const node_metrics& metrics) noexcept;
node_gauges gauges_of(const node_metrics& metrics) noexcept;

} // namespace tessera
