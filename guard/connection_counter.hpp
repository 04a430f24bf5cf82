#pragma once

#include "guard/client_key.hpp"

#include <cstddef>
#include <mutex>
#include <unordered_map>

namespace tessera {

/// How many connections each client has open, over all I/O loops of a process, and whether it may have one more. Exact:
/// it remembers who has a connection and nobody else, so its size is bounded by the connections of the process. Any
/// thread; a call takes a lock, which opening and closing a connection can afford.
class connection_counter {
public:
  /// @param limit connections per client; at least 1
  explicit connection_counter(unsigned limit) noexcept : limit_(limit) {
  }

  /// Counts a connection that `client` opens. Returns whether it may have it; if not, nothing is counted.
  bool open(client_key client);

  /// A connection that was counted has ended.
  void close(client_key client) noexcept;

  /// Returns how many clients have a connection.
  std::size_t clients() const;

private:
  struct by_value {
    std::size_t operator()(client_key client) const noexcept {
      return static_cast<std::size_t>(client.value); // a hash already
    }
  };

  unsigned limit_;
  mutable std::mutex mutex_;
  std::unordered_map<client_key, unsigned, by_value> counts_; // guarded by mutex_
};

} // namespace tessera
