#pragma once

#include "cards/result.hpp"
#include "config/settings.hpp"
#include "guard/rate_limiter.hpp"
#include "storage/redis_connection.hpp"
#include "storage/redis_url.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

namespace tessera {

/// What all processes have counted for the limits per client, in Redis: one hash for each window of a client and limit,
/// `tessera:1:r:KIND:HEX`, that holds each process's count under the count's name and expires when the window ends. HEX
/// is the client's key, a keyed hash already. One blocking connection, for one thread. Whatever fails closes it;
/// failures are as in l2_client.
class limit_store {
public:
  /// What the store holds of one window.
  struct sum {
    std::uint64_t total = 0;           ///< of all counts
    std::chrono::milliseconds left{0}; ///< until it ends
  };

  explicit limit_store(const redis_settings& settings);

  bool connected() const noexcept {
    return connection_.is_open();
  }

  /// Connects, authenticates, selects the database and has the server answer once, within the connect timeout (a host
  /// name is resolved before that begins to count).
  status connect();

  /// Writes each count, makes its window end no later than the count's `left` says, and returns the window's sum; in
  /// order, within `timeout` of the settings. After a failure it is not known what was written.
  result<std::vector<sum>> exchange(std::span<const rate_limiter::shared_count> counts);

private:
  void append(std::span<const rate_limiter::shared_count> counts);
  failure close_after(failure why);

  redis_settings settings_;
  result<redis_address> address_;
  redis_connection connection_;
};

} // namespace tessera
