#include "guard/pool_plan.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

// Invariants:
// - an item is in exactly one lane, or in exactly one busy worker's task, or settled;
// - `idle_` names exactly the workers in phase idle;
// - while `prober_` is a worker, the breaker is half-open and waits for its result; the worker is idle only until the
//   next `decide`;
// - after `decide`, no worker is idle while something waits that it may run.

namespace tessera {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr seconds shortest_retry_after{1}; // the header knows whole seconds only

} // namespace

pool_plan::pool_plan(const pool_plan_settings& settings)
    : settings_(settings), connect_backoff_(settings.backoff_min, settings.backoff_max, settings.seed),
      respawn_backoff_(settings.backoff_min, settings.backoff_max, settings.seed + 2), breaker_(settings.breaker) {
  assert(settings.connection_limit > 0);
  assert(settings.group_limit > 0);
}

// -- events -----------------------------------------------------------------------------------------------------------

void pool_plan::add(item which, work kind, milliseconds time_left, time_point now) {
  waiting_item x{which, kind, now, now + time_left, false};
  auto to = lane_of(x);
  if ((to == lane::finds || to == lane::pages) && lanes_[to].size() >= settings_.other_limit)
    refuse(x, error_code::queue_full, now);
  else
    enqueue(x);
}

void pool_plan::connected(worker which, time_point now) {
  auto i = workers_.find(which);
  if (i == workers_.end() || i->second.at != phase::connecting)
    return;
  --connecting_;
  i->second.at = phase::idle;
  i->second.since = now;
  idle_.push_back(which);
  connects_fail_ = false;
  connect_backoff_.succeeded();
}

void pool_plan::connect_failed(worker which, time_point now) {
  auto i = workers_.find(which);
  if (i == workers_.end() || i->second.at != phase::connecting)
    return;
  retire(i, now);
  connects_fail_ = true;
  connect_backoff_.failed(now);
}

std::vector<pool_plan::item> pool_plan::succeeded(worker which, microseconds duration, time_point now) {
  std::vector<item> settled;
  auto i = workers_.find(which);
  if (i == workers_.end() || i->second.at != phase::busy)
    return settled;
  auto& state = i->second;
  for (auto& x : state.items)
    settled.push_back(x.which);
  report(*i, true, duration, now);
  if (state.doing.kind == work::page)
    --pages_running_;
  else if (state.doing.kind != work::ping)
    durations_.add(duration);
  state.at = phase::idle;
  state.since = now;
  state.items.clear();
  idle_.push_back(which);
  respawn_backoff_.succeeded();
  return settled;
}

void pool_plan::failed(worker which, error_code why, bool still_connected, time_point now) {
  auto i = workers_.find(which);
  if (i == workers_.end() || i->second.at != phase::busy)
    return;
  if (why == error_code::database_unavailable || which == prober_)
    report(*i, false, elapsed(i->second.since, now), now);
  auto items = std::exchange(i->second.items, {});
  if (still_connected) {
    if (i->second.doing.kind == work::page)
      --pages_running_;
    i->second.at = phase::idle;
    i->second.since = now;
    idle_.push_back(which);
  } else {
    retire(i, now);
    // What ended this connection (a restart of the server, most likely) has ended the idle ones, too. Each would cost
    // a key one of its two chances.
    retire_idle(now);
  }
  fail_items(std::move(items), now);
}

void pool_plan::cut(worker which, time_point now) {
  auto i = workers_.find(which);
  if (i == workers_.end() || i->second.at != phase::busy)
    return;
  report(*i, false, elapsed(i->second.since, now), now);
  auto items = std::exchange(i->second.items, {});
  retire(i, now);
  fail_items(std::move(items), now);
}

void pool_plan::lost(worker which, time_point now) {
  auto i = workers_.find(which);
  if (i == workers_.end())
    return;
  auto items = std::exchange(i->second.items, {});
  retire(i, now);
  respawn_backoff_.failed(now);
  fail_items(std::move(items), now);
}

void pool_plan::force_breaker(circuit_breaker::state to, time_point until) {
  breaker_.force(to, until);
  prober_ = 0; // what comes of its probe says nothing any more
}

void pool_plan::release_breaker(time_point now) {
  breaker_.release(now);
}

/// Tells the breaker what came of a worker's task.
void pool_plan::report(const worker_map::value_type& which, bool success, microseconds duration, time_point now) {
  auto& [number, state] = which;
  if (number == prober_)
    prober_ = 0;
  else if (state.doing.kind == work::page)
    return;
  auto calls = std::max<std::size_t>(state.items.size(), 1); // a probe has no items
  if (success)
    breaker_.succeeded(state.epoch, duration, now, calls);
  else
    breaker_.failed(state.epoch, duration, now, calls);
}

// -- what is so now ---------------------------------------------------------------------------------------------------

bool pool_plan::available(time_point now) const noexcept {
  return breaker_.permit() && reachable(now);
}

bool pool_plan::reachable(time_point now) const noexcept {
  return !connects_fail_ || std::any_of(workers_.begin(), workers_.end(), [&](auto& x) {
    auto& state = x.second;
    return state.at == phase::idle || (state.at == phase::busy && now - state.since < stuck_after);
  });
}

std::vector<pool_plan::worker> pool_plan::overdue(time_point now) const {
  std::vector<worker> result;
  for (auto& [number, state] : workers_)
    if (can_be_overdue(state) && now - state.since >= settings_.statement_timeout)
      result.push_back(number);
  return result;
}

bool pool_plan::can_be_overdue(const worker_state& state) const noexcept {
  return settings_.statement_timeout > milliseconds{0} && state.at == phase::busy && state.doing.kind != work::page;
}

const pool_plan::task* pool_plan::task_of(worker which) const {
  auto i = workers_.find(which);
  return i != workers_.end() && i->second.at == phase::busy ? &i->second.doing : nullptr;
}

bool pool_plan::is_connecting(worker which) const {
  auto i = workers_.find(which);
  return i != workers_.end() && i->second.at == phase::connecting;
}

std::size_t pool_plan::waiting() const noexcept {
  std::size_t sum = 0;
  for (auto& queue : lanes_)
    sum += queue.size();
  return sum;
}

std::size_t pool_plan::busy() const noexcept {
  return workers_.size() - idle_.size() - connecting_;
}

pool_plan::lane pool_plan::lane_of(const waiting_item& x) noexcept {
  if (x.kind == work::page)
    return lane::pages;
  if (x.kind == work::find || x.kind == work::ping)
    return lane::finds;
  if (x.again)
    return lane::retried;
  return x.kind == work::key_by_number ? lane::numbers : lane::ids;
}

pool_plan::time_point pool_plan::give_up_at(const waiting_item& x) const noexcept {
  return std::min(x.deadline, x.since + settings_.acquire_timeout);
}

std::chrono::seconds pool_plan::retry_after(time_point now) const noexcept {
  auto next = breaker_.permit() ? connect_backoff_.next() : breaker_.retry_at();
  return std::max(shortest_retry_after, std::chrono::ceil<seconds>(next - now));
}

bool pool_plan::may_run(lane which) const noexcept {
  return which != lane::pages || pages_running_ == 0; // warming must not take the connections from the clients
}

const pool_plan::waiting_item* pool_plan::oldest() const noexcept {
  const waiting_item* result = nullptr;
  for (std::size_t i = 0; i < lane_count; ++i)
    if (!lanes_[i].empty() && may_run(static_cast<lane>(i)) && (!result || lanes_[i].front().since < result->since))
      result = &lanes_[i].front();
  return result;
}

microseconds pool_plan::patience() const noexcept {
  return std::max<microseconds>(impatient_after, 2 * durations_.p95());
}

bool pool_plan::may_open() const noexcept {
  return idle_.empty() && connecting_ == 0 && workers_.size() < settings_.connection_limit;
}

pool_plan::time_point pool_plan::next_attempt() const noexcept {
  return std::max(connect_backoff_.next(), respawn_backoff_.next());
}

void pool_plan::enqueue(waiting_item x) {
  earliest_give_up_ = std::min(earliest_give_up_, give_up_at(x));
  lanes_[lane_of(x)].push_back(x);
}

void pool_plan::refuse(const waiting_item& x, error_code why, time_point now) {
  auto later = why == error_code::timed_out ? seconds{0} : shortest_retry_after;
  if (why == error_code::database_unavailable)
    later = retry_after(now);
  pending_.refuse.push_back({x.which, why, later, elapsed(x.since, now)});
}

void pool_plan::fail_items(std::vector<waiting_item> items, time_point now) {
  for (auto& x : items) {
    if (x.again || !available(now)) {
      refuse(x, error_code::database_unavailable, now);
    } else {
      ++retries_;
      x.again = true;
      x.since = now;
      enqueue(x);
    }
  }
}

void pool_plan::retire(worker_map::iterator which, time_point now) {
  auto& state = which->second;
  if (which->first == prober_)
    report(*which, false, elapsed(state.since, now), now);
  if (state.at == phase::connecting)
    --connecting_;
  else if (state.at == phase::idle)
    std::erase(idle_, which->first);
  else if (state.doing.kind == work::page)
    --pages_running_;
  pending_.close.push_back(which->first);
  workers_.erase(which);
}

void pool_plan::retire_idle(time_point now) {
  while (!idle_.empty())
    retire(workers_.find(idle_.back()), now);
}

} // namespace tessera
