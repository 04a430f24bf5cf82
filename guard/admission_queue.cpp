#include "guard/admission_queue.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <iterator>
#include <utility>

// Invariants:
// - an item waits in exactly one lane, or is at work, or has left;
// - `decide` grants only while fewer than `concurrency` are at work, and leaves nothing waiting while a slot is free;
// - after `decide` at most `limit` items wait.

namespace tessera {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::seconds;

namespace {

constexpr seconds shortest_retry_after{1}; // the header knows whole seconds only

/// A queue that drains more slowly than this is stuck; when it will go on is not known from its rate.
constexpr seconds longest_drain{10};

} // namespace

admission_queue::admission_queue(const admission_queue_settings& settings)
    : settings_(settings), lanes_(priority_count, lane{{}, {settings.target, settings.interval}}),
      random_(static_cast<std::minstd_rand::result_type>(settings.seed)) {
}

// -- events -----------------------------------------------------------------------------------------------------------

void admission_queue::add(item which, admission_priority priority, time_point deadline, time_point now) {
  waiting_item x{now, settings_.timeout.count() == 0 ? deadline : std::min(deadline, now + settings_.timeout)};
  // A priority that a newer node knows and this one does not is the least urgent here.
  auto& items = lanes_[std::min(static_cast<std::size_t>(priority), priority_count - 1)].items;
  assert(items.empty() || which > items.rbegin()->first);
  items.emplace_hint(items.end(), which, x);
  earliest_give_up_ = std::min(earliest_give_up_, x.give_up);
}

void admission_queue::adopt(item which) {
  at_work_.insert(which);
}

bool admission_queue::release(item which, time_point now) {
  if (at_work_.erase(which) == 0)
    return false;
  drained_.add(now);
  return true;
}

bool admission_queue::withdraw(item which) {
  return std::any_of(lanes_.begin(), lanes_.end(), [&](lane& x) { return x.items.erase(which) > 0; });
}

// -- decisions --------------------------------------------------------------------------------------------------------

admission_queue::decisions admission_queue::decide(time_point now) {
  expire(now);
  for (auto& x : lanes_)
    shed(x, now);
  assign(now);
  trim(now);
  return std::exchange(pending_, {});
}

void admission_queue::observe(lane& in, time_point now) noexcept {
  in.delay.observe(in.oldest(), now);
}

void admission_queue::expire(time_point now) {
  if (now < earliest_give_up_)
    return;
  earliest_give_up_ = time_point::max();
  for (auto& x : lanes_) {
    for (auto i = x.items.begin(); i != x.items.end();) {
      auto current = i++;
      if (now >= current->second.give_up)
        refuse(x, current, reason::timed_out, now);
      else
        earliest_give_up_ = std::min(earliest_give_up_, current->second.give_up);
    }
  }
}

void admission_queue::shed(lane& in, time_point now) {
  observe(in, now);
  while (!in.items.empty() && in.delay.sheds(in.items.begin()->second.since, now)) {
    refuse(in, in.items.begin(), reason::shed, now);
    observe(in, now);
  }
}

void admission_queue::assign(time_point now) {
  for (auto& x : lanes_) {
    while (!x.items.empty() && slot_is_free()) {
      auto next = x.delay.overloaded() ? std::prev(x.items.end()) : x.items.begin();
      pending_.granted.push_back({next->first, duration_cast<microseconds>(now - next->second.since)});
      at_work_.insert(next->first);
      x.items.erase(next);
      observe(x, now);
    }
  }
}

void admission_queue::trim(time_point now) {
  if (settings_.limit == 0)
    return;
  for (auto surplus = waiting(); surplus > settings_.limit; --surplus) {
    auto least = std::find_if(lanes_.rbegin(), lanes_.rend(), [](auto& x) { return !x.items.empty(); });
    auto which = least->delay.overloaded() ? least->items.begin() : std::prev(least->items.end());
    refuse(*least, which, reason::queue_full, now);
    observe(*least, now);
  }
}

admission_queue::time_point admission_queue::next_look() const {
  auto result = waiting() == 0 ? time_point::max() : earliest_give_up_;
  for (auto& x : lanes_)
    result = std::min(result, x.delay.next_change(x.oldest()));
  return result;
}

// -- what is so now ---------------------------------------------------------------------------------------------------

std::size_t admission_queue::waiting() const noexcept {
  std::size_t sum = 0;
  for (auto& x : lanes_)
    sum += x.items.size();
  return sum;
}

bool admission_queue::overloaded() const noexcept {
  return std::any_of(lanes_.begin(), lanes_.end(), [](auto& x) { return x.delay.overloaded(); });
}

microseconds admission_queue::oldest_age(time_point now) const noexcept {
  auto since = now;
  for (auto& x : lanes_)
    since = std::min(since, x.oldest().value_or(now));
  return duration_cast<microseconds>(now - since);
}

bool admission_queue::slot_is_free() const noexcept {
  return settings_.concurrency == 0 || at_work_.size() < settings_.concurrency;
}

void admission_queue::refuse(lane& in, queue::iterator which, reason why, time_point now) {
  auto later = why == reason::timed_out ? seconds{0} : retry_after(now);
  if (why != reason::timed_out)
    in.delay.refused(now);
  pending_.refused.push_back({which->first, why, later, duration_cast<microseconds>(now - which->second.since)});
  in.items.erase(which);
}

seconds admission_queue::retry_after(time_point now) {
  // Until what waits now has gone, and up to as long again, so that those who were refused together come back apart.
  auto rate = drained_.per_second(now);
  auto drain = shortest_retry_after;
  if (rate > 0) {
    auto exact = std::ceil(static_cast<double>(waiting()) / rate);
    drain = seconds{static_cast<seconds::rep>(std::clamp(exact, static_cast<double>(shortest_retry_after.count()),
                                                         static_cast<double>(longest_drain.count())))};
  }
  return drain + seconds{random_() % static_cast<std::uint64_t>(drain.count() + 1)};
}

} // namespace tessera
