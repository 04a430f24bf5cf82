#include "actors/store_writer.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace tessera {

namespace {

using std::chrono::milliseconds;

} // namespace

store_writer_state::~store_writer_state() {
  if (slot)
    slot->close();
}

void store_writer_state::look() {
  count_lost();
  auto waiting = audits->size();
  set(metrics->waiting, waiting);
  // Behind whatever else is in the mailbox: so one transaction takes all that gathered during the last one.
  if (waiting > 0 && !tick_under_way)
    arm(milliseconds{0});
}

void store_writer_state::count_lost() {
  auto lost = audits->take_lost();
  if (lost == 0)
    return;
  add(metrics->dropped, lost);
  if (!std::exchange(dropping, true))
    spdlog::error("store_writer: {} audit lines wait for the store; further ones are lost", audits->size());
}

void store_writer_state::arm(milliseconds wait) {
  tick_under_way = true;
  tick next{++tick_generation};
  if (wait > milliseconds{0})
    self->delayed_send(self, wait, next);
  else
    self->send(self, next);
}

void store_writer_state::write() {
  if (auto batch = audits->first(batch_limit); !batch.empty()) {
    if (auto done = append(batch); done)
      written(batch.size());
    else
      failed(batch.front(), done.error(), now());
  }
  auto all_written = audits->size() == 0;
  if (end_reason && (all_written || now() >= end_by || slot->interrupted())) {
    give_up();
    self->quit(*end_reason);
  } else if (!all_written && !tick_under_way) {
    arm(milliseconds{0});
  }
}

status store_writer_state::append(const std::vector<audit_entry>& batch) {
  // A store that throws has failed like any other.
  try {
    if (slot->interrupted())
      return failure{error_code::database_unavailable, "the end of writing was asked for"};
    if (slot->get() == nullptr) {
      auto fresh = store->connect();
      if (!fresh)
        return fresh.error();
      slot->put(std::move(*fresh));
    }
    auto done = slot->get()->append(batch);
    if (!done && done.error().code == error_code::database_unavailable)
      slot->close();
    return done;
  } catch (const std::exception& fault) {
    slot->close();
    return failure{error_code::database_unavailable, fault.what()};
  }
}

void store_writer_state::written(std::size_t count) {
  audits->drop(count);
  add(metrics->written, count);
  set(metrics->waiting, audits->size());
  retry->succeeded();
  rejections = 0;
  batch_limit = settings.batch_limit;
  if (std::exchange(failing, false))
    spdlog::info("store_writer: the store takes audit lines again");
  if (dropping && !audits->full()) {
    dropping = false;
    spdlog::warn("store_writer: no audit lines are lost any more; {} were so far", read(metrics->dropped));
  }
}

void store_writer_state::failed(const audit_entry& first, const failure& why, steady_time at) {
  note_failure(*metrics, why.code);
  if (!std::exchange(failing, true))
    spdlog::error("store_writer: the store does not take audit lines ({}): {}; {} wait", to_string(why.code),
                  mask_id_numbers(why.detail), audits->size());
  if (why.code != error_code::database_unavailable) {
    // The store is there and refuses: one line must be the reason, and the others shall not wait for it forever.
    if (std::exchange(batch_limit, 1) == 1 && ++rejections >= settings.rejections_limit) {
      spdlog::error("store_writer: an audit line \"{}\" is lost, the store rejects it: {}", first.action,
                    mask_id_numbers(why.detail));
      add(metrics->dropped);
      audits->drop(1);
      set(metrics->waiting, audits->size());
      rejections = 0;
    }
  }
  auto wait = retry->failed(at);
  if (end_reason)
    wait = std::min(wait, std::max(milliseconds{1}, std::chrono::duration_cast<milliseconds>(end_by - at)));
  arm(wait);
}

void store_writer_state::end(caf::error reason) {
  if (end_reason)
    return;
  end_reason = std::move(reason);
  end_by = now() + settings.flush_limit;
  retry->succeeded(); // a short time is left: try soon and often
  arm(milliseconds{0});
}

void store_writer_state::give_up() {
  count_lost();
  auto left = audits->size();
  if (left == 0)
    return;
  spdlog::error("store_writer: {} audit lines are lost, the store did not take them in time", left);
  add(metrics->dropped, left);
  audits->drop(left);
  set(metrics->waiting, 0);
}

store_writer_actor::behavior_type store_writer(store_writer_state::pointer self, store_writer_settings settings,
                                               std::shared_ptr<member_store> store, std::shared_ptr<audit_queue> audits,
                                               std::shared_ptr<connection_slot> slot, writer_metrics* metrics,
                                               clock_source now) {
  furnish(self, store_writer_state::name, *metrics);
  auto& state = self->state;
  state.self = self;
  state.settings = settings;
  state.store = std::move(store);
  state.audits = std::move(audits);
  state.slot = std::move(slot);
  state.metrics = metrics;
  state.now = std::move(now);
  state.retry.emplace(settings.backoff_min, settings.backoff_max, settings.seed);
  state.batch_limit = settings.batch_limit;
  self->set_exit_handler([self](caf::scheduled_actor*, caf::exit_msg& why) { self->state.end(std::move(why.reason)); });
  state.look();
  return {
      [self](const audit_waits&) {
        handling timed{*self->state.metrics};
        self->state.look();
      },
      [self](const tick& due) {
        if (due.generation != self->state.tick_generation)
          return;
        self->state.tick_under_way = false;
        self->state.write();
      },
  };
}

} // namespace tessera
