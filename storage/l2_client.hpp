#pragma once

#include "cards/id_number.hpp"
#include "cards/member_record.hpp"
#include "cards/result.hpp"
#include "config/settings.hpp"
#include "storage/redis_url.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace tessera {

class l2_sealer; // storage/l2_sealer.hpp

/// What a record in L2 counts under: two random numbers, of the record and of all there is, each of which an
/// invalidation replaces. 0: there is none yet.
struct l2_generation {
  std::uint64_t value = 0;
  std::uint64_t epoch = 0;

  bool operator==(const l2_generation&) const = default;
};

/// What L2 knows of one member.
struct l2_entry {
  enum class outcome : std::uint8_t { miss, fresh, stale };

  outcome what = outcome::miss;
  member subject;                          ///< set unless `miss`
  std::chrono::milliseconds age{0};        ///< since the database was asked
  std::chrono::milliseconds fresh_left{0}; ///< negative if stale
  l2_generation generation;                ///< to be given to `put` by the load that a miss starts
};

/// What to keep in L2.
struct l2_put {
  member subject;
  std::chrono::milliseconds age{0};       ///< since the database was asked
  std::chrono::milliseconds fresh_for{0}; ///< from then
  std::chrono::milliseconds stale_for{0}; ///< beyond that
  l2_generation generation;               ///< as `get` gave it, before the load began
};

/// One blocking connection to Redis, for one thread. Every call pipelines all it is given and takes `timeout` of the
/// settings at most. After a failure (or a time-out) the connection is closed, unless the call says otherwise; the next
/// `connect` starts anew. Keys hold a keyed hash of the ID number, values are sealed and count only under their
/// generation (docs/architecture.md, "L2"). Failures are `cache_unavailable` or, for a wrong URL, `validation`.
class l2_client {
public:
  l2_client(const redis_settings& settings, std::shared_ptr<const l2_sealer> sealer);
  ~l2_client();
  l2_client(const l2_client&) = delete;
  l2_client& operator=(const l2_client&) = delete;

  bool connected() const noexcept;

  /// Connects, authenticates, selects the database and has the server answer once, within the connect timeout (a host
  /// name is resolved before that begins to count).
  status connect();

  /// Returns one entry per key, in order, by one MGET. Whatever does not open, parse or belong to the key is a miss.
  result<std::vector<l2_entry>> get(std::span<const id_number> keys);

  /// Keeps each entry under its generation. A generation of 0 is given a new one, if no other has been set since.
  /// Success does not mean that the values count: an invalidation may have replaced the generation. If Redis refuses to
  /// write (out of memory, a replica), that is a failure, but the connection stays open and can still be read from.
  status put(std::span<const l2_put> entries);

  /// Makes every value that was ever put for `keys` uncountable, by a new generation, and deletes it. Success means
  /// that Redis acknowledged all of it; after a failure it is not known for which of the keys.
  status invalidate(std::span<const id_number> keys);

  /// Makes every value that was ever put uncountable, by a new epoch. Success means that Redis acknowledged it.
  status invalidate_all();

  /// Returns the server's own figures for cache-stats: keys in the database, used memory in bytes. If Redis does not
  /// allow us to ask, that is a failure, but the connection stays open.
  struct server_info {
    std::uint64_t keys = 0;
    std::uint64_t used_bytes = 0;
  };
  result<server_info> info();

  /// Makes a call that blocks in another thread fail soon. Any thread.
  void interrupt() noexcept;

private:
  struct implementation;
  std::unique_ptr<implementation> self_;
};

/// Returns a name, 32 hex digits, for all that is kept in one Redis under one secret: the same on all nodes that share
/// it. REQUIRES: the settings hold a URL of Redis's.
std::string l2_name(const redis_settings& settings, const l2_sealer& sealer);

} // namespace tessera
