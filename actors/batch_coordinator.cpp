#include "actors/batch_coordinator.hpp"

#include <caf/actor_cast.hpp>

#include <utility>

namespace tessera {

std::uint32_t batch_coordinator_state::index_of(const batch_client_actor& asker) {
  return clients.index_of(asker, table->empty());
}

void batch_coordinator_state::apply() {
  issuers.send(*self, card_client_actor{batch_coordinator_actor{self}}, *table, now(), effects);
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
        auto& state = self->state;
        state.issuers.move_to(where, *state.table, state.now(), state.effects);
        state.apply();
      },
  };
}

} // namespace tessera
