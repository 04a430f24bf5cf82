#include "actors/card_issuer.hpp"

#include "messages/types.hpp"
#include "storage/cache_key.hpp"

#include <algorithm>
#include <utility>

namespace tessera {

namespace {

// What it guards are deadlines of seconds.
constexpr auto tick_interval = std::chrono::milliseconds{100};

template <class Handle>
bool differ(const std::vector<Handle>& left, const std::vector<Handle>& right, std::size_t i) {
  return i >= left.size() || i >= right.size() || left[i] != right[i];
}

} // namespace

std::uint32_t card_issuer_state::index_of(const card_client_actor& asker) {
  return clients.index_of(asker, table->empty());
}

void card_issuer_state::move_to(const directory& latest, steady_time at) {
  if (knows_others && latest.epoch <= here.epoch)
    return;
  auto before = std::exchange(here, latest);
  table->use_renderers(here.renderers.size());
  table->use_admission(static_cast<bool>(here.admission));
  if (!std::exchange(knows_others, true))
    return;
  if (before.pool != here.pool)
    table->pool_replaced();
  if (before.admission != here.admission)
    table->admission_replaced(effects);
  auto cache_moved = [&](auto key) {
    return before.caches.size() != here.caches.size()
           || differ(before.caches, here.caches, shard_of(key, std::max<std::size_t>(here.caches.size(), 1)));
  };
  auto lost = [&](const card_table::awaited& what) {
    using from = card_table::awaited::from;
    switch (what.what) {
    case from::alias:
      return cache_moved(what.member);
    case from::lookup:
      return cache_moved(what.number)
             || differ(before.lookups, here.lookups,
                       shard_of(what.number, std::max<std::size_t>(here.lookups.size(), 1)));
    case from::pool:
      return before.pool != here.pool;
    case from::admission:
      return before.admission != here.admission;
    case from::renderer:
      return differ(before.renderers, here.renderers, what.renderer);
    }
    return false;
  };
  table->ask_again(lost, at, effects);
}

void card_issuer_state::apply(steady_time at) {
  ask_members(at);
  tell_admission();
  render();
  fill();
  answer();
  effects.clear();
  set(metrics->jobs, table->size());
  set(metrics->waiting, table->waiting());
  for (std::size_t i = 0; i < card_cache_count; ++i) {
    auto kept = table->statistics_of(static_cast<card_cache>(i));
    set(metrics->caches[i].entries, kept.entries);
    set(metrics->caches[i].bytes, kept.bytes);
    set(metrics->caches[i].byte_limit, kept.byte_limit);
  }
  if (!table->empty() && !std::exchange(tick_under_way, true))
    self->delayed_send(card_issuer_actor{self}, tick_interval, tick{++tick_generation});
}

/// Whoever is not there (yet) answers at once that nothing is known, until there is nothing more to ask.
void card_issuer_state::ask_members(steady_time at) {
  card_issuer_actor me{self};
  while (here.caches.empty() && !effects.resolve.empty())
    for (const auto& each : std::exchange(effects.resolve, {}))
      table->alias_resolved({each.job, false, {}, 0, {}}, at, effects);
  for (const auto& each : effects.resolve)
    self->send(here.caches[shard_of(each.member, here.caches.size())],
               resolve_alias{alias_client_actor{me}, each.job, each.member});
  while (!here.pool && !effects.load.empty()) {
    for (const auto& key : std::exchange(effects.load, {})) {
      load_answer failed;
      failed.key = key;
      failed.error = error_code::database_unavailable;
      failed.pool = table->pool();
      table->member_loaded(failed, at, effects);
    }
  }
  if (!effects.load.empty())
    self->send(here.pool,
               load_batch{load_client_actor{me}, std::move(effects.load), effects.time_left_ms, table->pool()});
  if (effects.look_up.empty())
    return;
  std::vector<std::vector<lookup_request>> by_shard(here.lookups.size());
  for (const auto& each : effects.look_up)
    by_shard[shard_of(each.number, by_shard.size())].push_back(each);
  for (std::size_t i = 0; i < by_shard.size(); ++i)
    if (!by_shard[i].empty())
      self->send(here.lookups[i], lookup_batch{lookup_client_actor{me}, std::move(by_shard[i])});
}

void card_issuer_state::tell_admission() {
  if (!here.admission)
    return;
  admission_client_actor me{card_issuer_actor{self}};
  if (!effects.goes_on.empty())
    self->send(here.admission, work_goes_on{me, std::move(effects.goes_on)});
  if (!effects.ended.empty())
    self->send(here.admission, work_ended{me, std::move(effects.ended)});
  for (std::size_t i = 0; i < effects.ask_admission.size(); ++i)
    if (!effects.ask_admission[i].empty())
      self->send(here.admission,
                 admission_batch{me, static_cast<admission_priority>(i), std::move(effects.ask_admission[i])});
}

void card_issuer_state::render() {
  for (bool urgent : {true, false}) {
    std::vector<render_batch> batches(here.renderers.size());
    for (auto& each : effects.render)
      if (each.urgent == urgent)
        batches[each.renderer].jobs.push_back(std::move(each.job));
    for (std::size_t i = 0; i < batches.size(); ++i) {
      if (batches[i].jobs.empty())
        continue;
      batches[i].asker = render_client_actor{card_issuer_actor{self}};
      if (urgent)
        self->send<caf::message_priority::high>(here.renderers[i], std::move(batches[i]));
      else
        self->send(here.renderers[i], std::move(batches[i]));
    }
  }
}

void card_issuer_state::fill() {
  if (effects.fills.empty() || here.caches.empty())
    return;
  std::vector<cache_fill> bodies(here.caches.size());
  std::vector<cache_fill> aliases(here.caches.size());
  for (auto& each : effects.fills) {
    auto home = shard_of(each.number, bodies.size());
    auto owner = shard_of(each.id, bodies.size());
    if (owner != home) {
      auto& alias = aliases[owner].members.emplace_back();
      alias.number = each.number;
      alias.id = std::exchange(each.id, {});
      alias.age_ms = each.age_ms;
    }
    bodies[home].members.push_back(std::move(each));
  }
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    bodies[i].by_age = true;
    if (!bodies[i].members.empty())
      self->send(here.caches[i], std::move(bodies[i]));
    aliases[i].alias_only = true;
    if (!aliases[i].members.empty())
      self->send(here.caches[i], std::move(aliases[i]));
  }
}

void card_issuer_state::answer() {
  if (effects.answers.empty())
    return;
  std::vector<card_answers> by_asker(clients.size());
  for (auto& each : effects.answers)
    by_asker[each.asker].answers.push_back(std::move(each.content));
  for (std::size_t i = 0; i < by_asker.size(); ++i)
    if (!by_asker[i].answers.empty())
      self->send(clients[i], std::move(by_asker[i]));
}

card_issuer_actor::behavior_type card_issuer(card_issuer_state::pointer self, card_table_settings settings,
                                             card_table::surroundings around, std::uint64_t seed, card_metrics* metrics,
                                             clock_source now) {
  furnish(self, card_issuer_state::name, *metrics);
  auto& state = self->state;
  state.self = self;
  state.table.emplace(settings, std::move(around), *metrics, seed);
  state.now = std::move(now);
  state.metrics = metrics;
  // What each handler does with the table, and then what the table wants.
  auto step = [self](auto&& decide) {
    auto& state = self->state;
    handling timed{*state.metrics};
    auto at = state.now();
    decide(state, at);
    state.apply(at);
  };
  return {
      [step](const lookup_answers& found) {
        step([&](card_issuer_state& state, steady_time at) {
          for (const auto& each : found.answers)
            state.table->member_found(each, at, state.effects);
        });
      },
      [step](const card_batch& batch) {
        step([&](card_issuer_state& state, steady_time at) {
          auto asker = state.index_of(batch.asker);
          for (const auto& each : batch.tasks)
            state.table->open(asker, each, at, state.effects);
        });
      },
      [step](const alias_resolved& answer) {
        step([&](card_issuer_state& state, steady_time at) { state.table->alias_resolved(answer, at, state.effects); });
      },
      [step](const load_answers& loaded) {
        step([&](card_issuer_state& state, steady_time at) {
          for (const auto& each : loaded.answers)
            state.table->member_loaded(each, at, state.effects);
        });
      },
      [step](const admission_answers& answered) {
        step([&](card_issuer_state& state, steady_time at) {
          for (const auto& each : answered.answers)
            state.table->admission_answered(each, at, state.effects);
        });
      },
      [step](const render_answers& rendered) {
        step([&](card_issuer_state& state, steady_time at) {
          for (const auto& each : rendered.answers)
            state.table->rendered(each, at, state.effects);
        });
      },
      [step](const abandon_cards& gone) {
        step([&](card_issuer_state& state, steady_time) {
          state.table->abandon(state.index_of(gone.asker), gone.tickets, state.effects);
        });
      },
      [self, step](const invalidate_all& what) {
        step([](card_issuer_state& state, steady_time at) { state.table->forget_made(at); });
        self->send(what.asker, invalidated{what.job, 0});
      },
      [step](const tick& due) {
        step([&](card_issuer_state& state, steady_time at) {
          if (due.generation != state.tick_generation)
            return;
          state.tick_under_way = false;
          state.table->tick(at, state.effects);
        });
      },
      [step](const directory& where) {
        step([&](card_issuer_state& state, steady_time at) { state.move_to(where, at); });
      },
  };
}

} // namespace tessera
