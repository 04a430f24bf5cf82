#include "gateway/doorkeeper.hpp"

#include "guard/forwarded.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tessera {

namespace {

using std::chrono::seconds;

turned_away reason_of(limit_kind which) noexcept {
  switch (which) {
  case limit_kind::general:
    break;
  case limit_kind::lookup:
    return turned_away::lookup_limit;
  case limit_kind::card:
    return turned_away::card_limit;
  case limit_kind::bulk:
    return turned_away::bulk_limit;
  }
  return turned_away::general_limit;
}

turned_away reason_of(guess_fault fault) noexcept {
  switch (fault) {
  case guess_fault::none:
    break;
  case guess_fault::misses:
    return turned_away::misses;
  case guess_fault::distinct:
    return turned_away::distinct;
  case guess_fault::birth_date_run:
    return turned_away::birth_dates;
  case guess_fault::serial_run:
    return turned_away::serials;
  }
  return turned_away::no;
}

std::string_view sentence_of(turned_away why) noexcept {
  switch (why) {
  case turned_away::misses:
    return "Too many lookups without a member, please try again later";
  case turned_away::distinct:
    return "Too many different members were asked for, please try again later";
  case turned_away::birth_dates:
  case turned_away::serials:
    return "Members may not be asked for one after the other, please try again later";
  default:
    return {};
  }
}

/// Retry-After knows whole seconds only.
std::uint32_t retry_after(std::chrono::milliseconds left) noexcept {
  return static_cast<std::uint32_t>(std::max<std::int64_t>(std::chrono::ceil<seconds>(left).count(), 1));
}

} // namespace

doorkeeper::doorkeeper(protection& shared, std::shared_ptr<const key_ring_slot> keys)
    : shared_(shared), presented_(shared.naming), keys_(std::move(keys)), ring_(&keys_.newest()) {
}

void doorkeeper::begin_round(time_point now, utc_time wall_clock) {
  now_ = now;
  wall_clock_ = wall_clock;
  ring_ = &keys_.newest();
}

entrance doorkeeper::admit(const peer& from, const http_request& request, const route_match& match) {
  entrance in;
  access_request asked;
  asked.needed = match.needs;
  in.who = identify(from, request, asked);
  if (match.limited)
    limit(in, match.limit);
  if (in.why != turned_away::no || in.who.access.refused == error_code::none)
    return in;
  in.why = in.who.access.refused == error_code::authentication ? turned_away::no_key : turned_away::no_scope;
  in.what.code = in.who.access.refused;
  in.what.message = explain_refusal(asked, in.who.access);
  return in;
}

entrance doorkeeper::admit_unreadable(const peer& from) {
  entrance in;
  in.who.address = from.client;
  in.who.name = from.name;
  if (!from.trusted)
    limit(in, std::nullopt);
  return in;
}

caller doorkeeper::identify(const peer& from, const http_request& request, access_request& asked) {
  presented_keys::holder shown;
  if (auto lines = request.authorization.values(); lines.size() == 1)
    shown = presented_.read(lines.front());
  else
    shown.what = read_authorization(lines);
  asked.key = ring_->judge(shown.what, wall_clock_);
  asked.is_local = counts_as_loopback(from.other_end, request.forwarded || from.proxied, shared_.trusted);
  caller who;
  who.access = decide_access(asked, {shared_.open, ring_->configured()});
  who.address = from.client;
  who.name = from.name;
  if (auto lines = request.x_forwarded_for.values(); from.trusted && !lines.empty()) {
    who.address = client_address(from.client, lines, shared_.trusted);
    who.name = shared_.naming.of_address(who.address);
  }
  if (asked.key.state == key_state::valid) {
    who.name = shown.name;
    who.multiplier = asked.key.limit_multiplier;
  }
  return who;
}

void doorkeeper::limit(entrance& in, std::optional<limit_kind> strict) {
  if (!shared_.limiter)
    return;
  auto verdict = shared_.limiter->ask(in.who.name, strict, in.who.multiplier, now_);
  if (verdict.limit == 0)
    return;
  auto window = std::chrono::ceil<seconds>(shared_.rules[verdict.which].window).count();
  in.limit = {to_string(verdict.which), verdict.limit, static_cast<std::uint32_t>(window), verdict.remaining,
              wall_clock_ + verdict.reset};
  if (verdict.admitted)
    return;
  in.why = reason_of(verdict.which);
  in.what.code = error_code::rate_limited;
  in.what.retry_after_s = retry_after(verdict.reset);
}

void doorkeeper::ask_for(entrance& in, id_number number) {
  if (shared_.guesses)
    apply(in, shared_.guesses->look_up(in.who.name, number, in.who.multiplier, now_));
}

void doorkeeper::ask_for(entrance& in, member_id id) {
  if (shared_.guesses)
    apply(in, shared_.guesses->touch(in.who.name, id, in.who.multiplier, now_));
}

void doorkeeper::apply(entrance& in, const enumeration_guard::verdict& verdict) const {
  in.asked_before = verdict.again;
  in.why = reason_of(verdict.fault);
  if (in.why == turned_away::no)
    return;
  in.what.code = error_code::rate_limited;
  in.what.message = sentence_of(in.why);
  in.what.retry_after_s = retry_after(verdict.left);
  if (verdict.first)
    shared_.suspects->add({in.who.name, verdict.fault, now_, now_ + verdict.left});
}

void doorkeeper::take_back(client_key who, id_number number) {
  if (shared_.guesses)
    shared_.guesses->take_back(who, number);
}

void doorkeeper::take_back(client_key who, member_id id) {
  if (shared_.guesses)
    shared_.guesses->take_back(who, id);
}

void doorkeeper::missed(client_key who) {
  if (shared_.guesses)
    shared_.guesses->missed(who, now_);
}

} // namespace tessera
