#pragma once

#include "actors/furniture.hpp"
#include "actors/redis_debts.hpp"
#include "config/settings.hpp"
#include "guard/backoff.hpp"
#include "messages/l2.hpp"
#include "storage/l2_sealer.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <unordered_set>
#include <vector>

namespace tessera {

/// Owns one connection to L2 and the invalidations that it owes. Its calls block, for `redis_settings::timeout` each at
/// most: to be spawned with caf::detached. Whatever has gathered in its mailbox goes out together.
///
/// While there is no connection, gets are answered `failed` and fills are dropped, both at once; attempts to connect
/// are made between messages, no more often than the backoff allows. Nothing is read before all owed invalidations are
/// acknowledged.
struct redis_state {
  static constexpr const char* name = "redis";

  using pointer = redis_actor::stateful_pointer<redis_state>;

  explicit redis_state(pointer self) noexcept : self(self) {
  }

  struct question {
    std::size_t asker = 0; ///< index in `askers`
    id_number number;
  };
  struct waiting_job {
    maintenance_actor asker;
    std::uint64_t job = 0;
  };

  pointer self;
  std::unique_ptr<l2_client> client;
  std::shared_ptr<const l2_sealer> sealer;
  redis_settings settings;
  cache_settings lifetimes;
  redis_metrics* metrics = nullptr;
  std::optional<backoff> attempts;
  std::optional<redis_debts> debts;

  std::vector<question> questions;
  std::vector<lookup_actor> askers; ///< of the questions, each once; no longer than they wait
  std::vector<l2_filled_member> fills;
  std::vector<waiting_job> invalidations; ///< to be told whether all that is owed was acknowledged
  bool flush_under_way = false;
  std::uint64_t timer_generation = 0;

  /// Numbers that had no generation when they were asked for over this connection. A fill without a generation counts
  /// only for these: if Redis was restarted empty in between, the generation that an invalidation had set is gone, and
  /// nothing else would tell that the load began before it.
  std::unordered_set<id_number> without_generation;

  steady_time connected_since{};
  bool down_is_logged = false;    ///< since the connection was lost
  bool refusal_is_logged = false; ///< since a put last succeeded

  void add_get(const l2_get& what);
  void add_fill(l2_fill& what);
  void add_invalidation(const l2_invalidate& what);
  void add_invalidation(const l2_invalidate_all& what);
  /// Handles a tick: the flush that was asked for, or the timer.
  void on_tick(std::uint64_t generation);
  /// Connects or, if that fails, has the timer try again.
  void connect();

private:
  void owe_to(const waiting_job& whom);
  bool serves() const;
  void want_flush();
  void flush();
  void pay_debts();
  void answer_questions();
  void answer(std::span<const question> some, const result<std::vector<l2_entry>>& entries);
  void put_fills();
  void put(std::span<const l2_put> some);
  void look_at_server();
  void lost(const failure& why);
  void set_timer(std::chrono::milliseconds delay);
  void show_debts();
};

/// Makes its first attempt to connect before it handles messages. `metrics` must outlive the actor
/// and is its own: if its predecessor died owing invalidations, the gauge says so, and the successor believes nothing
/// that it reads until all values of that time have expired.
redis_actor::behavior_type redis(redis_state::pointer self, redis_settings settings,
                                 std::shared_ptr<const l2_sealer> sealer, cache_settings lifetimes,
                                 redis_metrics* metrics);

} // namespace tessera
