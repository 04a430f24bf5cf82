#include "actors/card_keeper.hpp"

#include <utility>

namespace tessera {

card_keeper_state::~card_keeper_state() {
  if (slot)
    slot->close();
}

void card_keeper_state::put(card_ledger next) {
  set(metrics->entries, next.entries().size());
  set(metrics->known, 1);
  ledger->put(std::make_shared<const card_ledger>(std::move(next)));
}

status card_keeper_state::read_if_changed() {
  return on_connection(*store, *slot, [&](store_connection& connection) -> status {
    auto began = wall_clock();
    auto newest = connection.card_states_mark();
    if (!newest)
      return newest.error();
    bool known = ledger->get() != nullptr && read_at != steady_time{};
    if (known && *newest == mark && now() - read_at < settings.full_interval) {
      put(ledger->get()->still_at(began));
      return ok();
    }
    // Read after the mark: a change in between is read twice rather than never.
    auto all = connection.list_card_states();
    if (!all)
      return all.error();
    put(card_ledger{std::move(*all), began});
    mark = std::move(*newest);
    read_at = now();
    return ok();
  });
}

void card_keeper_state::refresh() {
  const auto began = now();
  auto done = read_if_changed();
  if (!done)
    refuse_until = now() + (now() - began);
  if (slot->interrupted()) // the end: whatever became of the call
    return;
  if (done) {
    add(metrics->refreshes);
    if (std::exchange(failing, false))
      spdlog::info("card_keeper: reissues and revocations of cards can be read again");
  } else {
    note_failure(*metrics, done.error().code);
    if (!std::exchange(failing, true))
      spdlog::error("card_keeper: reissues and revocations of cards cannot be read ({}): {}; {}",
                    to_string(done.error().code), mask_id_numbers(done.error().detail),
                    ledger->get() ? "those known so far stay in force" : "no card is made or verified until then");
  }
  self->delayed_send(card_keeper_actor{self}, settings.interval, tick{});
}

void card_keeper_state::change(const change_cards& what) {
  card_changed answer;
  answer.to = what.asked_by;
  answer.revoked = what.revoke;
  answer.member = what.member;
  const auto began = now();
  // What has gathered behind a call that hung is refused: nobody may wait for it any more. And a change must not be put
  // into a ledger that others' changes are missing from.
  auto outcome = began < refuse_until
                     ? status{failure{error_code::database_unavailable, "the store did not answer in time just now"}}
                     : read_if_changed();
  auto changed =
      outcome ? on_connection(*store, *slot,
                              [&](store_connection& connection) {
                                if (what.revoke)
                                  return connection.revoke_cards({what.member, what.reason, what.actor, wall_clock()});
                                return connection.reissue_card(what.member, wall_clock());
                              })
              : result<card_state>{outcome.error()};
  if (changed) {
    add(metrics->changes);
    answer.state = *changed;
    put(ledger->get()->with({what.member, *changed}));
    audits->put({what.revoke ? "card.revoke" : "card.reissue", std::to_string(what.member.value), what.request_id,
                 what.actor, wall_clock()});
    self->send(here.writer, audit_waits{});
  } else {
    answer.error = changed.error().code;
    if (answer.error == error_code::database_unavailable && began >= refuse_until)
      refuse_until = now() + (now() - began);
    if (answer.error != error_code::not_found && !slot->interrupted())
      spdlog::warn("card_keeper: a card could not be changed ({}): {}", to_string(changed.error().code),
                   mask_id_numbers(changed.error().detail));
  }
  self->send(what.asker, answer);
}

card_keeper_actor::behavior_type card_keeper(card_keeper_state::pointer self, card_keeper_settings settings,
                                             std::shared_ptr<member_store> store, std::shared_ptr<connection_slot> slot,
                                             std::shared_ptr<published<card_ledger>> ledger,
                                             std::shared_ptr<audit_queue> audits, card_keeper_metrics* metrics,
                                             clock_source now, card_keeper_state::time_source wall_clock) {
  furnish(self, card_keeper_state::name, *metrics);
  auto& state = self->state;
  state.self = self;
  state.settings = settings;
  state.store = std::move(store);
  state.slot = std::move(slot);
  state.ledger = std::move(ledger);
  state.audits = std::move(audits);
  state.metrics = metrics;
  state.now = std::move(now);
  state.wall_clock = std::move(wall_clock);
  self->send(self, tick{});
  return {
      [self](const change_cards& what) {
        handling timed{*self->state.metrics};
        self->state.change(what);
      },
      [self](const tick&) {
        handling timed{*self->state.metrics};
        self->state.refresh();
      },
      [self](const directory& where) { self->state.here = where; },
  };
}

} // namespace tessera
