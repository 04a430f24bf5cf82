#include "actors/key_keeper.hpp"

#include <utility>

namespace tessera {

key_keeper_state::~key_keeper_state() {
  if (slot)
    slot->close();
}

error_code key_keeper_state::refresh() {
  auto fresh = read_keys();
  if (slot->interrupted()) // the end: whatever became of the call
    return error_code::interrupted;
  if (fresh) {
    take(std::move(*fresh));
    if (readings++ % settings.buffer_pool_every == 0)
      look_at_buffer_pool();
    return error_code::none;
  }
  failed(fresh.error());
  return fresh.error().code;
}

result<std::vector<api_key_record>> key_keeper_state::read_keys() {
  return on_connection(*store, *slot, [](store_connection& connection) { return connection.list_api_keys(); });
}

void key_keeper_state::take(std::vector<api_key_record> fresh) {
  add(metrics->refreshes);
  set(metrics->refreshed_ms, steady_ms(now()));
  if (std::exchange(failing, false))
    spdlog::info("key_keeper: the API keys can be read again");
  if (fresh == last)
    return;
  auto ring = std::make_shared<const key_ring>(fresh, keys->get()->configured());
  set(metrics->keys, ring->size());
  if (last)
    spdlog::info("key_keeper: the API keys have changed, there are {}", ring->size());
  keys->put(std::move(ring));
  last = std::move(fresh);
}

void key_keeper_state::look_at_buffer_pool() {
  auto state = on_connection(*store, *slot, [](store_connection& connection) { return connection.buffer_pool(); });
  auto& pool = metrics->buffer_pool;
  set(pool.known, state && *state ? 1 : 0);
  if (!state || !*state)
    return;
  set(pool.bytes, (*state)->bytes);
  set(pool.used_bytes, (*state)->used_bytes);
  set(pool.requests, (*state)->requests);
  set(pool.reads, (*state)->reads);
}

void key_keeper_state::failed(const failure& why) {
  note_failure(*metrics, why.code);
  if (!std::exchange(failing, true))
    spdlog::error("key_keeper: the API keys cannot be read ({}): {}; those known so far stay in force",
                  to_string(why.code), mask_id_numbers(why.detail));
}

key_keeper_actor::behavior_type key_keeper(key_keeper_state::pointer self, key_keeper_settings settings,
                                           std::shared_ptr<member_store> store, std::shared_ptr<connection_slot> slot,
                                           std::shared_ptr<key_ring_slot> keys, key_metrics* metrics,
                                           clock_source now) {
  furnish(self, key_keeper_state::name, *metrics);
  auto& state = self->state;
  state.self = self;
  state.settings = settings;
  state.store = std::move(store);
  state.slot = std::move(slot);
  state.keys = std::move(keys);
  state.metrics = metrics;
  state.now = std::move(now);
  set(metrics->keys, state.keys->get()->size());
  if (read(metrics->refreshed_ms) == 0)
    set(metrics->refreshed_ms, steady_ms(state.now()));
  self->send(self, tick{});
  return {
      [self](const reread_keys& what) {
        handling timed{*self->state.metrics};
        self->send(what.asker, keys_reread{self->state.refresh()});
      },
      [self](const tick&) {
        handling timed{*self->state.metrics};
        if (self->state.refresh() != error_code::interrupted)
          self->delayed_send(self, self->state.settings.interval, tick{});
      },
  };
}

} // namespace tessera
