#pragma once

#include "actors/node_figures.hpp"
#include "actors/process_sample.hpp"
#include "cards/member.hpp"
#include "guard/alert_rules.hpp"
#include "guard/event_log.hpp"
#include "guard/key_uses.hpp"
#include "guard/latency_histogram.hpp"
#include "guard/recent_latencies.hpp"
#include "guard/suspect_list.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// What of a node stays as it is while it runs. Texts for people.
struct node_description {
  std::string name;
  std::string version;
  std::string environment;
  std::string store; ///< "mysql" or "sqlite"
  bool has_l2 = false;
  bool limits = true; ///< per client
  bool tls = false;
  unsigned io_loops = 1;
  unsigned workers = 1;
  unsigned shards = 1;
  unsigned renderers = 1;
  std::uint64_t started_ms = 0; ///< since 1970
  std::size_t tickets_limit = 0;
  std::size_t queue_concurrency = 0; ///< 0: no queue
  std::size_t queue_limit = 0;       ///< 0: no limit
  std::size_t pool_queue_limit = 0;
  bool webhook = false;
  bool feed = false; ///< whether it follows what others change in the store
};

/// What others know of the node now.
struct node_facts {
  enum class phase : std::uint8_t { starting, ready, draining };

  phase now = phase::starting;
  std::uint64_t connections = 0;
  std::uint64_t connection_limit = 0;
  std::uint64_t heap_used_bytes = 0;
  std::uint64_t heap_total_bytes = 0;
  bool keys_configured = false;
  std::optional<utc_time> certificate_until; ///< of the TLS certificate
};

/// How one actor does.
struct actor_row {
  std::string_view kind; ///< of a literal
  std::uint32_t shard = 0;
  std::string_view runs_on; ///< "loop", "worker" or "thread"
  bool alive = false;
  std::uint64_t since_ms = 0; ///< since 1970
  std::uint64_t messages = 0;
  double messages_per_s = 0;
  double busy_share = 0;
  std::optional<std::uint64_t> waiting; ///< with it; nothing: it has no queue
  recent_latencies::quantiles handling;
  std::uint64_t handling_ns = 0; ///< all together
  std::uint64_t restarts = 0;
  std::uint64_t failures = 0;
  std::uint64_t failed_at_ms = 0; ///< 0: never
  error_code failed_with = error_code::none;
};

/// A stage of the way of a request, in order.
enum class stage : std::uint8_t { gateway, limiter, queue, l1, l2, database, renderer };
inline constexpr std::size_t stage_count = 7;

/// Durations of one kind.
struct timing {
  recent_latencies::quantiles recent; ///< of the window
  recent_latencies::quantiles last;   ///< of the last second
  latency_counts total;               ///< since the start
  std::uint64_t total_ns = 0;
};

enum class timed : std::uint8_t { first_hop, l2, queue_wait, statement, rendering };
inline constexpr std::size_t timed_count = 5;

enum class health_word : std::uint8_t { ok, degraded, down };

/// Whether all is well; if not, why not and since when.
struct node_state {
  health_word word = health_word::ok;
  std::string cause;
  std::uint64_t since_ms = 0;
  std::vector<std::string_view> degraded; ///< what is down: "database", "redis"

  bool operator==(const node_state&) const = default;
};

/// What the tiles show as peak: the greatest of a second within the last 10 minutes.
struct peaks {
  std::optional<double> requests_per_s;
  std::optional<double> p50_ms;
  std::optional<double> p99_ms;
  std::optional<double> errors_percent;
  std::optional<double> refused_per_s;
  std::optional<double> cards_per_s;
};

/// Everything that is known of a node at one time. Immutable once published; all readers share it.
struct stats_snapshot {
  std::uint64_t sequence = 0;
  std::uint64_t at_ms = 0; ///< since 1970
  std::chrono::steady_clock::time_point at{};
  std::shared_ptr<const node_description> node;
  node_facts facts;
  process_sample process;
  double cpu_percent = 0;    ///< of one core
  double clock_offset_s = 0; ///< how far the wall clock has jumped against the steady one since the start

  node_totals totals;
  figures_between window; ///< the last ten seconds
  figures_between second; ///< the last one
  node_gauges gauges;
  std::vector<actor_row> actors;
  timing responses;                             ///< all that others worked on
  std::array<timing, route_class_count> routes; ///< the same, by what they were for
  std::array<timing, timed_count> timings;
  std::array<double, stage_count> saturation{};

  std::shared_ptr<const breaker_changes> breaker;
  std::shared_ptr<const running_jobs> jobs; ///< null: there were none yet
  std::vector<suspect_list::suspect> suspects;
  std::vector<key_uses::use> uses; ///< of API keys
  std::vector<double> uses_per_s;  ///< of the same
  std::shared_ptr<const std::vector<alert_rule>> rules;
  std::vector<alert_status> alerts; ///< by rule
  node_state state;
  peaks highest;

  const timing& of(timed what) const noexcept {
    return timings[static_cast<std::size_t>(what)];
  }
  const timing& of(route_class what) const noexcept {
    return routes[static_cast<std::size_t>(what)];
  }
};

std::string_view to_string(stage which) noexcept;
std::string_view to_string(route_class which) noexcept;
std::string_view to_string(health_word which) noexcept;
std::string_view to_string(circuit_breaker::state which) noexcept;

} // namespace tessera
