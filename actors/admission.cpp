#include "actors/admission.hpp"

#include <algorithm>
#include <utility>

namespace tessera {

admission_queue_settings admission_settings_of(const queue_settings& all, std::uint64_t seed) {
  admission_queue_settings result;
  result.concurrency = all.concurrency;
  result.limit = all.limit;
  result.timeout = all.timeout;
  result.target = all.target;
  result.interval = all.interval;
  result.seed = seed;
  return result;
}

admission_state::asker& admission_state::known(const admission_client_actor& handle) {
  auto found = std::find_if(askers.begin(), askers.end(), [&](auto& x) { return x.handle == handle; });
  if (found != askers.end())
    return *found;
  self->monitor(handle); // if it is dead, that is said at once
  return askers.emplace_back(asker{handle, {}, {}});
}

std::optional<admission_state::item> admission_state::enter(asker& whose, work_id named) {
  if (!whose.works.emplace(named.value, last_item + 1).second)
    return std::nullopt;
  works.emplace(++last_item, work{&whose, named});
  return last_item;
}

void admission_state::ask(const admission_batch& batch, steady_time at) {
  auto& whose = known(batch.asker);
  for (auto& x : batch.requests)
    if (auto which = enter(whose, x.work))
      queue->add(*which, batch.priority, at + std::chrono::milliseconds{x.time_left_ms}, at);
}

void admission_state::go_on(const work_goes_on& what) {
  auto& whose = known(what.asker);
  for (auto x : what.works)
    if (auto which = enter(whose, x))
      queue->adopt(*which);
}

void admission_state::end(const work_ended& ended, steady_time at) {
  auto& whose = known(ended.asker);
  for (auto x : ended.works)
    if (auto which = whose.works.find(x.value); which != whose.works.end())
      leave(which->second, at);
}

void admission_state::leave(item which, steady_time at) {
  if (!queue->release(which, at) && queue->withdraw(which))
    add(metrics->withdrawn);
  auto node = works.extract(which);
  node.mapped().whose->works.erase(node.mapped().named.value);
}

void admission_state::asker_down(const caf::down_msg& down, steady_time at) {
  auto gone = std::find_if(askers.begin(), askers.end(), [&](auto& x) { return x.handle.address() == down.source; });
  if (gone == askers.end())
    return;
  while (!gone->works.empty())
    leave(gone->works.begin()->second, at);
  askers.erase(gone);
}

void admission_state::carry_out(steady_time at) {
  auto decided = queue->decide(at);
  for (auto& x : decided.granted) {
    add(metrics->admitted);
    add(metrics->waited_us, static_cast<std::uint64_t>(x.waited.count()));
    metrics->waits.record(x.waited);
    auto& what = works.at(x.which);
    what.whose->answers.answers.push_back({what.named, error_code::none, 0});
  }
  for (auto& x : decided.refused)
    refuse(x);
  for (auto& x : askers)
    if (!x.answers.answers.empty())
      self->send(x.handle, std::exchange(x.answers, {}));
  publish(at);
  arm(at);
}

void admission_state::refuse(const admission_queue::refusal& what) {
  auto error = error_code::queue_full;
  switch (what.why) {
  case admission_queue::reason::queue_full:
    add(metrics->refused_full);
    break;
  case admission_queue::reason::shed:
    add(metrics->shed);
    break;
  case admission_queue::reason::timed_out:
    add(metrics->timed_out);
    error = error_code::timed_out;
    break;
  }
  auto node = works.extract(what.which);
  auto& [whose, named] = node.mapped();
  whose->works.erase(named.value);
  whose->answers.answers.push_back({named, error, static_cast<std::uint32_t>(what.retry_after.count())});
}

void admission_state::publish(steady_time at) {
  set(metrics->at_work, queue->at_work());
  set(metrics->waiting, queue->waiting());
  auto overloaded = queue->overloaded();
  if (std::exchange(was_overloaded, overloaded) != overloaded) {
    if (overloaded)
      spdlog::warn("admission: more work than can be done in time: {} wait, the oldest for {} ms", queue->waiting(),
                   queue->oldest_age(at).count() / 1'000);
    else
      spdlog::info("admission: the database keeps up with the loads again; {} were refused so far",
                   read(metrics->shed) + read(metrics->refused_full));
  }
  set(metrics->overloaded, overloaded ? 1 : 0);
  set(metrics->oldest_us, static_cast<std::uint64_t>(queue->oldest_age(at).count()));
}

void admission_state::arm(steady_time at) {
  auto wanted = queue->next_look();
  if (wanted >= look_at)
    return;
  look_at = wanted;
  // CAF's timers cannot be cancelled: the tick under way, if any, is told by its generation.
  auto wait = std::max<std::chrono::steady_clock::duration>(wanted - at, std::chrono::milliseconds{1});
  self->delayed_send(self, std::chrono::ceil<std::chrono::microseconds>(wait), tick{++tick_generation});
}

admission_actor::behavior_type admission(admission_state::pointer self, admission_queue_settings settings,
                                         admission_metrics* metrics, clock_source now) {
  furnish(self, admission_state::name, *metrics);
  auto& state = self->state;
  state.self = self;
  state.metrics = metrics;
  state.now = std::move(now);
  state.queue.emplace(settings);
  state.publish(state.now());
  self->set_down_handler([self](caf::scheduled_actor*, caf::down_msg& down) {
    auto at = self->state.now();
    self->state.asker_down(down, at);
    self->state.carry_out(at);
  });
  return {
      [self](const admission_batch& batch) {
        auto& state = self->state;
        handling timed{*state.metrics};
        auto at = state.now();
        state.ask(batch, at);
        state.carry_out(at);
      },
      [self](const work_ended& ended) {
        auto& state = self->state;
        handling timed{*state.metrics};
        auto at = state.now();
        state.end(ended, at);
        state.carry_out(at);
      },
      [self](const work_goes_on& what) {
        auto& state = self->state;
        handling timed{*state.metrics};
        state.go_on(what);
        state.carry_out(state.now());
      },
      [self](const tick& due) {
        auto& state = self->state;
        if (due.generation != state.tick_generation)
          return;
        state.look_at = steady_time::max();
        state.carry_out(state.now());
      },
  };
}

} // namespace tessera
