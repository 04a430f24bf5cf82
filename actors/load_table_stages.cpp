#include "actors/load_table.hpp"

#include <algorithm>
#include <utility>

// How far a load is: from L2 by way of admission to the database; how it ends; and what becomes of it when those it
// waits on are replaced. The invariants: load_table.cpp.

namespace tessera {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

} // namespace

void load_table::begin(load_map::iterator which, steady_time now, load_effects& out) {
  auto& [number, what] = *which;
  add(metrics_.loads);
  what.serial = ++last_serial_;
  what.closed = false;
  what.l2_us = 0;
  what.queue_us = 0;
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
    go_to_database(which, now, out);
  }
}

void load_table::go_to_database(load_map::iterator which, steady_time now, load_effects& out) {
  auto& [number, what] = *which;
  what.asks = 0;
  if (!is_wanted(what, now))
    drop(which, now, out);
  else if (admission_in_use_)
    ask_admission(number, what, now, out);
  else
    ask_database(number, what, now, out);
}

void load_table::ask_admission(id_number number, load& what, steady_time now, load_effects& out) {
  what.at = stage::admission;
  what.asked_at = now;
  at_admission_.emplace(what.serial, number);
  out.ask_admission.push_back({work_id{what.serial}, time_left_ms(what, now)});
}

void load_table::ask_database(id_number number, load& what, steady_time now, load_effects& out) {
  if (what.at != stage::database) {
    what.at = stage::database;
    what.asks = 0;
  }
  ++what.asks;
  what.asked_at = now;
  out.ask_database.push_back({member_key::kind::number, number.packed()});
  out.time_left_ms = std::max(out.time_left_ms, time_left_ms(what, now));
}

std::uint32_t load_table::time_left_ms(const load& what, steady_time now) {
  return std::max<std::uint32_t>(count_of<milliseconds>(what.current.longest - now), 1);
}

void load_table::l2_answered(const l2_answer& answered, steady_time now, load_effects& out) {
  if (late_.erase(answered.number) > 0)
    return;
  auto which = loads_.find(answered.number);
  if (which == loads_.end() || which->second.at != stage::l2)
    return;
  auto& what = which->second;
  what.l2_us = count_of<microseconds>(now - what.asked_at);
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
    if (!what.closed && what.current.fills && answered.fresh_left_ms > 0)
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
  go_to_database(which, now, out);
}

void load_table::admission_answered(const admission_answer& answered, steady_time now, load_effects& out) {
  auto asked = at_admission_.extract(answered.work.value);
  if (asked.empty())
    return;
  auto which = loads_.find(asked.mapped());
  auto& what = which->second;
  what.queue_us = count_of<microseconds>(now - what.asked_at);
  if (answered.error != error_code::none) {
    fail(which, {answered.error, answered.retry_after_s}, now, out);
    return;
  }
  what.has_slot = true;
  if (is_wanted(what, now))
    ask_database(which->first, what, now, out);
  else
    drop(which, now, out);
}

void load_table::database_answered(const load_answer& answered, steady_time now, load_effects& out) {
  auto number = id_number::from_packed(answered.key.value);
  if (answered.pool != pool_ || answered.key.by != member_key::kind::number || !number)
    return;
  auto which = loads_.find(*number);
  if (which == loads_.end() || which->second.at != stage::database)
    return;
  auto& what = which->second;
  auto& whose = what.current;
  auto found = answered.error == error_code::none && answered.body;
  if (!found && answered.error != error_code::not_found) {
    auto why = answered.error == error_code::none ? error_code::database_unavailable : answered.error;
    fail(which, {why, answered.retry_after_s, answered.queue_us, answered.database_us}, now, out);
    return;
  }
  lookup_answer made;
  made.error = found ? error_code::none : error_code::not_found;
  made.body = answered.body;
  made.from = origin::database;
  made.times = {what.l2_us, what.queue_us + answered.queue_us, answered.database_us};
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
  if (!what.closed) {
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

void load_table::fail(load_map::iterator which, const failure_of_load& how, steady_time now, load_effects& out) {
  auto& what = which->second;
  if (what.current.stale.body) {
    answer_stale(what.current, what, now, out);
  } else {
    lookup_answer made;
    made.error = how.why;
    made.from = origin::database;
    made.retry_after_s = how.retry_after_s;
    made.times = {what.l2_us, what.queue_us + how.queue_us, how.database_us};
    auto before = out.answers.size();
    answer(what.current, made, out);
    add(metrics_.failed, out.answers.size() - before);
  }
  finish(which, now, out);
}

void load_table::drop(load_map::iterator which, steady_time now, load_effects& out) {
  add(metrics_.dropped);
  finish(which, now, out);
}

void load_table::finish(load_map::iterator which, steady_time now, load_effects& out) {
  auto& what = which->second;
  if (at_admission_.erase(what.serial) > 0 || std::exchange(what.has_slot, false))
    out.ended.push_back({what.serial});
  if (!what.next || !anyone_waits(*what.next, now)) {
    loads_.erase(which);
    return;
  }
  what.current = std::move(*what.next);
  what.next.reset();
  begin(which, now, out);
}

void load_table::l2_replaced(const std::function<bool(id_number)>& moved, steady_time now, load_effects& out) {
  std::erase_if(late_, moved);
  std::vector<id_number> go_on;
  for (auto& [number, what] : loads_) {
    if (what.at != stage::l2 || !moved(number))
      continue;
    if (l2_in_use_ && what.asks == 1) {
      ++what.asks;
      out.ask_l2.push_back(number);
    } else {
      go_on.push_back(number);
    }
  }
  for (auto number : go_on) {
    add(metrics_.l2_failures);
    go_to_database(loads_.find(number), now, out);
  }
}

void load_table::admission_replaced(steady_time now, load_effects& out) {
  for (const auto& [number, what] : loads_) {
    if (what.has_slot)
      out.goes_on.push_back({what.serial});
  }
  for (const auto& [serial, number] : std::exchange(at_admission_, {}))
    go_to_database(loads_.find(number), now, out);
}

void load_table::pool_replaced(steady_time now, load_effects& out) {
  ++pool_; // what the dead one's workers may still bring could be taken for the answer to a later load
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
    fail(loads_.find(number), {error_code::database_unavailable}, now, out);
}

void load_table::cache_replaced() noexcept {
  for (auto& [number, what] : loads_) {
    what.current.fills = false;
    if (what.next)
      what.next->fills = false;
  }
}

} // namespace tessera
