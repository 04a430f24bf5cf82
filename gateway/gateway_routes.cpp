#include "gateway/gateway.hpp"

#include "gateway/node_report.hpp"
#include "messages/types.hpp"

#include <spdlog/spdlog.h>

namespace tessera {

namespace {

constexpr std::string_view masked_member_path = "/api/v1/optimized-cards/member/*************";
constexpr std::string_view lookup_path = "/api/v1/members/lookup";
constexpr std::string_view health_check_type = "application/health+json";

} // namespace

/// Says in `context` what was asked, for an error to repeat.
void gateway::name_request(response_context& context, const http_request& request) {
  context.rare_or_new().path = masked_path(request.path);
  context.rare_or_new().method_text = masked_path(request.method_text).substr(0, 32);
}

response_context gateway::context_of(const incoming& in, route to) const {
  auto context = responder_.context_of(in.request, to);
  context.limit = in.at_door.limit;
  if (draining_)
    context.keep_alive = false;
  if (access_log_)
    context.access = access_entry_of(in.at_door.who, to, &in.request);
  return context;
}

void gateway::on_request(session& from, std::uint32_t sequence, const http_request& request) {
  add(metrics_.requests);
  auto match = find_route(request.path);
  incoming in{from, sequence, request, {}};
  if (request.method != http_method::options) // a preflight comes before the request, and without its key
    in.at_door = door_.admit(from.who, request, match);
  else
    in.at_door.who.name = from.who.name;
  note_arrival(in, match.to);
  if (in.at_door.why != turned_away::no) {
    turn_away(in, match.to);
    return;
  }
  if (match.to == route::member && request.method == http_method::get)
    on_member(in, match.parameter);
  else
    dispatch(in, match);
}

void gateway::dispatch(incoming& in, const route_match& match) {
  const auto& request = in.request;
  auto methods = match.methods;
  if (match.to == route::none && request.path == "*")
    methods = 0x3f; // all that we know
  if (methods != 0 && request.method == http_method::options) {
    auto context = context_of(in, match.to);
    response_.clear();
    responder_.options(response_, context, methods);
    send(in.from, in.sequence, context);
    return;
  }
  if ((methods & bit(request.method)) == 0 || request.path == "*") {
    auto context = context_of(in, match.to);
    name_request(context, request);
    if (methods == 0)
      refuse(in, std::move(context), {error_code::not_found, "Route not found", {}, 0});
    else
      refuse(in, std::move(context), {error_code::method_not_allowed, {}, {}, 0},
             "Allow: " + allow_text(methods) + "\r\n");
    return;
  }
  switch (match.to) {
  case route::member:
    return on_member(in, match.parameter);
  case route::members_lookup:
    return on_members_lookup(in);
  case route::cache_stats:
    return on_cache_stats(in);
  case route::warm_cache:
    return on_warm_cache(in);
  case route::clear_cache:
    return on_clear_cache(in, match.parameter);
  case route::generate_data:
  case route::generate:
    return on_generate(in, match.to, match.parameter);
  case route::batch_generate:
    return on_batch_generate(in);
  case route::verify:
    return on_verify(in);
  case route::card:
  case route::card_qr_svg:
  case route::card_qr_png:
    return on_card(in, match.to, match.parameter);
  case route::card_reissue:
  case route::card_revoke:
    return on_change_cards(in, match.to, match.parameter);
  case route::jwks:
    return on_jwks(in);
  case route::revocations:
    return on_revocations(in);
  case route::verify_page:
  case route::openapi:
  case route::docs:
    return on_page(in, match.to, match.parameter);
  case route::error_docs:
    return on_error_page(in, match.parameter);
  case route::batches:
    return on_open_batch(in);
  case route::batch:
  case route::batch_events:
  case route::batch_zip:
  case route::batch_pdf:
    return on_batch(in, match.to, match.parameter);
  default:
    return on_health(in, match.to);
  }
}

/// Answers a request that may not come in, or may not ask for what it asks for.
void gateway::turn_away(const incoming& in, route to) {
  const auto& at_door = in.at_door;
  note_turned_away(at_door);
  auto context = context_of(in, to);
  name_request(context, in.request);
  refuse(in, std::move(context), at_door.what,
         at_door.what.code == error_code::authentication ? "WWW-Authenticate: Bearer\r\n" : "");
}

void gateway::note_turned_away(const entrance& at_door) {
  auto reason = static_cast<std::size_t>(at_door.why);
  add(metrics_.turned_away[reason]);
  if (auto held_back = turned_away_log_[reason].pass(now_))
    spdlog::warn("gateway: turned away: {}, {}, {}; {} more since the last such line", to_string(at_door.why),
                 audit_name(at_door.who.access), to_string(at_door.who.address), *held_back);
}

void gateway::on_member(incoming& in, std::string_view parameter) {
  auto number = id_number::from_digits(parameter);
  if (!number && parameter.find('%') != parameter.npos)
    number = id_number::from_digits(percent_decode(parameter));
  auto fault = number ? id_number_fault::none : id_number_fault::not_13_digits;
  if (number && settings_.strict_id_numbers)
    fault = check(*number);
  if (fault == id_number_fault::none) {
    look_up(in, route::member, *number);
    return;
  }
  auto context = context_of(in, route::member);
  context.rare_or_new().path = masked_path(in.request.path);
  problem what;
  if (fault == id_number_fault::not_13_digits) {
    what = invalid_input("/idNumber", "ID number must be exactly 13 digits");
    what.errors.front().detail = parse_id_number(percent_decode(parameter)).message;
    if (what.errors.front().detail.empty()) // 13 digits with spaces or dashes, which this route does not take
      what.errors.front().detail = what.message;
  } else {
    what = invalid_input("/idNumber", explain(fault));
    what.errors.front().detail = std::string{to_string(fault)} + ": " + what.message;
  }
  refuse(in, std::move(context), what);
}

void gateway::on_members_lookup(incoming& in) {
  auto fault = check_content_type(in.request.content_type);
  input<id_number> parsed = fault ? input<id_number>{*fault} : parse_lookup_body(in.request.body);
  if (auto* number = std::get_if<id_number>(&parsed)) {
    look_up(in, route::members_lookup, *number);
    return;
  }
  auto context = context_of(in, route::members_lookup);
  context.rare_or_new().path = lookup_path;
  refuse(in, std::move(context), std::get<problem>(parsed));
}

void gateway::look_up(incoming& in, route to, id_number number) {
  door_.ask_for(in.at_door, number);
  if (in.at_door.why != turned_away::no) {
    turn_away(in, to);
    return;
  }
  auto shard = static_cast<std::uint32_t>(shard_of(number, gathering_.size()));
  if (settings_.first_hop_limit.count() > 0 && hops_.overdue(shard, settings_.first_hop_limit, now_)) {
    refuse_busy(in, context_of(in, to), number);
    return;
  }
  auto which = issue(in, context_of(in, to), desk::lookup, shard, number);
  if (which)
    gathering_[shard].push_back({*which, number, static_cast<std::uint32_t>(settings_.request_timeout.count())});
}

std::optional<ticket> gateway::issue(incoming& in, response_context context, desk with, std::uint32_t shard,
                                     id_number number) {
  if (tickets_.full()) {
    refuse_busy(in, std::move(context), with == desk::lookup ? std::optional{number} : std::nullopt);
    return std::nullopt;
  }
  auto which = tickets_.issue({in.from.token(), in.sequence, with, shard, number, in.at_door.who.name,
                               in.at_door.asked_before, std::move(context), now_});
  in.from.slot(in.sequence) = which.slot;
  ticket_deadlines_.set(which.slot, due_tick(*tickets_.find(which)));
  return which;
}

/// Refuses what would wait too long for this process itself. What was `asked_for` does not count as a guess.
void gateway::refuse_busy(incoming& in, response_context context, std::optional<id_number> asked_for) {
  if (asked_for)
    door_.take_back(in.at_door.who.name, *asked_for);
  in.at_door.why = turned_away::busy;
  note_turned_away(in.at_door);
  refuse(in, std::move(context), {error_code::queue_full, {}, {}, 1});
}

void gateway::refuse(const incoming& in, response_context context, const problem& what,
                     std::string_view extra_headers) {
  refuse(in.from, in.sequence, std::move(context), what, extra_headers);
}

void gateway::refuse(session& from, std::uint32_t sequence, response_context context, const problem& what,
                     std::string_view extra_headers) {
  if (!context.rare || context.rare->path.empty()) {
    if (context.to == route::member)
      context.rare_or_new().path = masked_member_path;
    else if (context.to == route::members_lookup)
      context.rare_or_new().path = lookup_path;
  }
  response_.clear();
  responder_.fail(response_, context, what, extra_headers);
  send(from, sequence, context);
}

void gateway::send(session& to, std::uint32_t sequence, const response_context& context) {
  note_response(context);
  to.respond(sequence, response_, !context.keep_alive);
  note_moved(to, response_.size());
}

/// Something was given to a session to be sent, which may have made room for requests behind it.
void gateway::note_moved(session& which, std::size_t bytes) {
  add(metrics_.bytes_out, bytes);
  which.active_tick = session_deadlines_.now();
  if (which.backlogged())
    to_resume_.push_back(which.token());
}

void gateway::on_fault(session& from, std::uint32_t sequence, read_fault fault, std::string_view detail) {
  add(metrics_.requests);
  add(metrics_.requests_by_class[static_cast<std::size_t>(route_class::other)]);
  problem what;
  what.message = detail;
  switch (fault) {
  case read_fault::bad_head:
  case read_fault::bad_body:
    what.code = error_code::validation;
    break;
  case read_fault::head_too_large:
    what.code = error_code::headers_too_large;
    break;
  case read_fault::target_too_long:
    what.code = error_code::uri_too_long;
    break;
  case read_fault::body_too_large:
    what.code = error_code::payload_too_large;
    break;
  case read_fault::timed_out:
    what.code = error_code::timed_out;
    what.message = "The request did not arrive in time";
    break;
  }
  auto at_door = door_.admit_unreadable(from.who);
  if (at_door.why != turned_away::no) {
    note_turned_away(at_door);
    what = at_door.what;
  }
  response_context context;
  context.method = http_method::other;
  context.keep_alive = false;
  context.limit = at_door.limit;
  if (access_log_)
    context.access = access_entry_of(at_door.who, route::none, nullptr);
  refuse(from, sequence, std::move(context), what);
}

void gateway::on_health(const incoming& in, route to) {
  auto context = context_of(in, to);
  auto now = responder_.clock().timestamp();
  auto health = health_of(status_, all_metrics_);
  response_.clear();
  if (to != route::health_live && in.request.accept.find(health_check_type) != std::string_view::npos) {
    bool fails = status_.now != node_status::phase::ready || (to == route::health_database && !health.database);
    responder_.document(response_, context, fails ? 503 : 200, health_check_type,
                        health_check_json(status_, all_metrics_, now));
    send(in.from, in.sequence, context);
    return;
  }
  switch (to) {
  case route::health_detailed: {
    auto spent = std::chrono::duration_cast<std::chrono::microseconds>(clock::now() - now_);
    responder_.success(response_, context, health.degraded() ? 503 : 200,
                       health.degraded() ? "Server is degraded" : "Server is healthy",
                       health_detailed_json(status_, all_metrics_, now, spent));
    break;
  }
  case route::health_database:
    responder_.success(response_, context, health.database ? 200 : 503,
                       health.database ? "Database is healthy" : "Database is unhealthy",
                       health_database_json(status_, all_metrics_));
    break;
  case route::health_ready: {
    bool ready = status_.now == node_status::phase::ready;
    responder_.success(response_, context, ready ? 200 : 503, ready ? "Service is ready" : "Service is not ready",
                       health_ready_json(status_, all_metrics_));
    break;
  }
  case route::health_live:
    responder_.success(response_, context, 200, "Service is alive", R"({"alive":true})");
    break;
  default:
    responder_.success(response_, context, 200, "Server is healthy", health_json(status_, now));
    break;
  }
  send(in.from, in.sequence, context);
}

void gateway::on_cache_stats(const incoming& in) {
  auto context = context_of(in, route::cache_stats);
  response_.clear();
  responder_.success(response_, context, 200, "Cache statistics retrieved successfully",
                     cache_stats_json(all_metrics_, status_.has_l2, responder_.clock().timestamp()));
  send(in.from, in.sequence, context);
}

void gateway::on_warm_cache(incoming& in) {
  const auto& request = in.request;
  auto context = context_of(in, route::warm_cache);
  context.rare_or_new().path = masked_path(in.request.path);
  auto fault = request.body.empty() ? std::nullopt : check_content_type(request.content_type);
  input<std::uint32_t> parsed = fault ? input<std::uint32_t>{*fault} : parse_warm_body(request.body);
  if (auto* what = std::get_if<problem>(&parsed)) {
    refuse(in, std::move(context), *what);
    return;
  }
  auto id = responder_.name(context);
  if (auto which = issue(in, std::move(context), desk::maintenance))
    actor_->send(directory_.maintenance, warm_cache{self_, *which, std::get<std::uint32_t>(parsed), std::move(id),
                                                    audit_name(in.at_door.who.access), {}});
}

void gateway::on_clear_cache(incoming& in, std::string_view parameter) {
  const auto& request = in.request;
  auto context = context_of(in, route::clear_cache);
  context.rare_or_new().path = masked_path(in.request.path);
  auto id = parse_member_id(parameter);
  auto fault = request.body.empty() ? std::nullopt : check_content_type(request.content_type);
  input<std::optional<id_number>> parsed =
      fault ? input<std::optional<id_number>>{*fault} : parse_clear_body(request.body);
  if (!id)
    parsed = invalid_input("/memberId", "memberId must be a whole number from 1");
  if (auto* what = std::get_if<problem>(&parsed)) {
    refuse(in, std::move(context), *what);
    return;
  }
  door_.ask_for(in.at_door, *id);
  if (in.at_door.why != turned_away::no) {
    turn_away(in, route::clear_cache);
    return;
  }
  auto number = std::get<std::optional<id_number>>(parsed);
  auto request_id = responder_.name(context);
  if (auto which = issue(in, std::move(context), desk::maintenance))
    actor_->send(directory_.maintenance,
                 clear_member{self_, *which, *id, number.has_value(), number.value_or(id_number{}), request_id,
                              audit_name(in.at_door.who.access), {}});
}

} // namespace tessera
