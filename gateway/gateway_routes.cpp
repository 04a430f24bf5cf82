#include "gateway/gateway.hpp"

#include "gateway/node_report.hpp"
#include "messages/types.hpp"

namespace tessera {

namespace {

constexpr std::string_view masked_member_path = "/api/v1/optimized-cards/member/*************";
constexpr std::string_view lookup_path = "/api/v1/members/lookup";

} // namespace

response_context gateway::context_of(const http_request& request, route to) const {
  auto context = responder_.context_of(request, to);
  if (draining_)
    context.keep_alive = false;
  return context;
}

void gateway::on_request(session& from, std::uint32_t sequence, const http_request& request) {
  add(metrics_.requests);
  auto match = find_route(request.path);
  if (match.to == route::member && request.method == http_method::get) {
    on_member(from, sequence, request, match.parameter);
    return;
  }
  dispatch(from, sequence, request, match);
}

void gateway::dispatch(session& from, std::uint32_t sequence, const http_request& request, const route_match& match) {
  auto context = context_of(request, match.to);
  auto methods = match.methods;
  if (match.to == route::none && request.path == "*")
    methods = 0x3f; // all that we know
  if (methods == 0) {
    context.rare_or_new().path = masked_path(request.path);
    context.rare_or_new().method_text = masked_path(request.method_text).substr(0, 32);
    refuse(from, sequence, std::move(context), {error_code::not_found, "Route not found", {}, 0});
    return;
  }
  if (request.method == http_method::options) {
    response_.clear();
    responder_.options(response_, context, methods);
    send(from, sequence, context.keep_alive);
    return;
  }
  if ((methods & bit(request.method)) == 0 || request.path == "*") {
    context.rare_or_new().path = masked_path(request.path);
    context.rare_or_new().method_text = masked_path(request.method_text).substr(0, 32);
    refuse(from, sequence, std::move(context), {error_code::method_not_allowed, {}, {}, 0},
           "Allow: " + allow_text(methods) + "\r\n");
    return;
  }
  switch (match.to) {
  case route::member:
    return on_member(from, sequence, request, match.parameter);
  case route::members_lookup:
    return on_members_lookup(from, sequence, request);
  case route::cache_stats:
    return on_cache_stats(from, sequence, request);
  case route::warm_cache:
    return on_warm_cache(from, sequence, request);
  case route::clear_cache:
    return on_clear_cache(from, sequence, request, match.parameter);
  case route::error_docs:
    return on_error_docs(from, sequence, request, match.parameter);
  default:
    return on_health(from, sequence, request, match.to);
  }
}

void gateway::on_member(session& from, std::uint32_t sequence, const http_request& request,
                        std::string_view parameter) {
  auto number = id_number::from_digits(parameter);
  if (!number && parameter.find('%') != parameter.npos)
    number = id_number::from_digits(percent_decode(parameter));
  auto fault = number ? id_number_fault::none : id_number_fault::not_13_digits;
  if (number && settings_.strict_id_numbers)
    fault = check(*number);
  if (fault == id_number_fault::none) {
    look_up(from, sequence, request, route::member, *number);
    return;
  }
  auto context = context_of(request, route::member);
  context.rare_or_new().path = masked_path(request.path);
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
  refuse(from, sequence, std::move(context), what);
}

void gateway::on_members_lookup(session& from, std::uint32_t sequence, const http_request& request) {
  auto fault = check_content_type(request.content_type);
  input<id_number> parsed = fault ? input<id_number>{*fault} : parse_lookup_body(request.body);
  if (auto* number = std::get_if<id_number>(&parsed)) {
    look_up(from, sequence, request, route::members_lookup, *number);
    return;
  }
  auto context = context_of(request, route::members_lookup);
  context.rare_or_new().path = lookup_path;
  refuse(from, sequence, std::move(context), std::get<problem>(parsed));
}

void gateway::look_up(session& from, std::uint32_t sequence, const http_request& request, route to, id_number number) {
  auto shard = static_cast<std::uint32_t>(shard_of(number, gathering_.size()));
  auto which = issue(from, sequence, context_of(request, to), shard, number);
  if (which)
    gathering_[shard].push_back({*which, number, static_cast<std::uint32_t>(settings_.request_timeout.count())});
}

std::optional<ticket> gateway::issue(session& from, std::uint32_t sequence, response_context context,
                                     std::uint32_t shard, id_number number) {
  if (tickets_.full()) {
    refuse(from, sequence, std::move(context), {error_code::queue_full, {}, {}, 1});
    return std::nullopt;
  }
  auto which = tickets_.issue({from.token(), sequence, shard, number, std::move(context), now_});
  from.slot(sequence) = which.slot;
  ticket_deadlines_.set(which.slot, due_tick(*tickets_.find(which)));
  return which;
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
  send(from, sequence, context.keep_alive);
}

void gateway::send(session& to, std::uint32_t sequence, bool keep_alive) {
  add(metrics_.bytes_out, response_.size());
  to.active_tick = session_deadlines_.now();
  to.respond(sequence, response_, !keep_alive);
  if (to.backlogged())
    to_resume_.push_back(to.token());
}

void gateway::on_fault(session& from, std::uint32_t sequence, read_fault fault, std::string_view detail) {
  add(metrics_.requests);
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
  response_context context;
  context.method = http_method::other;
  context.keep_alive = false;
  refuse(from, sequence, std::move(context), what);
}

void gateway::on_health(session& from, std::uint32_t sequence, const http_request& request, route to) {
  auto context = context_of(request, to);
  auto now = responder_.clock().timestamp();
  auto health = health_of(status_, all_metrics_);
  response_.clear();
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
  send(from, sequence, context.keep_alive);
}

void gateway::on_cache_stats(session& from, std::uint32_t sequence, const http_request& request) {
  auto context = context_of(request, route::cache_stats);
  response_.clear();
  responder_.success(response_, context, 200, "Cache statistics retrieved successfully",
                     cache_stats_json(all_metrics_, status_.has_l2, responder_.clock().timestamp()));
  send(from, sequence, context.keep_alive);
}

void gateway::on_warm_cache(session& from, std::uint32_t sequence, const http_request& request) {
  auto context = context_of(request, route::warm_cache);
  context.rare_or_new().path = masked_path(request.path);
  auto fault = request.body.empty() ? std::nullopt : check_content_type(request.content_type);
  input<std::uint32_t> parsed = fault ? input<std::uint32_t>{*fault} : parse_warm_body(request.body);
  if (auto* what = std::get_if<problem>(&parsed)) {
    refuse(from, sequence, std::move(context), *what);
    return;
  }
  auto id = context.rare_or_new().request_id;
  if (auto which = issue(from, sequence, std::move(context), no_shard))
    actor_->send(directory_.maintenance, warm_cache{self_, *which, std::get<std::uint32_t>(parsed), std::move(id)});
}

void gateway::on_clear_cache(session& from, std::uint32_t sequence, const http_request& request,
                             std::string_view parameter) {
  auto context = context_of(request, route::clear_cache);
  context.rare_or_new().path = masked_path(request.path);
  auto id = parse_member_id(parameter);
  auto fault = request.body.empty() ? std::nullopt : check_content_type(request.content_type);
  input<std::optional<id_number>> parsed =
      fault ? input<std::optional<id_number>>{*fault} : parse_clear_body(request.body);
  if (!id)
    parsed = invalid_input("/memberId", "memberId must be a whole number from 1");
  if (auto* what = std::get_if<problem>(&parsed)) {
    refuse(from, sequence, std::move(context), *what);
    return;
  }
  auto number = std::get<std::optional<id_number>>(parsed);
  auto request_id = context.rare_or_new().request_id;
  if (auto which = issue(from, sequence, std::move(context), no_shard))
    actor_->send(directory_.maintenance,
                 clear_member{self_, *which, *id, number.has_value(), number.value_or(id_number{}), request_id});
}

void gateway::on_error_docs(session& from, std::uint32_t sequence, const http_request& request, std::string_view slug) {
  auto context = context_of(request, route::error_docs);
  const auto* found = find_http_error(slug);
  if (!found) {
    context.rare_or_new().path = masked_path(request.path);
    refuse(from, sequence, std::move(context), {error_code::not_found, "No such error", {}, 0});
    return;
  }
  response_.clear();
  responder_.text(response_, context,
                  std::string{found->code} + " (" + std::to_string(found->status) + "): " + std::string{found->title}
                      + "\n\n" + std::string{found->explanation} + "\n");
  send(from, sequence, context.keep_alive);
}

} // namespace tessera
