#include "guard/pool_plan.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

// Invariants:
// - an item is in exactly one lane, or in exactly one busy worker's task, or settled;
// - `idle_` names exactly the workers in phase idle;
// - after `decide`, no worker is idle while something waits that it may run.

namespace tessera {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

microseconds elapsed(pool_plan::time_point from, pool_plan::time_point to) {
  return std::chrono::duration_cast<microseconds>(to - from);
}

constexpr seconds shortest_retry_after{1}; // the header knows whole seconds only

} // namespace

pool_plan::pool_plan(const pool_plan_settings& settings)
    : settings_(settings), connect_backoff_(settings.backoff_min, settings.backoff_max, settings.seed),
      respawn_backoff_(settings.backoff_min, settings.backoff_max, settings.seed + 2) {
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
  retire(i);
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

void pool_plan::failed(worker which, bool still_connected, time_point now) {
  auto i = workers_.find(which);
  if (i == workers_.end() || i->second.at != phase::busy)
    return;
  auto items = std::move(i->second.items);
  i->second.items.clear();
  if (still_connected) {
    if (i->second.doing.kind == work::page)
      --pages_running_;
    i->second.at = phase::idle;
    i->second.since = now;
    idle_.push_back(which);
  } else {
    retire(i);
    // What ended this connection (a restart of the server, most likely) has ended the idle ones, too. Each would cost
    // a key one of its two chances.
    while (!idle_.empty())
      retire(workers_.find(idle_.back()));
  }
  fail_items(std::move(items), now);
}

void pool_plan::lost(worker which, time_point now) {
  auto i = workers_.find(which);
  if (i == workers_.end())
    return;
  auto items = std::move(i->second.items);
  i->second.items.clear();
  retire(i);
  respawn_backoff_.failed(now);
  fail_items(std::move(items), now);
}

// -- decisions --------------------------------------------------------------------------------------------------------

pool_plan::decisions pool_plan::decide(time_point now) {
  expire(now);
  if (!available(now)) {
    refuse_all(now);
    if (may_open() && connect_backoff_.ready(now) && respawn_backoff_.ready(now))
      open(now);
  } else {
    assign(now);
    if (wants_connection(now))
      open(now);
    trim(now);
  }
  close_idle(now);
  return std::exchange(pending_, {});
}

void pool_plan::expire(time_point now) {
  if (now <= earliest_give_up_)
    return;
  earliest_give_up_ = time_point::max();
  for (auto& queue : lanes_) {
    std::erase_if(queue, [&](const waiting_item& x) {
      auto at = give_up_at(x);
      if (now > at) {
        refuse(x, error_code::timed_out, now);
        return true;
      }
      earliest_give_up_ = std::min(earliest_give_up_, at);
      return false;
    });
  }
}

void pool_plan::refuse_all(time_point now) {
  for (auto& queue : lanes_) {
    for (auto& x : queue)
      refuse(x, error_code::database_unavailable, now);
    queue.clear();
  }
  earliest_give_up_ = time_point::max();
}

void pool_plan::assign(time_point now) {
  while (!idle_.empty()) {
    auto* first = oldest();
    if (first == nullptr)
      return;
    auto from = lane_of(*first);
    auto& queue = lanes_[from];
    auto count = from == lane::numbers || from == lane::ids ? std::min(queue.size(), settings_.group_limit) : 1;
    auto number = idle_.back();
    idle_.pop_back();
    auto& state = workers_.at(number);
    state.at = phase::busy;
    state.since = now;
    state.doing = task{number, first->kind, {}};
    for (std::size_t i = 0; i < count; ++i) {
      auto& x = queue.front();
      state.doing.items.push_back({x.which, elapsed(x.since, now)});
      state.items.push_back(x);
      queue.pop_front();
    }
    if (state.doing.kind == work::page)
      ++pages_running_;
    pending_.send.push_back(state.doing);
  }
}

bool pool_plan::wants_connection(time_point now) const {
  auto* first = oldest();
  if (first == nullptr || !may_open() || !connect_backoff_.ready(now) || !respawn_backoff_.ready(now))
    return false;
  return workers_.empty() || lanes_[numbers].size() >= full_group || lanes_[ids].size() >= full_group
         || now - first->since >= patience();
}

void pool_plan::open(time_point now) {
  auto number = ++last_worker_;
  workers_[number].since = now;
  ++connecting_;
  pending_.open.push_back(number);
}

void pool_plan::trim(time_point now) {
  auto keys = lanes_[numbers].size() + lanes_[ids].size() + lanes_[retried].size();
  for (; keys > settings_.queue_limit; --keys) {
    auto& left = lanes_[numbers];
    auto& right = lanes_[ids];
    if (left.empty() && right.empty())
      return; // the rest has been accepted before
    auto& newer = right.empty() || (!left.empty() && left.back().since >= right.back().since) ? left : right;
    refuse(newer.back(), error_code::queue_full, now);
    newer.pop_back();
  }
}

void pool_plan::close_idle(time_point now) {
  while (!idle_.empty()) {
    auto first = workers_.find(idle_.front());
    if (now - first->second.since < settings_.idle_timeout)
      return;
    retire(first);
  }
}

pool_plan::time_point pool_plan::next_look(time_point now) const {
  auto result = time_point::max();
  auto consider = [&](time_point at) { result = std::min(result, at); };
  auto next_attempt = std::max(connect_backoff_.next(), respawn_backoff_.next());
  if (!available(now)) {
    if (may_open())
      consider(next_attempt);
  } else if (auto* first = oldest(); first != nullptr && may_open()) {
    bool at_once = workers_.empty() || lanes_[numbers].size() >= full_group || lanes_[ids].size() >= full_group;
    consider(std::max(next_attempt, at_once ? now : first->since + patience()));
  }
  if (earliest_give_up_ != time_point::max())
    consider(earliest_give_up_ + milliseconds{1});
  if (!idle_.empty())
    consider(workers_.at(idle_.front()).since + settings_.idle_timeout);
  if (connects_fail_)
    for (auto& [number, state] : workers_)
      if (state.at == phase::busy && now - state.since < stuck_after)
        consider(state.since + stuck_after);
  return result;
}

// -- what is so now ---------------------------------------------------------------------------------------------------

bool pool_plan::available(time_point now) const noexcept {
  return !connects_fail_ || std::any_of(workers_.begin(), workers_.end(), [&](auto& x) {
    auto& state = x.second;
    return state.at == phase::idle || (state.at == phase::busy && now - state.since < stuck_after);
  });
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
  auto next = connect_backoff_.next();
  return connects_fail_ && next > now ? std::max(shortest_retry_after, std::chrono::ceil<seconds>(next - now))
                                      : shortest_retry_after;
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

void pool_plan::retire(worker_map::iterator which) {
  auto& state = which->second;
  if (state.at == phase::connecting)
    --connecting_;
  else if (state.at == phase::idle)
    std::erase(idle_, which->first);
  else if (state.doing.kind == work::page)
    --pages_running_;
  pending_.close.push_back(which->first);
  workers_.erase(which);
}

} // namespace tessera
