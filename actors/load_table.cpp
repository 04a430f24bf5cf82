#include "actors/load_table.hpp"

#include <algorithm>

// Who waits, and who is answered by what. How far the loads are: load_table_stages.cpp.
//
// Invariants:
// - each number has at most one ask under way, at L2 or at the database; `late_` holds those at L2 that were given up;
// - `at_admission_` holds exactly the loads that wait for a slot; of these and of those that have one, the admission
//   actor is told when they end;
// - `load::next` is set only while the load is closed;
// - a waiter is in `waiting_` from `open` until it is answered, abandoned or past its deadline.

namespace tessera {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Deadlines of waiters and the bound of loads are looked at this often: they are seconds long, and those who wait are
// answered by their gateway anyway.
constexpr auto scan_interval = milliseconds{500};

} // namespace

void load_effects::clear() {
  ask_l2.clear();
  ask_admission.clear();
  ended.clear();
  goes_on.clear();
  ask_database.clear();
  time_left_ms = 0;
  answers.clear();
  fills.clear();
  l2_fills.clear();
}

load_table::load_table(const lookup_settings& settings, lookup_metrics& metrics)
    : settings_(settings), metrics_(metrics) {
}

void load_table::open(std::uint32_t asker, const cache_miss& miss, steady_time now, load_effects& out) {
  auto number = miss.request.number;
  auto [which, is_new] = loads_.try_emplace(number);
  auto& what = which->second;
  if (is_new) {
    what.current = make_round(miss, now);
    join(what.current, asker, miss, now);
    begin(which, now, out);
    return;
  }
  add(metrics_.joined);
  if (what.closed && !what.next) {
    what.next = std::make_unique<round>(make_round(miss, now));
    stale_copy_is_due({now + settings_.stale_after, number, what.serial});
  }
  auto& to = what.closed ? *what.next : what.current;
  // The second round's load begins later than all who join it, so it is as young as the youngest of them.
  if (what.closed && miss.stamp.value > to.stamp.value)
    to.stamp = miss.stamp;
  join(to, asker, miss, now);
  answer_stale_if_due(to, what, now, out);
}

load_table::round load_table::make_round(const cache_miss& miss, steady_time now) const {
  round made;
  made.stamp = miss.stamp;
  made.stale_stamp = miss.stamp;
  made.since = now;
  return made;
}

void load_table::join(round& to, std::uint32_t asker, const cache_miss& miss, steady_time now) {
  // The cache was invalidated since it handed out the copy we have: what it says now counts, also if that is nothing.
  if (miss.stamp.value > to.stale_stamp.value) {
    to.stale_stamp = miss.stamp;
    if (to.stale.from == origin::l1)
      to.stale = {};
  }
  if (miss.stale && miss.stamp == to.stale_stamp)
    offer(to, {miss.stale, origin::l1, now - seconds{miss.stale_age_s}, now - milliseconds{miss.stale_for_ms}});
  auto deadline = now + milliseconds{miss.request.time_left_ms};
  to.longest = std::max(to.longest, deadline);
  waiter who{asker, miss.request.asked_by};
  if (waiting_.emplace(who, miss.request.number).second)
    to.waiters.push_back({who, deadline});
}

void load_table::stale_copy_is_due(due item) {
  auto later = std::ranges::upper_bound(stale_due_, item.at, {}, &due::at);
  stale_due_.insert(later, std::move(item));
}

void load_table::offer(round& to, stale_copy copy) const {
  if (!to.stale.body || copy.loaded_at > to.stale.loaded_at)
    to.stale = std::move(copy);
}

void load_table::answer(round& to, const lookup_answer& like, load_effects& out) {
  for (const auto& each : to.waiters) {
    if (waiting_.erase(each.who) == 0)
      continue;
    auto& made = out.answers.emplace_back(load_effects::addressed_answer{each.who.asker, like});
    made.content.to = each.who.to;
  }
  to.waiters.clear();
}

std::size_t load_table::answer_stale(round& to, const load& what, steady_time now, load_effects& out) {
  lookup_answer made;
  made.body = to.stale.body;
  made.from = to.stale.from;
  made.age_s = count_of<seconds>(now - to.stale.loaded_at);
  made.stale_for_ms = std::max<std::uint32_t>(count_of<milliseconds>(now - to.stale.stale_since), 1);
  made.fresh_left_s = -static_cast<std::int32_t>(std::max<std::uint32_t>(made.stale_for_ms / 1000, 1));
  made.times.l2_us = what.l2_us;
  made.times.queue_us = what.queue_us;
  auto before = out.answers.size();
  answer(to, made, out);
  auto served = out.answers.size() - before;
  to.refreshes |= served > 0;
  add(metrics_.stale_served, served);
  return served;
}

void load_table::answer_stale_if_due(round& to, const load& what, steady_time now, load_effects& out) {
  if (to.stale.body && now >= to.since + settings_.stale_after)
    answer_stale(to, what, now, out);
}

bool load_table::anyone_waits(round& in, steady_time now) {
  // Forgets those that it finds gone, so that a crowd that leaves one by one costs no more than it is large.
  for (; !in.waiters.empty(); in.waiters.pop_back()) {
    const auto& last = in.waiters.back();
    if (last.deadline > now && waiting_.contains(last.who))
      return true;
    waiting_.erase(last.who);
  }
  return false;
}

bool load_table::is_wanted(load& what, steady_time now) {
  return what.current.refreshes || anyone_waits(what.current, now);
}

void load_table::abandon(std::uint32_t asker, std::span<const ticket> tickets, steady_time now, load_effects& out) {
  for (const auto& each : tickets) {
    auto gone = waiting_.extract({asker, each});
    if (gone.empty())
      continue;
    auto which = loads_.find(gone.mapped());
    if (which != loads_.end() && which->second.at == stage::admission && !is_wanted(which->second, now))
      drop(which, now, out);
  }
}

void load_table::invalidate(id_number number) noexcept {
  if (auto which = loads_.find(number); which != loads_.end())
    close(which->second);
}

void load_table::invalidate_all() noexcept {
  for (auto& [number, what] : loads_)
    close(what);
}

void load_table::close(load& what) noexcept {
  what.closed = true;
  // The second round has not begun, so its load is younger than this invalidation; a stale copy would not be.
  if (what.next)
    what.next->stale = {};
}

void load_table::tick(steady_time now, load_effects& out) {
  for (; !l2_due_.empty() && l2_due_.front().at <= now; l2_due_.pop_front()) {
    const auto& item = l2_due_.front();
    auto which = loads_.find(item.number);
    if (which == loads_.end() || which->second.serial != item.serial || which->second.at != stage::l2)
      continue;
    auto& what = which->second;
    add(metrics_.l2_failures);
    late_.insert(item.number);
    what.l2_us = count_of<microseconds>(now - what.asked_at);
    go_to_database(which, now, out);
  }
  for (; !stale_due_.empty() && stale_due_.front().at <= now; stale_due_.pop_front()) {
    const auto& item = stale_due_.front();
    auto which = loads_.find(item.number);
    if (which == loads_.end() || which->second.serial != item.serial)
      continue;
    auto& what = which->second;
    answer_stale_if_due(what.current, what, now, out);
    if (what.next)
      answer_stale_if_due(*what.next, what, now, out);
  }
  if (now >= next_scan_)
    scan(now, out);
}

void load_table::scan(steady_time now, load_effects& out) {
  next_scan_ = now + scan_interval;
  auto drop_expired = [&](round& in) {
    std::erase_if(in.waiters, [&](const auto& each) {
      if (each.deadline <= now)
        waiting_.erase(each.who);
      return !waiting_.contains(each.who);
    });
  };
  std::vector<id_number> unwanted;
  std::vector<id_number> endless;
  for (auto& [number, what] : loads_) {
    drop_expired(what.current);
    if (what.next)
      drop_expired(*what.next);
    if (what.at == stage::admission && !is_wanted(what, now))
      unwanted.push_back(number);
    if (what.at == stage::database && now - what.asked_at >= settings_.load_limit)
      endless.push_back(number);
  }
  for (auto number : unwanted)
    drop(loads_.find(number), now, out);
  for (auto number : endless)
    fail(loads_.find(number), {error_code::database_unavailable}, now, out);
}

} // namespace tessera
