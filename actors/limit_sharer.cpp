#include "actors/limit_sharer.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace tessera {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

namespace {

using clock = std::chrono::steady_clock;

constexpr milliseconds share_every{100};

// A round trip. Redis works a millisecond for them, so that a timeout tells of trouble rather than of much to do.
constexpr std::size_t counts_per_exchange = 512;

// 40,000 counts per second: of 20,000 clients that ask once. A longer backlog has its turn in the next rounds.
constexpr std::size_t exchanges_per_round = 8;

// Only a connection that has held for so long makes up for failures.
constexpr std::chrono::seconds holds_after{5};

} // namespace

void limit_sharer_state::on_tick() {
  auto begin = clock::now();
  if (auto shared = share(); !shared) {
    lost(shared.error());
    return;
  }
  auto end = clock::now();
  if (end - connected_since >= holds_after)
    attempts->succeeded();
  if (read(metrics->connected) == 0) { // only now: a Redis that takes no writes can be connected to
    set(metrics->connected, 1);
    spdlog::info("limit_sharer: connected; the limits count together with other processes");
    down_is_logged = false;
  }
  add(metrics->rounds);
  set_timer(std::max(duration_cast<milliseconds>(begin + share_every - end), milliseconds{0}));
}

status limit_sharer_state::share() {
  if (!store->connected())
    if (auto connected = connect(); !connected)
      return connected;
  for (std::size_t i = 0; i < exchanges_per_round; ++i) {
    counts.clear();
    limiter->collect(counts, counts_per_exchange, clock::now());
    if (counts.empty())
      break;
    if (auto done = exchange(); !done)
      return done;
    if (counts.size() < counts_per_exchange)
      break;
  }
  return ok();
}

status limit_sharer_state::connect() {
  if (auto done = store->connect(); !done)
    return done;
  connected_since = clock::now();
  return ok();
}

status limit_sharer_state::exchange() {
  auto sums = store->exchange(counts);
  if (!sums) {
    for (const auto& unsent : counts)
      limiter->put_back(unsent);
    return sums.error();
  }
  auto now = clock::now();
  for (std::size_t i = 0; i < counts.size(); ++i)
    limiter->merge(counts[i], (*sums)[i].total, (*sums)[i].left, now);
  add(metrics->exchanges);
  add(metrics->counts, counts.size());
  return ok();
}

void limit_sharer_state::lost(const failure& why) {
  note_failure(*metrics, why.code);
  set(metrics->connected, 0);
  if (!std::exchange(down_is_logged, true))
    spdlog::warn("limit_sharer: cannot share counts: {}; the limits count this process alone until then", why.detail);
  set_timer(attempts->failed(clock::now()));
}

void limit_sharer_state::set_timer(milliseconds delay) {
  self->delayed_send(limit_sharer_actor{self}, delay, tick{});
}

limit_sharer_actor::behavior_type limit_sharer(limit_sharer_state::pointer self, redis_settings settings,
                                               std::shared_ptr<rate_limiter> limiter, limit_sharer_metrics* metrics) {
  furnish(self, limit_sharer_state::name, *metrics);
  auto& state = self->state;
  state.limiter = std::move(limiter);
  state.store = std::make_unique<limit_store>(settings);
  state.metrics = metrics;
  state.counts.reserve(counts_per_exchange + rate_limiter::most_over); // none then while a client's record is locked
  state.attempts.emplace(settings.backoff_min, settings.backoff_max, std::random_device{}());
  set(metrics->connected, 0);
  state.on_tick();
  return {
      [self](const tick&) {
        handling timed{*self->state.metrics};
        self->state.on_tick();
      },
  };
}

} // namespace tessera
