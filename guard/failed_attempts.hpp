#pragma once

#include "guard/client_key.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace tessera {

/// Slows down who presents wrong credentials again and again: after five within a minute, nothing of that client is
/// looked at until the minute is over. What is guessed at has 256 bits and is safe without this; it keeps guessing out
/// of the log and off the processor. Pure; one owner.
class failed_attempts {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::uint32_t free_failures = 5;
  static constexpr std::chrono::seconds window{60};
  /// More clients are not remembered: those whose minute is over go, else all.
  static constexpr std::size_t most_clients = 4'096;

  /// Returns how long the client has to wait before anything it presents is looked at; 0: it need not.
  std::chrono::seconds wait(client_key client, time_point now) const;

  void failed(client_key client, time_point now);

private:
  struct record {
    time_point since{}; ///< of the first in its window
    std::uint32_t failures = 0;
  };
  struct key_hash {
    std::size_t operator()(client_key x) const noexcept {
      return static_cast<std::size_t>(x.value); // uniformly distributed already
    }
  };

  void make_room(time_point now);

  std::unordered_map<client_key, record, key_hash> clients_;
};

} // namespace tessera
