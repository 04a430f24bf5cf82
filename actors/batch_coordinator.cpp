#include "actors/batch_coordinator.hpp"

#include "storage/cache_key.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <utility>

namespace tessera {

std::uint32_t batch_coordinator_state::index_of(const batch_client_actor& asker) {
  return clients.index_of(asker, table->empty());
}

void batch_coordinator_state::move_to(const directory& latest) {
  if (knows_others && latest.epoch <= here.epoch)
    return;
  auto before = std::exchange(here, latest);
  if (!std::exchange(knows_others, true) || here.issuers.empty())
    return;
  auto resized = before.issuers.size() != here.issuers.size();
  table->ask_again(
      [&](member_id member) {
        auto i = shard_of(member, here.issuers.size());
        return resized || before.issuers[i] != here.issuers[i];
      },
      now(), effects);
}

void batch_coordinator_state::apply() {
  card_client_actor me{batch_coordinator_actor{self}};
  while (here.issuers.empty() && !effects.tasks.empty()) { // there is nobody (yet): each has failed
    for (const auto& each : std::exchange(effects.tasks, {})) {
      card_answer failed;
      failed.to = each.asked_by;
      failed.error = error_code::interrupted;
      table->answered(failed, now(), effects);
    }
  }
  std::vector<card_batch> tasks(here.issuers.size());
  std::vector<abandon_cards> dropped(here.issuers.size());
  for (auto& each : effects.tasks)
    tasks[shard_of(each.member, tasks.size())].tasks.push_back(std::move(each));
  if (!dropped.empty())
    for (const auto& each : effects.dropped)
      dropped[shard_of(each.member, dropped.size())].tickets.push_back(each.which);
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    tasks[i].asker = dropped[i].asker = me;
    if (!tasks[i].tasks.empty())
      self->send(here.issuers[i], std::move(tasks[i]));
    if (!dropped[i].tickets.empty())
      self->send(here.issuers[i], std::move(dropped[i]));
  }
  for (auto& each : effects.results)
    self->send(clients[each.asker], std::move(each.content));
  effects.clear();
}

batch_coordinator_actor::behavior_type batch_coordinator(batch_coordinator_state::pointer self, batch_metrics* metrics,
                                                         clock_source now) {
  furnish(self, batch_coordinator_state::name, *metrics);
  self->state.self = self;
  self->state.table.emplace(*metrics);
  self->state.metrics = metrics;
  self->state.now = std::move(now);
  return {
      [self](const card_answers& answered) {
        auto& state = self->state;
        handling timed{*state.metrics};
        for (const auto& each : answered.answers)
          state.table->answered(each, state.now(), state.effects);
        state.apply();
      },
      [self](const generate_cards& what) {
        auto& state = self->state;
        handling timed{*state.metrics};
        state.table->open(state.index_of(what.asker), what, state.now(), state.effects);
        state.apply();
      },
      [self](const abandon_cards& gone) {
        auto& state = self->state;
        handling timed{*state.metrics};
        auto asker = caf::actor_cast<batch_client_actor>(gone.asker);
        state.table->abandon(state.index_of(asker), gone.tickets, state.effects);
        state.apply();
      },
      [self](const directory& where) {
        self->state.move_to(where);
        self->state.apply();
      },
  };
}

} // namespace tessera
