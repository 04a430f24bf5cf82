#include "app/operator_control.hpp"

#include "cards/wall_clock.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace tessera {

namespace {

using std::chrono::milliseconds;

std::string_view text_of(breaker_order order) {
  switch (order) {
  case breaker_order::automatic:
    return "auto";
  case breaker_order::open:
    return "open";
  case breaker_order::closed:
    return "closed";
  }
  return "unknown";
}

failure explain(error_code code) {
  switch (code) {
  case error_code::not_found:
    return {code, "There is no such member"};
  case error_code::conflict:
    return {code, "The cache is being warmed already"};
  case error_code::database_unavailable:
    return {code, "The database, or an actor that is needed, does not answer: ask again"};
  default:
    return {code, "It was refused: " + std::string{to_string(code)}};
  }
}

} // namespace

operator_control::operator_control(surroundings around) : around_(std::move(around)) {
}

result<node_control::clearing> operator_control::cleared(const result<maintenance_done>& done, const std::string& what,
                                                         const operator_act& act) {
  if (!done)
    return done.error();
  if (done->error != error_code::none)
    return explain(done->error);
  note("cache", "cleared " + what, act);
  return clearing{around_.has_l2, done->l2_owes};
}

result<node_control::clearing> operator_control::clear_everything(const operator_act& act) {
  clear_all order;
  order.actor = act.actor;
  order.reason = act.reason;
  return cleared(around_.actors.clear(order), "everything", act);
}

result<node_control::clearing> operator_control::clear_member(member_id which, const operator_act& act) {
  tessera::clear_member order;
  order.id = which;
  order.actor = act.actor;
  order.reason = act.reason;
  return cleared(around_.actors.clear(order), "one member", act);
}

result<node_control::warming> operator_control::warm_cache(std::uint32_t member_limit, const operator_act& act) {
  tessera::warm_cache wish;
  wish.member_limit = member_limit;
  wish.actor = act.actor;
  wish.reason = act.reason;
  auto done = around_.actors.warm(wish);
  if (!done)
    return done.error();
  if (*done && (*done)->error != error_code::none)
    return explain((*done)->error);
  note("cache", "began to warm it", act);
  return *done ? warming{true, (*done)->warmed_members} : warming{};
}

result<std::optional<utc_time>> operator_control::force_breaker(breaker_order order, milliseconds time,
                                                                const operator_act& act) {
  auto done = around_.actors.force({{}, order, static_cast<std::uint32_t>(time.count())});
  if (!done)
    return done.error();
  auto until = order == breaker_order::automatic ? std::nullopt : std::optional{wall_clock() + time};
  write_audit("breaker.force", std::string{text_of(order)}, until, act);
  note("db_pool", "set the circuit breaker to " + std::string{text_of(order)}, act);
  return until;
}

result<utc_time> operator_control::drain(const operator_act& act) {
  std::lock_guard guard{mutex_};
  if (drains_until_)
    return *drains_until_;
  if (!around_.drain)
    return failure{error_code::conflict, "This node cannot be stopped from here"};
  drains_until_ = wall_clock() + around_.drain_timeout;
  write_audit("node.drain", "node", drains_until_, act);
  note("node", "drains it", act);
  around_.drain();
  return *drains_until_;
}

result<std::optional<utc_time>>
operator_control::set_log_level(std::string_view level, std::optional<milliseconds> time, const operator_act& act) {
  auto until = time ? std::optional{wall_clock() + *time} : std::nullopt;
  auto end = time ? std::optional{log_level_switch::time_point::clock::now() + *time} : std::nullopt;
  around_.logging.set(level, end);
  write_audit("log.level", std::string{level}, until, act);
  note("log", "set its level to " + std::string{level}, act);
  return until;
}

std::string operator_control::log_level() const {
  return around_.logging.level();
}

result<std::vector<node_control::reloaded_part>> operator_control::reload(const operator_act& act) {
  auto keys = around_.actors.reread_keys();
  if (!keys && keys.error().code == error_code::shutting_down)
    return keys.error();
  reloaded_part api_keys{"api_keys", reloaded_part::outcome::reloaded, {}};
  if (!keys || keys->error != error_code::none)
    api_keys = {"api_keys", reloaded_part::outcome::failed, "The store cannot be read"};
  std::vector parts{std::move(api_keys)};
  for (auto& each : around_.reload_files())
    parts.push_back(std::move(each));
  write_audit("node.reload", "keys and certificate", std::nullopt, act);
  note("node", "had keys and certificate read again", act);
  return parts;
}

void operator_control::write_audit(std::string action, std::string subject, const std::optional<utc_time>& until,
                                   const operator_act& act) {
  audit_entry line{std::move(action), std::move(subject), "", act.actor, wall_clock(), act.reason, until};
  around_.actors.write_audit(std::move(line));
}

void operator_control::note(std::string subject, std::string text, const operator_act& act) {
  spdlog::warn("Operator {}: {} ({})", act.actor, text, subject);
  event what;
  what.at_ms = static_cast<std::uint64_t>(wall_clock().time_since_epoch().count());
  what.kind = event_kind::operation;
  what.severity = severity::info;
  what.subject = std::move(subject);
  what.text = act.actor + " " + text;
  around_.desk.events.add(std::move(what));
}

} // namespace tessera
