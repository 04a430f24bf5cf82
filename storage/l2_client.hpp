#pragma once

#include "cards/id_number.hpp"
#include "cards/member_record.hpp"
#include "cards/result.hpp"
#include "config/settings.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tessera {

class l2_sealer; // storage/l2_sealer.hpp

/// The generation of a record in L2: a random number that an invalidation replaces. 0: there is none yet.
struct l2_generation {
  std::uint64_t value = 0;

  bool operator==(const l2_generation&) const = default;
};

/// What L2 knows of one member.
struct l2_entry {
  enum class outcome : std::uint8_t { miss, fresh, stale };

  outcome what = outcome::miss;
  member subject;                        ///< set unless `miss`
  std::chrono::milliseconds age{0};      ///< since the database was asked
  std::chrono::milliseconds fresh_left{0}; ///< negative if stale
  l2_generation generation;              ///< to be given to `put` by the load that a miss starts
};

/// What to keep in L2.
struct l2_put {
  member subject;
  std::chrono::milliseconds age{0};      ///< since the database was asked
  std::chrono::milliseconds fresh_for{0}; ///< from then
  std::chrono::milliseconds stale_for{0}; ///< beyond that
  l2_generation generation;              ///< as `get` gave it, before the load began
};

/// One blocking connection to Redis, for one thread. Every call pipelines all it is given. After a failure (or a
/// time-out) the connection is closed; the next `connect` starts anew. Keys hold a keyed hash of the ID number, values
/// are sealed and count only under their generation (docs/architecture.md, "L2").
class l2_client {
public:
  l2_client(const redis_settings& settings, std::shared_ptr<const l2_sealer> sealer);
  ~l2_client();
  l2_client(const l2_client&) = delete;
  l2_client& operator=(const l2_client&) = delete;

  bool connected() const noexcept;

  /// Connects, authenticates and selects the database, within the connect timeout.
  status connect();

  /// Returns one entry per key, in order, by one MGET.
  result<std::vector<l2_entry>> get(std::span<const id_number> keys);

  /// Keeps each entry under its generation. A generation of 0 is given a new one, if no other has been set since.
  status put(std::span<const l2_put> entries);

  /// Makes every value that was ever put for `keys` uncountable, by a new generation, and deletes it.
  status invalidate(std::span<const id_number> keys);

  /// Returns the server's own figures for cache-stats: keys in the database, used memory in bytes.
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

/// Parses `redis://[[USER]:PASSWORD@]HOST[:PORT][/DB]`. The error never repeats the password.
struct redis_address {
  std::string host;
  std::uint16_t port = 6379;
  std::string user;
  std::string password;
  unsigned database = 0;

  bool operator==(const redis_address&) const = default;
};
result<redis_address> parse_redis_url(std::string_view url);

} // namespace tessera
