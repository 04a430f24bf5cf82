#pragma once

#include "actors/furniture.hpp"
#include "config/settings.hpp"
#include "guard/backoff.hpp"
#include "guard/rate_limiter.hpp"
#include "messages/types.hpp"
#include "storage/limit_store.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace tessera {

/// Owns a connection to Redis, over which it exchanges the rate limiter's counts with those of other processes, every
/// 100 ms. Its calls block, for `redis_settings::timeout` each at most: to be spawned with caf::detached. Nobody waits
/// for it: while there is no connection the limiter goes on by itself, and what has changed meanwhile is exchanged when
/// there is one again. Attempts to connect are made no more often than the backoff allows.
struct limit_sharer_state {
  static constexpr const char* name = "limit_sharer";

  using pointer = limit_sharer_actor::stateful_pointer<limit_sharer_state>;

  explicit limit_sharer_state(pointer self) noexcept : self(self) {
  }

  pointer self;
  std::shared_ptr<rate_limiter> limiter;
  std::unique_ptr<limit_store> store;
  limit_sharer_metrics* metrics = nullptr;
  std::optional<backoff> attempts;
  std::vector<rate_limiter::shared_count> counts; ///< of the exchange under way
  steady_time connected_since{};
  bool down_is_logged = false; ///< since the connection was lost

  /// Exchanges what has changed; sees to it that the next tick comes.
  void on_tick();

private:
  status connect();
  status share();
  status exchange();
  void lost(const failure& why);
  void set_timer(std::chrono::milliseconds delay);
};

/// Makes its first attempt to connect before it handles messages. `metrics` must outlive the actor.
limit_sharer_actor::behavior_type limit_sharer(limit_sharer_state::pointer self, redis_settings settings,
                                               std::shared_ptr<rate_limiter> limiter, limit_sharer_metrics* metrics);

} // namespace tessera
