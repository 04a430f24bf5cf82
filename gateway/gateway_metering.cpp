#include "gateway/gateway.hpp"

#include "gateway/access_log.hpp"
#include "messages/types.hpp"

/// What a gateway counts of the requests that pass through it. Cheap on the way of a hit: no reading of the clock for a
/// request, one for a round.
namespace tessera {

route_class gateway::class_of(route to) noexcept {
  switch (to) {
  case route::none:
  case route::openapi:
  case route::docs:
  case route::error_docs:
    return route_class::other;
  case route::member:
  case route::members_lookup:
    return route_class::member;
  case route::generate_data:
  case route::generate:
  case route::card:
  case route::card_qr_svg:
  case route::card_qr_png:
  case route::card_reissue:
  case route::card_revoke:
    return route_class::card;
  case route::batch_generate:
  case route::batches:
  case route::batch:
  case route::batch_events:
  case route::batch_zip:
  case route::batch_pdf:
    return route_class::batch;
  case route::verify:
  case route::verify_page:
  case route::jwks:
  case route::revocations:
    return route_class::verify;
  default:
    return route_class::operate;
  }
}

void gateway::note_arrival(const incoming& in, route to) {
  add(metrics_.requests_by_class[static_cast<std::size_t>(class_of(to))]);
  const auto& access = in.at_door.who.access;
  if (access.caller == access_decision::caller_kind::key && access.refused == error_code::none) {
    auto now = responder_.clock().now().time_since_epoch();
    metrics_.uses.count(access.key, static_cast<std::uint64_t>(now.count()));
  }
}

/// A request is being answered. How long that took is known when the round ends, with one reading of the clock for all.
void gateway::note_answer(const in_flight& request) {
  auto which = class_of(request.context.to);
  if (request.since == now_)
    ++answered_at_once_[static_cast<std::size_t>(which)];
  else
    answered_.emplace_back(which, request.since);
}

void gateway::note_times(const lookup_answer& answer) {
  if (answer.times.l2_us > 0)
    metrics_.l2_times.record(std::chrono::microseconds{answer.times.l2_us});
}

std::unique_ptr<access_entry> gateway::access_entry_of(const caller& who, route to, const http_request* request) const {
  auto entry = std::make_unique<access_entry>();
  entry->since = now_;
  entry->to = to;
  entry->client = who.name;
  entry->key = who.access.caller == access_decision::caller_kind::key ? std::string{who.access.key.text()}
                                                                      : audit_name(who.access);
  if (request)
    describe_request(*entry, *request);
  return entry;
}

/// `response_` is given to its session: what the responder has counted is a line of the access log.
void gateway::note_response(const response_context& context) {
  if (context.access)
    append_access_line(access_lines_, *context.access, responder_.clock().timestamp(), response_.size(),
                       std::chrono::duration_cast<std::chrono::microseconds>(clock::now() - context.access->since));
}

void gateway::hand_over_access_lines() {
  if (!access_lines_.empty())
    access_log_->put(std::exchange(access_lines_, {}));
}

void gateway::note_round_end() {
  hand_over_access_lines();
  auto end = clock::now();
  add(metrics_.messages);
  metrics_.handling.record(end - now_);
  for (std::size_t i = 0; i < route_class_count; ++i)
    if (auto count = std::exchange(answered_at_once_[i], 0); count > 0)
      metrics_.response_times[i].record(end - now_, count);
  for (const auto& [which, since] : answered_)
    metrics_.response_times[static_cast<std::size_t>(which)].record(end - since);
  answered_.clear();
  const auto& classes = responder_.classes();
  if (std::exchange(errors_published_, classes[4] + classes[5]) == classes[4] + classes[5])
    return;
  for (std::size_t i = 0; i < error_code_count; ++i)
    set(metrics_.errors[i], responder_.errors()[i]);
}

} // namespace tessera
