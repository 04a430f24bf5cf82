#pragma once

#include "cards/errors.hpp"
#include "cards/iso_time.hpp"
#include "config/settings.hpp"
#include "guard/circuit_breaker.hpp"
#include "guard/key_uses.hpp"
#include "guard/latency_histogram.hpp"
#include "guard/published.hpp"
#include "guard/turned_away.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

/// What each actor counts: plain atomics that one actor writes and anyone reads. Wiring makes them before the actors
/// and keeps them until after, so that a restarted actor goes on counting where its predecessor stopped.
namespace tessera {

using counter = std::atomic<std::uint64_t>;

/// Adds to a counter that only the calling actor writes: no locked instruction.
inline void add(counter& to, std::uint64_t amount = 1) noexcept {
  to.store(to.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
}

/// Adds to a counter that several actors write.
inline void add_shared(counter& to, std::uint64_t amount = 1) noexcept {
  to.fetch_add(amount, std::memory_order_relaxed);
}

/// Sets a gauge.
inline void set(counter& to, std::uint64_t value) noexcept {
  to.store(value, std::memory_order_relaxed);
}

/// Returns a counter's or a gauge's value now.
inline std::uint64_t read(const counter& from) noexcept {
  return from.load(std::memory_order_relaxed);
}

/// Returns the time of day in milliseconds since 1970, as gauges hold it.
inline std::uint64_t wall_clock_ms() noexcept {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

/// Returns a time of the steady clock in milliseconds, as gauges hold it.
inline std::uint64_t steady_ms(std::chrono::steady_clock::time_point at) noexcept {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count());
}

/// Returns how long before `now` a time of the steady clock was, in seconds.
inline double seconds_since(std::uint64_t ms, std::chrono::steady_clock::time_point now) noexcept {
  auto end = steady_ms(now);
  return end > ms ? static_cast<double>(end - ms) / 1e3 : 0.0;
}

/// What every actor counts.
struct actor_metrics {
  counter messages{0};
  latency_histogram handling; ///< of one message, which may be a batch; see `handling`
  counter failures{0};        ///< of the actor and of those that it owns: note_failure
  counter failed_at_ms{0};    ///< when the last of them was, by wall_clock_ms
  counter failed_with{0};     ///< its error_code
  counter restarts{0};        ///< written by the supervisor, and so is
  counter alive{0};           ///< 0 or 1
  counter since_ms{0};        ///< since when it is so, by wall_clock_ms; 0: it was never started
};

/// Says that an actor runs from now on, or has ended.
inline void note_life(actor_metrics& of, bool alive) noexcept {
  set(of.alive, alive ? 1 : 0);
  set(of.since_ms, wall_clock_ms());
}

/// Counts a failure. Any thread.
inline void note_failure(actor_metrics& of, error_code why) noexcept {
  add_shared(of.failures);
  set(of.failed_with, static_cast<std::uint64_t>(why));
  set(of.failed_at_ms, wall_clock_ms());
}

/// Counts the message that an actor is handling, and how long it takes: to be made first in a handler. Two readings of
/// the clock, some 50 ns together, for a batch of any size (measured: bench_metrics).
class handling {
public:
  explicit handling(actor_metrics& of) noexcept : of_(of), began_(std::chrono::steady_clock::now()) {
    add(of.messages);
  }
  ~handling() {
    of_.handling.record(std::chrono::steady_clock::now() - began_);
  }
  handling(const handling&) = delete;
  handling& operator=(const handling&) = delete;

private:
  actor_metrics& of_;
  std::chrono::steady_clock::time_point began_;
};

/// One change of the circuit breaker's state.
struct breaker_change {
  std::uint64_t at_ms = 0; ///< by wall_clock_ms
  circuit_breaker::state from = circuit_breaker::state::closed;
  circuit_breaker::state to = circuit_breaker::state::closed;
  circuit_breaker::reason why = circuit_breaker::reason::none; ///< of one that opened it

  bool operator==(const breaker_change&) const = default;
};

/// The last changes, oldest first.
using breaker_changes = std::vector<breaker_change>;
inline constexpr std::size_t breaker_changes_kept = 5;

/// L1, one per shard.
struct alignas(64) cache_metrics : actor_metrics {
  counter hits{0};          ///< answered fresh
  counter negative_hits{0}; ///< answered "no such member"
  counter stale_found{0};   ///< handed on as a miss with a stale copy
  counter misses{0};        ///< nothing known
  counter entries{0};
  counter bytes{0};
  counter byte_limit{0};
  counter negative_entries{0};
  counter evictions{0};
  counter expirations{0};
  counter refused_fills{0};
  counter invalidations{0};
};

/// Loads, one per shard.
struct alignas(64) lookup_metrics : actor_metrics {
  counter loads{0};   ///< started
  counter joined{0};  ///< requests that waited on a load already under way
  counter loading{0}; ///< keys now
  counter waiting{0}; ///< requests now
  counter stale_served{0};
  counter l2_hits{0};
  counter l2_misses{0};
  counter l2_failures{0}; ///< L2 did not answer, or not in time
  counter database_hits{0};
  counter not_found{0};
  counter failed{0};  ///< requests answered with an error other than not_found
  counter dropped{0}; ///< loads that ended before the database was asked, because nobody waited any more
};

/// The slots for loads and renderings, one set per node.
struct alignas(64) admission_metrics : actor_metrics {
  counter at_work{0}; ///< now
  counter waiting{0}; ///< now
  counter admitted{0};
  counter waited_us{0}; ///< by all that were admitted, together
  counter shed{0};      ///< refused because they had waited too long for a time of overload
  counter timed_out{0};
  counter refused_full{0}; ///< refused because too many waited
  counter withdrawn{0};    ///< nobody wanted them any more before they were admitted
  counter overloaded{0};   ///< 1 while any priority is
  counter oldest_us{0};    ///< how long the oldest that waits has waited, as of the last message
  latency_histogram waits; ///< of those that were admitted
};

/// L2, one per connection.
struct alignas(64) redis_metrics : actor_metrics {
  counter connected{0}; ///< 0 or 1
  counter connects{0};
  counter commands{0};
  counter pipelines{0}; ///< round trips
  counter owed_invalidations{0};
  counter keys{0};       ///< in the server's database, as it last said
  counter used_bytes{0}; ///< by the server, as it last said
};

/// Counts of the limits per client, exchanged with other processes through Redis.
struct alignas(64) limit_sharer_metrics : actor_metrics {
  counter connected{0}; ///< 0 or 1; also 0 while Redis takes no writes
  counter rounds{0};    ///< of looking for what has changed and exchanging it
  counter exchanges{0}; ///< round trips
  counter counts{0};    ///< in them, one for each client and limit
};

/// The database, one per pool.
struct alignas(64) pool_metrics : actor_metrics {
  counter connections{0};
  counter busy{0};
  counter waiting{0}; ///< keys
  counter limit{0};
  counter statements{0};
  counter keys{0};      ///< asked for in statements
  counter rows{0};      ///< members that came back
  counter retries{0};   ///< keys asked again, alone
  counter refused{0};   ///< keys refused because the queue was full
  counter timed_out{0}; ///< keys that waited longer than the acquire timeout
  counter available{1}; ///< 0 while the database cannot be reached or its circuit breaker is not closed
  counter slow_statements{0};
  counter statement_timeouts{0}; ///< statements cut off because they took too long
  counter breaker_state{0};      ///< 0 closed, 1 half-open, 2 open
  counter breaker_forced_ms{0};  ///< until when by an order, in milliseconds of the steady clock; 0: by none
  counter breaker_opened{0};     ///< times; a failed probe does not count
  counter probes{0};             ///< of the circuit breaker
  counter probe_at_ms{0};        ///< when the next is due, in milliseconds of the steady clock
  latency_histogram statement_times;
  published<breaker_changes> changes; ///< of the circuit breaker's state; the pool alone puts them there
};

/// What a route is for: one way through the service, with latencies of its own.
enum class route_class : std::uint8_t {
  member, ///< lookups
  card,   ///< made, drawn, reissued, revoked
  batch,
  verify,
  operate, ///< health, caches, docs
  other    ///< no route
};
inline constexpr std::size_t route_class_count = 6;

/// One per I/O loop. Its messages are the rounds of the loop, and what handling one takes is a round: with all actors
/// that ran to completion in it.
struct alignas(64) gateway_metrics : actor_metrics {
  counter connections{0}; ///< open now
  counter accepted{0};
  counter requests{0};
  counter responses_2xx{0};
  counter responses_3xx{0};
  counter responses_4xx{0};
  counter responses_5xx{0};
  counter tickets{0}; ///< in flight now
  counter rounds{0};  ///< of the loop that had requests
  counter batches{0};
  counter bytes_in{0};
  counter bytes_out{0};
  counter accept_pauses{0};                             ///< times that accepting was stopped near the descriptor limit
  counter connections_refused{0};                       ///< of clients that had enough
  std::array<counter, turned_away_count> turned_away{}; ///< requests, by reason
  counter failed_handshakes{0};                         ///< connections that ended before TLS was agreed
  counter slow_readers{0};                        ///< connections ended because their answers were not taken in time
  std::array<counter, error_code_count> errors{}; ///< responses that say so
  std::array<counter, route_class_count> requests_by_class{};        ///< all that arrived
  std::array<latency_histogram, route_class_count> response_times{}; ///< of those that others worked on
  latency_histogram first_hops;                                      ///< to L1 and back
  latency_histogram l2_times;                                        ///< as lookups waited for L2
  key_uses uses;                                                     ///< requests by API key
};

/// The access log, one per node.
struct alignas(64) access_log_metrics {
  counter written{0}; ///< lines
  counter dropped{0}; ///< lines; there was no room for them in memory or in the file
};

/// The caches of products, each with a budget and a lifetime of its own.
enum class card_cache : std::uint8_t {
  data,    ///< JSON: bundles, details
  qr,      ///< QR codes
  pictures ///< PDF, SVG and PNG of whole cards
};
inline constexpr std::size_t card_cache_count = 3;

/// Cards, one per shard.
struct alignas(64) card_metrics : actor_metrics {
  counter hits{0};      ///< products that were made before
  counter misses{0};    ///< products that were not
  counter joined{0};    ///< requests that waited on a job already under way
  counter made{0};      ///< products
  counter render_us{0}; ///< that it took, together
  counter valid{0};     ///< verifications of cards that are valid
  counter invalid{0};   ///< and of those that are not
  counter failed{0};    ///< requests answered with an error
  counter jobs{0};      ///< now
  counter waiting{0};   ///< requests now

  struct cache {
    counter entries{0};
    counter bytes{0};
    counter byte_limit{0};
  };
  std::array<cache, card_cache_count> caches; ///< by card_cache
};

/// Drawing, one per renderer.
struct alignas(64) renderer_metrics : actor_metrics {
  counter jobs{0};
  counter busy_us{0}; ///< since the start
  latency_histogram job_times;
};

struct batch_metrics : actor_metrics {
  counter batches{0};   ///< taken on
  counter running{0};   ///< now
  counter at_work{0};   ///< cards now
  counter made{0};      ///< cards
  counter failed{0};    ///< cards
  counter abandoned{0}; ///< batches
};

/// Batches as jobs.
/// A job that a node runs, as operators see it.
struct running_job {
  std::string name; ///< the first letters of its id: who knows all of them may be who may fetch it
  std::size_t total = 0;
  std::size_t finished = 0;
  std::size_t failed = 0; ///< of those
  utc_time created{};

  bool operator==(const running_job&) const = default;
};
using running_jobs = std::vector<running_job>;

struct job_metrics : actor_metrics {
  counter accepted{0};          ///< jobs
  counter replayed{0};          ///< asked for again with their idempotency key
  counter waiting{0};           ///< in the store, as last looked
  counter running{0};           ///< on this node, now
  counter finished{0};          ///< jobs, by this node
  counter resumed{0};           ///< begun where another had stopped
  counter lost{0};              ///< whose lease went to another node meanwhile
  counter cards{0};             ///< made
  counter failed_cards{0};      ///< not made, for good
  counter retries{0};           ///< attempts at a card that failed and are made again
  counter saves{0};             ///< of progress, to the store
  counter files{0};             ///< composed
  counter followers{0};         ///< now
  counter broken{0};            ///< rows of the store that are no job
  batch_metrics batches;        ///< inside: attempts at the cards of a job
  published<running_jobs> list; ///< the job keeper alone puts them there; null at first
};

struct card_keeper_metrics : actor_metrics {
  counter entries{0};   ///< members whose cards were reissued or revoked
  counter known{0};     ///< 0 until they were read for the first time
  counter refreshes{0}; ///< times that they were read
  counter changes{0};   ///< reissues and revocations of this node
};

/// What others change in the store.
struct change_metrics : actor_metrics {
  counter known{0};       ///< 0 until what there was at the start has been cleared
  counter unawaited{0};   ///< 1: by the node, which did not wait for that any longer
  counter position{0};    ///< up to which change all is settled
  counter lag_ms{0};      ///< of the last batch: from its oldest change, by the store's clock, until it was cleared
  counter current_ms{0};  ///< when all that there was had been cleared, in milliseconds of the steady clock
  counter applied{0};     ///< changes
  counter gaps{0};        ///< now: ranges of numbers that are missing and may be filled still
  counter gaps_met{0};    ///< ever
  counter cleared_all{0}; ///< times that everything was cleared
};

struct writer_metrics : actor_metrics {
  counter written{0};
  counter waiting{0};
  counter dropped{0}; ///< audit lines lost because the queue was full
};

/// What goes to the webhook.
struct alert_sender_metrics : actor_metrics {
  counter sent{0};            ///< requests that were taken
  counter failed{0};          ///< requests that were not
  counter waiting{0};         ///< alerts that have changed and are not sent yet
  counter succeeded_at_ms{0}; ///< the last time, by wall_clock_ms
};

/// The database's own cache of pages, as the server said last.
struct buffer_pool_metrics {
  counter known{0}; ///< 0 or 1
  counter bytes{0};
  counter used_bytes{0};
  counter requests{0}; ///< since the server's start, and so are
  counter reads{0};    ///< requests of pages that were not there
};

struct key_metrics : actor_metrics {
  counter keys{0};                 ///< known, also revoked and expired ones
  counter refreshes{0};            ///< times that they were read
  counter refreshed_ms{0};         ///< when they were read last, in milliseconds of the steady clock: tells their age
  buffer_pool_metrics buffer_pool; ///< asked for over the same connection
};

/// All of one node. Deques, because atomics cannot move.
struct node_metrics {
  explicit node_metrics(unsigned shards, unsigned redis_connections, unsigned io_loops, unsigned renderer_count = 1)
      : caches(shards), lookups(shards), cards(shards), renderers(renderer_count), redis(redis_connections),
        gateways(io_loops) {
  }
  std::deque<cache_metrics> caches;
  std::deque<lookup_metrics> lookups;
  std::deque<card_metrics> cards;
  std::deque<renderer_metrics> renderers;
  std::deque<redis_metrics> redis;
  std::deque<gateway_metrics> gateways;
  access_log_metrics access_log;
  limit_sharer_metrics limit_sharer;
  admission_metrics admission;
  pool_metrics pool;
  writer_metrics writer;
  key_metrics keys;
  card_keeper_metrics card_keeper;
  change_metrics changes;
  batch_metrics batches;
  job_metrics jobs;
  actor_metrics maintenance;
  actor_metrics stats;
  alert_sender_metrics alert_sender;
  actor_metrics supervisor;
};

} // namespace tessera
