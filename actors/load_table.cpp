#include "actors/load_table.hpp"

#include <algorithm>

// Invariants:
// - each number has at most one ask under way, at L2 or at the database; `late_` holds those at L2 that were given up;
// - `load::next` is set only while the load is closed;
// - a waiter is in `waiting_` from `open` until it is answered, abandoned or past its deadline.

namespace tessera {

namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Deadlines of waiters and the bound of loads are looked at this often: they are seconds long, and those who wait are
// answered by their gateway anyway.
constexpr auto scan_interval = milliseconds{500};

// How long a statement of a pool that died may still bring its rows: longer than the read timeout of a connection.
constexpr auto statement_limit = seconds{10};

template <class Unit, class Number>
Number count_of(std::chrono::steady_clock::duration span) {
  return static_cast<Number>(std::max<std::int64_t>(duration_cast<Unit>(span).count(), 0));
}

} // namespace

void load_effects::clear() {
  ask_l2.clear();
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
    begin(number, what, now, out);
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
  if (waiting_.insert(who).second)
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

void load_table::begin(id_number number, load& what, steady_time now, load_effects& out) {
  add(metrics_.loads);
  what.serial = ++last_serial_;
  what.closed = false;
  what.l2_us = 0;
  what.l2_may_fill = false;
  what.generation = {};
  stale_copy_is_due({what.current.since + settings_.stale_after, number, what.serial});
  if (l2_in_use_ && !late_.contains(number)) {
    what.at = stage::l2;
    what.asks = 1;
    what.asked_at = now;
    l2_due_.push_back({now + settings_.l2_timeout, number, what.serial});
    out.ask_l2.push_back(number);
  } else {
    what.asks = 0;
    ask_database(number, what, now, out);
  }
}

void load_table::ask_database(id_number number, load& what, steady_time now, load_effects& out) {
  if (what.at != stage::database) {
    what.at = stage::database;
    what.asks = 0;
  }
  ++what.asks;
  what.asked_at = now;
  out.ask_database.push_back({member_key::kind::number, number.packed()});
  auto left = std::max<std::uint32_t>(count_of<milliseconds, std::uint32_t>(what.current.longest - now), 1);
  out.time_left_ms = std::max(out.time_left_ms, left);
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
  made.age_s = count_of<seconds, std::uint32_t>(now - to.stale.loaded_at);
  made.stale_for_ms = std::max<std::uint32_t>(count_of<milliseconds, std::uint32_t>(now - to.stale.stale_since), 1);
  made.fresh_left_s = -static_cast<std::int32_t>(std::max<std::uint32_t>(made.stale_for_ms / 1000, 1));
  made.times.l2_us = what.l2_us;
  auto before = out.answers.size();
  answer(to, made, out);
  auto served = out.answers.size() - before;
  add(metrics_.stale_served, served);
  return served;
}

void load_table::answer_stale_if_due(round& to, const load& what, steady_time now, load_effects& out) {
  if (to.stale.body && now >= to.since + settings_.stale_after)
    answer_stale(to, what, now, out);
}

bool load_table::keeps(const load& what, steady_time now) const noexcept {
  return !what.closed && now >= keeps_from_;
}

void load_table::l2_answered(const l2_answer& answered, steady_time now, load_effects& out) {
  if (late_.erase(answered.number) > 0)
    return;
  auto which = loads_.find(answered.number);
  if (which == loads_.end() || which->second.at != stage::l2)
    return;
  auto& what = which->second;
  what.l2_us = count_of<microseconds, std::uint32_t>(now - what.asked_at);
  what.generation = answered.generation;
  what.l2_may_fill = answered.may_fill;
  if (answered.outcome == l2_outcome::fresh && answered.body) {
    add(metrics_.l2_hits);
    lookup_answer made;
    made.body = answered.body;
    made.from = origin::l2;
    made.age_s = answered.age_ms / 1000;
    made.fresh_left_s = answered.fresh_left_ms / 1000;
    made.times.l2_us = what.l2_us;
    answer(what.current, made, out);
    if (keeps(what, now) && what.current.fills && answered.fresh_left_ms > 0)
      out.fills.push_back({answered.number, answered.id, answered.body, what.current.stamp, answered.age_ms,
                           answered.age_ms + static_cast<std::uint32_t>(answered.fresh_left_ms)});
    finish(which, now, out);
    return;
  }
  if (answered.outcome == l2_outcome::stale && answered.body) {
    offer(what.current, {answered.body, origin::l2, now - milliseconds{answered.age_ms},
                         now + milliseconds{std::min(answered.fresh_left_ms, 0)}});
    answer_stale_if_due(what.current, what, now, out);
  }
  auto knows = answered.outcome == l2_outcome::miss || (answered.outcome == l2_outcome::stale && answered.body);
  add(knows ? metrics_.l2_misses : metrics_.l2_failures);
  ask_database(answered.number, what, now, out);
}

void load_table::database_answered(const load_answer& answered, steady_time now, load_effects& out) {
  auto number = id_number::from_packed(answered.key.value);
  if (answered.key.by != member_key::kind::number || !number)
    return;
  auto which = loads_.find(*number);
  if (which == loads_.end() || which->second.at != stage::database)
    return;
  auto& what = which->second;
  auto& whose = what.current;
  auto found = answered.error == error_code::none && answered.body;
  if (!found && answered.error != error_code::not_found) {
    fail(which, answered.error == error_code::none ? error_code::database_unavailable : answered.error, &answered, now,
         out);
    return;
  }
  lookup_answer made;
  made.error = found ? error_code::none : error_code::not_found;
  made.body = answered.body;
  made.from = origin::database;
  made.times = {what.l2_us, answered.queue_us, answered.database_us};
  if (found) {
    made.age_s = answered.age_ms / 1000;
    made.fresh_left_s = static_cast<std::int32_t>((settings_.member_fresh.count() - answered.age_ms) / 1000);
  } else {
    made.body = nullptr;
  }
  auto before = out.answers.size();
  answer(whose, made, out);
  if (found)
    add(metrics_.database_hits);
  else
    add(metrics_.not_found, out.answers.size() - before);
  if (keeps(what, now)) {
    auto id = found ? answered.id : member_id{};
    auto fresh_for = static_cast<std::uint32_t>(settings_.member_fresh.count());
    if (whose.fills)
      out.fills.push_back({*number, id, made.body, whose.stamp, answered.age_ms, found ? fresh_for : 0});
    // Where L2 has a generation it may have a value, too, of a member that the database no longer knows as active.
    if (what.l2_may_fill && (found || what.generation.value != 0))
      out.l2_fills.push_back({made.body, *number, what.generation, answered.age_ms});
  }
  finish(which, now, out);
}

void load_table::fail(load_map::iterator which, error_code why, const load_answer* details, steady_time now,
                      load_effects& out) {
  auto& what = which->second;
  if (what.current.stale.body) {
    answer_stale(what.current, what, now, out);
  } else {
    lookup_answer made;
    made.error = why;
    made.from = origin::database;
    made.times.l2_us = what.l2_us;
    if (details) {
      made.retry_after_s = details->retry_after_s;
      made.times.queue_us = details->queue_us;
      made.times.database_us = details->database_us;
    }
    auto before = out.answers.size();
    answer(what.current, made, out);
    add(metrics_.failed, out.answers.size() - before);
  }
  finish(which, now, out);
}

bool load_table::anyone_waits(const round& in) const {
  return std::ranges::any_of(in.waiters, [this](const auto& each) { return waiting_.contains(each.who); });
}

void load_table::finish(load_map::iterator which, steady_time now, load_effects& out) {
  auto& what = which->second;
  if (!what.next || !anyone_waits(*what.next)) {
    loads_.erase(which);
    return;
  }
  what.current = std::move(*what.next);
  what.next.reset();
  begin(which->first, what, now, out);
}

void load_table::abandon(std::uint32_t asker, std::span<const ticket> tickets) noexcept {
  for (const auto& each : tickets)
    waiting_.erase({asker, each});
}

void load_table::invalidate(id_number number) noexcept {
  auto which = loads_.find(number);
  if (which == loads_.end())
    return;
  auto& what = which->second;
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
    what.l2_us = count_of<microseconds, std::uint32_t>(now - what.asked_at);
    ask_database(item.number, what, now, out);
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
  std::vector<id_number> endless;
  for (auto& [number, what] : loads_) {
    drop_expired(what.current);
    if (what.next)
      drop_expired(*what.next);
    if (what.at == stage::database && now - what.asked_at >= settings_.load_limit)
      endless.push_back(number);
  }
  for (auto number : endless)
    fail(loads_.find(number), error_code::database_unavailable, nullptr, now, out);
}

void load_table::l2_replaced(const std::function<bool(id_number)>& moved, steady_time now, load_effects& out) {
  std::erase_if(late_, moved);
  for (auto& [number, what] : loads_) {
    if (what.at != stage::l2 || !moved(number))
      continue;
    if (l2_in_use_ && what.asks == 1) {
      ++what.asks;
      out.ask_l2.push_back(number);
    } else {
      add(metrics_.l2_failures);
      ask_database(number, what, now, out);
    }
  }
}

void load_table::pool_replaced(steady_time now, load_effects& out) {
  // A worker of the dead pool may still bring its rows, which could be taken for those of a later load.
  keeps_from_ = now + statement_limit;
  std::vector<id_number> twice;
  for (auto& [number, what] : loads_) {
    if (what.at != stage::database)
      continue;
    if (what.asks == 1)
      ask_database(number, what, now, out);
    else
      twice.push_back(number);
  }
  for (auto number : twice)
    fail(loads_.find(number), error_code::database_unavailable, nullptr, now, out);
}

void load_table::cache_replaced() noexcept {
  for (auto& [number, what] : loads_) {
    what.current.fills = false;
    if (what.next)
      what.next->fills = false;
  }
}

} // namespace tessera
