#include "guard/pool_plan.hpp"

#include <algorithm>
#include <utility>

// What the plan decides when it is asked; what it is told is in pool_plan.cpp, with the invariants.

namespace tessera {

using std::chrono::milliseconds;

pool_plan::decisions pool_plan::decide(time_point now) {
  expire(now);
  if (!breaker_.permit()) {
    refuse_all(now);
    probe(now);
  } else if (!reachable(now)) {
    refuse_all(now);
    if (may_open() && now >= next_attempt())
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
    state.epoch = *breaker_.permit();
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

void pool_plan::probe(time_point now) {
  if (prober_ == 0) {
    if (!breaker_.probe_due(now))
      return;
    // Those that are left from before may be dead by now without anyone's fault.
    if (breaker_.current_state() == circuit_breaker::state::open)
      retire_idle(now);
    if (!idle_.empty())
      prober_ = idle_.back();
    else if (may_open())
      prober_ = open(now); // whatever the backoffs say: the recovery time keeps probes apart
    else
      return;
    workers_.at(prober_).epoch = breaker_.begin_probe();
  }
  auto& state = workers_.at(prober_);
  if (state.at != phase::idle)
    return;
  std::erase(idle_, prober_);
  state.at = phase::busy;
  state.since = now;
  state.doing = task{prober_, work::ping, {}};
  pending_.send.push_back(state.doing);
}

bool pool_plan::wants_connection(time_point now) const {
  auto* first = oldest();
  if (first == nullptr || !may_open() || now < next_attempt())
    return false;
  return workers_.empty() || lanes_[numbers].size() >= full_group || lanes_[ids].size() >= full_group
         || now - first->since >= patience();
}

pool_plan::worker pool_plan::open(time_point now) {
  auto number = ++last_worker_;
  workers_[number].since = now;
  ++connecting_;
  pending_.open.push_back(number);
  return number;
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
    retire(first, now);
  }
}

pool_plan::time_point pool_plan::next_look(time_point now) const {
  auto result = time_point::max();
  auto consider = [&](time_point at) { result = std::min(result, at); };
  if (!breaker_.permit()) {
    if (prober_ == 0 && breaker_.retry_at() > now)
      consider(breaker_.retry_at());
  } else if (!reachable(now)) {
    if (may_open())
      consider(next_attempt());
  } else if (auto* first = oldest(); first != nullptr && may_open()) {
    bool at_once = workers_.empty() || lanes_[numbers].size() >= full_group || lanes_[ids].size() >= full_group;
    consider(std::max(next_attempt(), at_once ? now : first->since + patience()));
  }
  if (earliest_give_up_ != time_point::max())
    consider(earliest_give_up_ + milliseconds{1});
  if (!idle_.empty())
    consider(workers_.at(idle_.front()).since + settings_.idle_timeout);
  for (auto& [number, state] : workers_) {
    if (connects_fail_ && state.at == phase::busy && now - state.since < stuck_after)
      consider(state.since + stuck_after);
    if (can_be_overdue(state))
      consider(state.since + settings_.statement_timeout);
  }
  return result;
}

} // namespace tessera
