#include "actors/lookup.hpp"

#include "messages/types.hpp"
#include "storage/cache_key.hpp"

#include <algorithm>
#include <utility>

namespace tessera {

namespace {

using std::chrono::milliseconds;

// How often what waits is looked at. A timer of CAF's costs a message and a wake-up, and what it guards is 50 ms and
// up.
constexpr auto tick_interval = milliseconds{10};

} // namespace

std::uint32_t lookup_state::index_of(const lookup_client_actor& asker) {
  return clients.index_of(asker, table->empty());
}

void lookup_state::move_to(const directory& latest, steady_time at) {
  if (knows_others && latest.epoch <= here.epoch)
    return;
  auto before = std::exchange(here, latest);
  table->use_l2(!here.redis.empty());
  table->use_admission(static_cast<bool>(here.admission));
  if (!std::exchange(knows_others, true))
    return;
  if (before.caches.size() <= shard || here.caches.size() <= shard || before.caches[shard] != here.caches[shard])
    table->cache_replaced();
  if (before.redis != here.redis) {
    auto resized = before.redis.size() != here.redis.size();
    auto moved = [&](id_number number) {
      if (resized || here.redis.empty())
        return true;
      auto i = shard_of(number, here.redis.size());
      return before.redis[i] != here.redis[i];
    };
    table->l2_replaced(moved, at, effects);
  }
  if (before.admission != here.admission)
    table->admission_replaced(at, effects);
  if (before.pool != here.pool)
    table->pool_replaced(at, effects);
}

void lookup_state::apply(pointer self, steady_time at) {
  ask(self, at);
  tell_admission(self);
  answer(self);
  fill(self);
  effects.clear();
  set(metrics->loading, table->size());
  set(metrics->waiting, table->waiting());
  if (!table->empty() && !std::exchange(tick_under_way, true))
    self->delayed_send(lookup_actor{self}, tick_interval, tick{++tick_generation});
}

void lookup_state::ask(pointer self, steady_time at) {
  // Without a pool every ask fails, which may begin second rounds and so further asks.
  while (!here.pool && !effects.ask_database.empty()) {
    for (const auto& key : std::exchange(effects.ask_database, {})) {
      load_answer failed;
      failed.key = key;
      failed.error = error_code::database_unavailable;
      failed.pool = table->pool();
      table->database_answered(failed, at, effects);
    }
  }
  if (!effects.ask_database.empty()) {
    load_batch batch;
    batch.asker = load_client_actor{lookup_actor{self}};
    batch.keys = std::move(effects.ask_database);
    batch.time_left_ms = effects.time_left_ms;
    batch.pool = table->pool();
    self->send(here.pool, std::move(batch));
  }
  if (effects.ask_l2.empty())
    return;
  std::vector<l2_get> gets(here.redis.size());
  for (auto number : effects.ask_l2)
    gets[shard_of(number, gets.size())].numbers.push_back(number);
  for (std::size_t i = 0; i < gets.size(); ++i) {
    if (gets[i].numbers.empty())
      continue;
    gets[i].asker = lookup_actor{self};
    self->send(here.redis[i], std::move(gets[i]));
  }
}

void lookup_state::tell_admission(pointer self) {
  if (!here.admission)
    return;
  admission_client_actor me{lookup_actor{self}};
  if (!effects.goes_on.empty())
    self->send(here.admission, work_goes_on{me, std::move(effects.goes_on)});
  if (!effects.ended.empty())
    self->send(here.admission, work_ended{me, std::move(effects.ended)});
  if (!effects.ask_admission.empty())
    self->send(here.admission, admission_batch{me, admission_priority::lookup, std::move(effects.ask_admission)});
}

void lookup_state::fill(pointer self) {
  if (!effects.fills.empty() && shard < here.caches.size()) {
    std::vector<cache_fill> aliases(here.caches.size());
    for (auto& member : effects.fills) {
      auto owner = member.id.value == 0 ? shard : shard_of(member.id, aliases.size());
      if (owner == shard)
        continue;
      auto& alias = aliases[owner].members.emplace_back();
      alias.number = member.number;
      alias.id = std::exchange(member.id, {});
      alias.age_ms = member.age_ms;
    }
    self->send(here.caches[shard], cache_fill{std::move(effects.fills), false});
    for (std::size_t i = 0; i < aliases.size(); ++i) {
      if (aliases[i].members.empty())
        continue;
      aliases[i].alias_only = true;
      self->send(here.caches[i], std::move(aliases[i]));
    }
  }
  if (effects.l2_fills.empty() || here.redis.empty())
    return;
  std::vector<l2_fill> fills(here.redis.size());
  for (auto& member : effects.l2_fills)
    fills[shard_of(member.number, fills.size())].members.push_back(std::move(member));
  for (std::size_t i = 0; i < fills.size(); ++i) {
    if (!fills[i].members.empty())
      self->send(here.redis[i], std::move(fills[i]));
  }
}

void lookup_state::answer(pointer self) {
  if (effects.answers.empty())
    return;
  std::vector<lookup_answers> by_asker(clients.size());
  for (auto& each : effects.answers)
    by_asker[each.asker].answers.push_back(std::move(each.content));
  for (std::size_t i = 0; i < by_asker.size(); ++i) {
    if (!by_asker[i].answers.empty())
      self->send(clients[i], std::move(by_asker[i]));
  }
}

lookup_actor::behavior_type lookup(lookup_state::pointer self, lookup_settings settings, std::uint32_t shard,
                                   lookup_metrics* metrics, clock_source now) {
  furnish(self, lookup_state::name, *metrics);
  self->state.table = std::make_unique<load_table>(settings, *metrics);
  self->state.now = std::move(now);
  self->state.metrics = metrics;
  self->state.shard = shard;
  return {
      [self](const load_answers& loaded) {
        auto& state = self->state;
        handling timed{*state.metrics};
        auto at = state.now();
        for (const auto& each : loaded.answers)
          state.table->database_answered(each, at, state.effects);
        state.apply(self, at);
      },
      [self](const admission_answers& answered) {
        auto& state = self->state;
        handling timed{*state.metrics};
        auto at = state.now();
        for (const auto& each : answered.answers)
          state.table->admission_answered(each, at, state.effects);
        state.apply(self, at);
      },
      [self](lookup_batch& batch) {
        auto& state = self->state;
        handling timed{*state.metrics};
        if (state.shard < state.here.caches.size()) {
          self->send(state.here.caches[state.shard],
                     cache_probe{std::move(batch.asker), lookup_actor{self}, std::move(batch.requests), batch.hop});
          return;
        }
        if (batch.hop != 0)
          self->send(batch.asker, lookup_answers{{}, batch.hop});
        // There is no cache (yet): each is a miss, and not kept.
        auto at = state.now();
        auto asker = state.index_of(batch.asker);
        for (const auto& request : batch.requests)
          state.table->open(asker, {request, {}, nullptr, 0, 0}, at, state.effects);
        state.apply(self, at);
      },
      [self](const cache_misses& missed) {
        auto& state = self->state;
        handling timed{*state.metrics};
        auto at = state.now();
        auto asker = state.index_of(missed.asker);
        for (const auto& miss : missed.misses)
          state.table->open(asker, miss, at, state.effects);
        state.apply(self, at);
      },
      [self](const l2_answers& answered) {
        auto& state = self->state;
        handling timed{*state.metrics};
        auto at = state.now();
        for (const auto& each : answered.answers)
          state.table->l2_answered(each, at, state.effects);
        state.apply(self, at);
      },
      [self](const abandon& gone) {
        auto& state = self->state;
        handling timed{*state.metrics};
        auto at = state.now();
        state.table->abandon(state.index_of(gone.asker), gone.tickets, at, state.effects);
        state.apply(self, at);
      },
      [self](const invalidate& what) {
        auto& state = self->state;
        handling timed{*state.metrics};
        state.table->invalidate(what.number);
        // Without a cache nothing is kept here; the cache answers otherwise.
        if (state.shard < state.here.caches.size())
          self->send(state.here.caches[state.shard], what);
        else
          self->send(what.asker, invalidated{what.job, state.shard});
      },
      [self](const invalidate_all& what) {
        auto& state = self->state;
        handling timed{*state.metrics};
        state.table->invalidate_all();
        if (state.shard < state.here.caches.size())
          self->send(state.here.caches[state.shard], what);
        else
          self->send(what.asker, invalidated{what.job, state.shard});
      },
      [self](const tick& due) {
        auto& state = self->state;
        if (due.generation != state.tick_generation)
          return;
        state.tick_under_way = false;
        auto at = state.now();
        state.table->tick(at, state.effects);
        state.apply(self, at);
      },
      [self](const directory& latest) {
        auto& state = self->state;
        handling timed{*state.metrics};
        auto at = state.now();
        state.move_to(latest, at);
        state.apply(self, at);
      },
  };
}

} // namespace tessera
