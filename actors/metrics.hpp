#pragma once

#include "config/settings.hpp"
#include "guard/turned_away.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>

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

/// What every actor counts.
struct actor_metrics {
  counter messages{0};
  counter failures{0}; ///< of the actor and of those that it owns: add_shared
  counter restarts{0}; ///< written by the supervisor
};

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
};

/// One per I/O loop.
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
  counter slow_readers{0}; ///< connections ended because their answers were not taken in time
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
};

struct batch_metrics : actor_metrics {
  counter batches{0};   ///< taken on
  counter running{0};   ///< now
  counter at_work{0};   ///< cards now
  counter made{0};      ///< cards
  counter failed{0};    ///< cards
  counter abandoned{0}; ///< batches
};

struct card_keeper_metrics : actor_metrics {
  counter entries{0};   ///< members whose cards were reissued or revoked
  counter known{0};     ///< 0 until they were read for the first time
  counter refreshes{0}; ///< times that they were read
  counter changes{0};   ///< reissues and revocations of this node
};

struct writer_metrics : actor_metrics {
  counter written{0};
  counter waiting{0};
  counter dropped{0}; ///< audit lines lost because the queue was full
};

struct key_metrics : actor_metrics {
  counter keys{0};         ///< known, also revoked and expired ones
  counter refreshes{0};    ///< times that they were read
  counter refreshed_ms{0}; ///< when they were read last, in milliseconds of the steady clock: tells their age
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
  limit_sharer_metrics limit_sharer;
  admission_metrics admission;
  pool_metrics pool;
  writer_metrics writer;
  key_metrics keys;
  card_keeper_metrics card_keeper;
  batch_metrics batches;
  actor_metrics maintenance;
  actor_metrics supervisor;
};

} // namespace tessera
