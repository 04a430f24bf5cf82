#include "actors/db_pool.hpp"

#include "actors/db_worker.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace tessera {

namespace {

using std::chrono::milliseconds;

/// Deadlines and idle times need no more; what is due earlier gets a tick of its own.
constexpr milliseconds regular_tick{1'000};
constexpr std::uint64_t regular = 0;

/// A statement is cut off only when it is still seen to take too long this much later. If this process itself was kept
/// from running, its worker needs a moment to take the answer that has arrived.
constexpr milliseconds overdue_grace{20};

/// One line per failed statement would flood the log just when it is needed.
constexpr std::chrono::seconds failure_log_interval{1};

std::string_view what_of(pool_plan::work kind) {
  switch (kind) {
  case pool_plan::work::key_by_number:
    return "members by id_number";
  case pool_plan::work::key_by_id:
    return "members by member_id";
  case pool_plan::work::find:
    return "id_number by member_id";
  case pool_plan::work::page:
    return "page of newest members";
  case pool_plan::work::ping:
    return "ping";
  }
  return "unknown";
}

std::string name_of(const pool_plan::task& task) {
  auto result = std::string{what_of(task.kind)};
  if (task.kind == pool_plan::work::key_by_number || task.kind == pool_plan::work::key_by_id)
    result += fmt::format(", {} key{}", task.items.size(), task.items.size() == 1 ? "" : "s");
  return result;
}

std::uint32_t in_microseconds(std::chrono::microseconds time) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(time.count(), 0, UINT32_MAX));
}

} // namespace

db_pool_settings pool_settings_of(const database_settings& all, const breaker_settings& breaker,
                                  unsigned useful_connections, std::uint64_t seed) {
  db_pool_settings result;
  auto& plan = result.plan;
  plan.connection_limit = std::max(all.connection_limit, 1u);
  if (useful_connections > 0)
    plan.connection_limit = std::min<std::size_t>(plan.connection_limit, useful_connections);
  plan.queue_limit = all.queue_limit;
  plan.group_limit = std::clamp<std::size_t>(all.group_limit, 1, max_keys_per_statement);
  plan.acquire_timeout = all.acquire_timeout;
  plan.idle_timeout = all.idle_timeout;
  plan.seed = seed;
  plan.statement_timeout = breaker.statement_timeout;
  plan.breaker = {breaker.failures, breaker.recovery, seed};
  result.slow_statement = all.slow_statement;
  return result;
}

db_pool_state::~db_pool_state() {
  for (auto& [number, worker] : workers) {
    worker.slot->interrupt();
    caf::anon_send_exit(worker.handle, caf::exit_reason::user_shutdown);
  }
}

void db_pool_state::add(request what, pool_plan::work kind, milliseconds time_left, steady_time at) {
  requests.emplace(++last_item, std::move(what));
  plan->add(last_item, kind, time_left, at);
}

void db_pool_state::probe_if_quiet(steady_time at) {
  if (at - heard_at < settings.probe_after)
    return;
  heard_at = at; // or rather asked: once per interval
  add(probe{}, pool_plan::work::ping, settings.probe_after, at);
}

void db_pool_state::handle(const statement_done& done, steady_time at) {
  heard_at = at;
  auto worker = workers.find(done.worker);
  if (worker == workers.end() || worker->second.sequence != done.sequence)
    return;
  if (plan->is_connecting(done.worker)) {
    if (done.error == error_code::none) {
      plan->connected(done.worker, at);
    } else {
      last_failure = done.detail;
      plan->connect_failed(done.worker, at);
    }
  } else if (auto* task = plan->task_of(done.worker)) {
    metrics->statement_times.record(std::chrono::microseconds{done.duration_us});
    log_slow(*task, done.duration_us);
    if (done.error == error_code::none) {
      for (auto item : plan->succeeded(done.worker, std::chrono::microseconds{done.duration_us}, at))
        requests.erase(item);
    } else {
      log_failure(*task, done.error, done.detail, at);
      plan->failed(done.worker, done.error, done.connected, at);
    }
  }
}

void db_pool_state::worker_down(const caf::down_msg& down, steady_time at) {
  auto worker =
      std::find_if(workers.begin(), workers.end(), [&](auto& x) { return x.second.handle.address() == down.source; });
  if (worker == workers.end())
    return; // it was to end
  spdlog::error("db_pool: worker {} has ended, reason {}:{}; it will be replaced", worker->first,
                caf::to_string(down.reason.category()), down.reason.code());
  note_failure(*metrics, error_code::interrupted);
  plan->lost(worker->first, at);
}

void db_pool_state::force(const force_breaker& what, steady_time at) {
  if (what.order == breaker_order::automatic) {
    plan->release_breaker(at);
    return;
  }
  auto to = what.order == breaker_order::open ? circuit_breaker::state::open : circuit_breaker::state::closed;
  plan->force_breaker(to, at + milliseconds{std::max(what.for_ms, 1u)});
}

void db_pool_state::carry_out(steady_time at) {
  cut_overdue(at);
  auto decided = plan->decide(at);
  for (auto number : decided.close)
    close(number);
  for (auto number : decided.open)
    open(number);
  for (auto& task : decided.send)
    send(task);
  if (!decided.refuse.empty())
    refuse(decided.refuse);
  publish(at);
  arm(at);
}

void db_pool_state::cut_overdue(steady_time at) {
  for (auto number : plan->overdue(at)) {
    auto& worker = workers.at(number);
    if (at - *(worker.overdue_since = worker.overdue_since.value_or(at)) < overdue_grace)
      continue;
    if (!worker.slot->cut_off(worker.sequence))
      continue; // it is answering just now
    tessera::add(metrics->statement_timeouts);
    log_failure(*plan->task_of(number), error_code::database_unavailable,
                fmt::format("cut off after {} ms", settings.plan.statement_timeout.count()), at);
    plan->cut(number, at);
  }
}

void db_pool_state::open(pool_plan::worker number) {
  db_worker_context context;
  context.number = number;
  context.pool = self;
  context.store = store;
  context.slot = std::make_shared<connection_slot>();
  context.etags = etags;
  context.metrics = metrics;
  auto slot = context.slot;
  try {
    auto handle = self->spawn<caf::detached + caf::monitored>(db_worker, std::move(context));
    auto& worker = workers[number] = worker_entry{handle, slot, ++last_sequence};
    statement connect;
    connect.what = statement::kind::ping;
    connect.sequence = worker.sequence;
    self->send(worker.handle, std::move(connect));
  } catch (const std::system_error& fault) { // no more threads
    spdlog::error("db_pool: cannot start a worker: {}", fault.what());
    plan->lost(number, now());
  }
}

void db_pool_state::close(pool_plan::worker number) {
  auto worker = workers.find(number);
  if (worker == workers.end())
    return;
  self->demonitor(worker->second.handle.address());
  self->send_exit(worker->second.handle, caf::exit_reason::user_shutdown);
  workers.erase(worker);
}

void db_pool_state::send(const pool_plan::task& task) {
  auto& worker = workers.at(task.to);
  statement what;
  what.sequence = worker.sequence = ++last_sequence;
  worker.overdue_since.reset();
  switch (task.kind) {
  case pool_plan::work::page:
    what.what = statement::kind::page;
    what.page = std::get<load_page>(requests.at(task.items.front().which));
    break;
  case pool_plan::work::find:
    what.what = statement::kind::id_number;
    what.find = std::get<find_id_number>(requests.at(task.items.front().which));
    break;
  case pool_plan::work::ping:
    what.what = statement::kind::ping;
    self->send(worker.handle, std::move(what)); // not counted: it answers nobody
    return;
  case pool_plan::work::key_by_number:
  case pool_plan::work::key_by_id:
    what.keys.reserve(task.items.size());
    for (auto& x : task.items) {
      auto& asked = std::get<waiting_key>(requests.at(x.which));
      what.keys.push_back({asked.key, asked.asker, in_microseconds(x.waited), asked.pool});
    }
    tessera::add(metrics->keys, task.items.size());
    break;
  }
  tessera::add(metrics->statements);
  self->send(worker.handle, std::move(what));
}

void db_pool_state::refuse(const std::vector<pool_plan::refusal>& refusals) {
  std::vector<std::pair<load_client_actor, load_answers>> answers;
  for (auto& x : refusals) {
    if (x.why == error_code::queue_full)
      tessera::add(metrics->refused);
    else if (x.why == error_code::timed_out)
      tessera::add(metrics->timed_out);
    settle(x, answers);
  }
  for (auto& [asker, what] : answers)
    self->send(asker, std::move(what));
}

void db_pool_state::settle(const pool_plan::refusal& what,
                           std::vector<std::pair<load_client_actor, load_answers>>& answers) {
  auto node = requests.extract(what.which);
  if (auto* key = std::get_if<waiting_key>(&node.mapped())) {
    load_answer answer;
    answer.key = key->key;
    answer.error = what.why;
    answer.retry_after_s = static_cast<std::uint32_t>(what.retry_after.count());
    answer.queue_us = in_microseconds(what.waited);
    answer.pool = key->pool;
    auto to = std::find_if(answers.begin(), answers.end(), [&](auto& x) { return x.first == key->asker; });
    if (to == answers.end())
      to = answers.emplace(answers.end(), key->asker, load_answers{});
    to->second.answers.push_back(std::move(answer));
  } else if (auto* page = std::get_if<load_page>(&node.mapped())) {
    self->send(page->asker, page_loaded{page->job, what.why, {}});
  } else if (auto* find = std::get_if<find_id_number>(&node.mapped())) {
    self->send(find->asker, id_number_found{find->job, what.why, {}});
  }
}

void db_pool_state::log_slow(const pool_plan::task& task, std::uint32_t duration_us) const {
  if (std::chrono::microseconds{duration_us} < settings.slow_statement)
    return;
  tessera::add(metrics->slow_statements);
  spdlog::warn("db_pool: slow statement: {} took {} ms", name_of(task), duration_us / 1'000);
}

void db_pool_state::log_failure(const pool_plan::task& task, error_code why, std::string_view detail, steady_time at) {
  note_failure(*metrics, why);
  if (failure_logged_at != steady_time{} && at - failure_logged_at < failure_log_interval) {
    ++failures_not_logged;
    return;
  }
  spdlog::warn("db_pool: statement failed ({}): {}: {}; {} more since the last such line", name_of(task),
               to_string(why), detail, failures_not_logged);
  failure_logged_at = at;
  failures_not_logged = 0;
}

void db_pool_state::log_changes(steady_time at) {
  auto reachable = plan->reachable(at);
  if (std::exchange(was_reachable, reachable) != reachable) {
    if (reachable)
      spdlog::info("db_pool: the database can be reached again");
    else
      spdlog::error("db_pool: the database cannot be reached: {}; trying again", last_failure);
  }
  auto& breaker = plan->breaker();
  auto state = breaker.current_state();
  auto before = std::exchange(breaker_was, state);
  if (before == state)
    return;
  remember_change(before, state);
  switch (state) {
  case circuit_breaker::state::closed:
    if (breaker.forced_until(at))
      spdlog::warn("db_pool: circuit breaker closed by an operator's order");
    else
      spdlog::info("db_pool: circuit breaker closed: {} probes in a row succeeded", circuit_breaker::probes_to_close);
    break;
  case circuit_breaker::state::half_open:
    spdlog::info("db_pool: circuit breaker half-open: probing the database");
    break;
  case circuit_breaker::state::open:
    spdlog::error("db_pool: circuit breaker open: {}; the database is left alone for {} ms",
                  to_string(breaker.opened_by()),
                  std::chrono::duration_cast<milliseconds>(breaker.retry_at() - at).count());
    break;
  }
}

void db_pool_state::remember_change(circuit_breaker::state from, circuit_breaker::state to) {
  auto known = metrics->changes.get();
  auto changes = std::make_shared<breaker_changes>(known ? *known : breaker_changes{});
  if (changes->size() == breaker_changes_kept)
    changes->erase(changes->begin());
  auto why = to == circuit_breaker::state::open ? plan->breaker().opened_by() : circuit_breaker::reason::none;
  changes->push_back({wall_clock_ms(), from, to, why});
  metrics->changes.put(std::move(changes));
}

void db_pool_state::publish(steady_time at) {
  log_changes(at);
  auto& breaker = plan->breaker();
  auto count = [](counter& to, std::uint64_t& known, std::uint64_t total) {
    tessera::add(to, total - std::exchange(known, total));
  };
  set(metrics->available, plan->available(at) ? 1 : 0);
  set(metrics->connections, plan->connections());
  set(metrics->busy, plan->busy());
  set(metrics->waiting, plan->waiting());
  set(metrics->limit, settings.plan.connection_limit);
  auto forced = breaker.forced_until(at);
  set(metrics->breaker_forced_ms,
      forced ? static_cast<std::uint64_t>(std::chrono::ceil<milliseconds>(forced->time_since_epoch()).count()) : 0);
  set(metrics->breaker_state, static_cast<std::uint64_t>(breaker.current_state()));
  set(metrics->probe_at_ms,
      static_cast<std::uint64_t>(
          std::chrono::duration_cast<milliseconds>(breaker.retry_at().time_since_epoch()).count()));
  count(metrics->retries, counted.retries, plan->retries());
  count(metrics->breaker_opened, counted.opened, breaker.opened());
  count(metrics->probes, counted.probes, breaker.probes());
}

void db_pool_state::arm(steady_time at) {
  auto wanted = plan->next_look(at);
  if (wanted <= at) // a statement that is overdue, but has its grace
    wanted = at + overdue_grace;
  if (wanted >= look_at || wanted >= at + regular_tick)
    return;
  look_at = wanted;
  // CAF's timers cannot be cancelled: the tick under way, if any, is told by its generation.
  auto wait = std::max<std::chrono::steady_clock::duration>(wanted - at, milliseconds{1});
  self->delayed_send(self, std::chrono::duration_cast<std::chrono::microseconds>(wait), tick{++tick_generation});
}

db_pool_actor::behavior_type db_pool(db_pool_state::pointer self, db_pool_settings settings,
                                     std::shared_ptr<member_store> store, etag_key etags, pool_metrics* metrics,
                                     clock_source now) {
  furnish(self, db_pool_state::name, *metrics);
  auto& state = self->state;
  state.self = self;
  state.settings = settings;
  state.store = std::move(store);
  state.etags = etags;
  state.metrics = metrics;
  state.now = std::move(now);
  state.plan.emplace(settings.plan);
  state.heard_at = state.now();
  state.publish(state.now());
  self->set_down_handler([self](caf::scheduled_actor*, caf::down_msg& down) {
    auto at = self->state.now();
    self->state.worker_down(down, at);
    self->state.carry_out(at);
  });
  self->delayed_send(self, regular_tick, tick{regular});
  return {
      [self](const load_batch& batch) {
        handling timed{*self->state.metrics};
        auto at = self->state.now();
        for (auto& key : batch.keys) {
          auto kind = key.by == member_key::kind::number ? pool_plan::work::key_by_number : pool_plan::work::key_by_id;
          self->state.add(db_pool_state::waiting_key{batch.asker, key, batch.pool}, kind,
                          milliseconds{batch.time_left_ms}, at);
        }
        self->state.carry_out(at);
      },
      [self](const load_page& what) {
        handling timed{*self->state.metrics};
        auto at = self->state.now();
        self->state.add(what, pool_plan::work::page, self->state.settings.plan.acquire_timeout, at);
        self->state.carry_out(at);
      },
      [self](const find_id_number& what) {
        handling timed{*self->state.metrics};
        auto at = self->state.now();
        self->state.add(what, pool_plan::work::find, self->state.settings.plan.acquire_timeout, at);
        self->state.carry_out(at);
      },
      [self](const statement_done& done) {
        handling timed{*self->state.metrics};
        auto at = self->state.now();
        self->state.handle(done, at);
        self->state.carry_out(at);
      },
      [self](const force_breaker& what) {
        handling timed{*self->state.metrics};
        auto at = self->state.now();
        self->state.force(what, at);
        self->state.carry_out(at);
        self->send(what.asker, breaker_forced{what.order});
      },
      [self](const tick& due) {
        handling timed{*self->state.metrics};
        if (due.generation == regular) {
          self->delayed_send(self, regular_tick, tick{regular});
          self->state.probe_if_quiet(self->state.now());
        } else if (due.generation == self->state.tick_generation) {
          self->state.look_at = steady_time::max();
        } else {
          return;
        }
        self->state.carry_out(self->state.now());
      },
  };
}

} // namespace tessera
