#include "gateway/gateway.hpp"

#include "messages/types.hpp"

#include <cstdio>

namespace tessera {

namespace {

std::string_view layer_of(origin from) noexcept {
  switch (from) {
  case origin::l1:
    return "L1";
  case origin::l2:
    return "L2";
  case origin::database:
    break;
  }
  return "DB";
}

/// Returns a Server-Timing value (W3C): durations in milliseconds.
std::string timing_text(const stage_times& times, std::chrono::microseconds total) {
  char text[160];
  auto ms = [](std::uint32_t us) { return static_cast<double>(us) / 1000.0; };
  int size =
      std::snprintf(text, sizeof text, "l2;dur=%.3f, queue;dur=%.3f, db;dur=%.3f, total;dur=%.3f", ms(times.l2_us),
                    ms(times.queue_us), ms(times.database_us), static_cast<double>(total.count()) / 1000.0);
  return {text, static_cast<std::size_t>(size)};
}

} // namespace

void gateway::on_directory(const directory& where) {
  if (where.epoch < directory_.epoch)
    return;
  auto before = std::exchange(directory_, where);
  gathering_.resize(where.lookups.size());
  abandoned_.resize(where.lookups.size());
  ask_again(before);
  resume_accepting();
}

/// Requests that lay with an actor that died are asked again of its successor; those that it had handed on are then
/// answered twice, and the second answer finds nobody. What the maintenance actor had is refused: nobody knows how far
/// it came.
void gateway::ask_again(const directory& before) {
  if (before.epoch == 0)
    return;
  std::vector<ticket> lost;
  tickets_.for_each([&](ticket which, in_flight& request) {
    auto shard = request.shard;
    if (shard == no_shard) {
      if (before.maintenance != directory_.maintenance)
        lost.push_back(which);
    } else if (before.lookups[shard] != directory_.lookups[shard] || before.caches[shard] != directory_.caches[shard]) {
      ask_again(which, request);
    }
  });
  for (auto which : lost)
    on_maintenance({which, error_code::interrupted, 0});
}

void gateway::ask_again(ticket which, const in_flight& request) {
  auto left = settings_.request_timeout - std::chrono::duration_cast<milliseconds>(now_ - request.since);
  gathering_[request.shard].push_back(
      {which, request.number, static_cast<std::uint32_t>(std::max<std::int64_t>(left.count(), 1))});
}

void gateway::on_answers(const lookup_answers& answers) {
  for (const auto& answer : answers.answers)
    on_answer(answer);
}

void gateway::settle_ticket(ticket which) {
  ticket_deadlines_.cancel(which.slot);
  tickets_.release(which);
}

void gateway::on_answer(const lookup_answer& answer) {
  auto* request = tickets_.find(answer.to);
  if (!request)
    return; // answered already, or nobody waits any more
  if (answer.error == error_code::not_found) {
    if (!request->asked_before)
      door_.missed(request->asked_by);
  } else if (answer.error != error_code::none) {
    door_.take_back(request->asked_by, request->number);
  }
  if (draining_)
    request->context.keep_alive = false;
  if (auto* asker = find_session(request->session)) {
    if (answer.error == error_code::none && answer.body) {
      respond_found(*request, answer);
      send(*asker, request->sequence, request->context.keep_alive);
    } else {
      auto code = answer.error == error_code::none ? error_code::internal : answer.error;
      problem what{code, {}, {}, answer.retry_after_s};
      if (code == error_code::not_found)
        what.message = "Member not found";
      refuse(*asker, request->sequence, std::move(request->context), what);
    }
  }
  settle_ticket(answer.to);
}

void gateway::respond_found(const in_flight& request, const lookup_answer& answer) {
  body_origin came;
  came.layer = layer_of(answer.from);
  came.cache = answer.stale_for_ms > 0 ? "STALE" : answer.from == origin::database ? "MISS" : "HIT";
  came.age_s = answer.age_s;
  came.ttl_s = answer.fresh_left_s;
  came.stale_for_ms = answer.stale_for_ms;
  std::string timing;
  if (request.context.wants_timing) {
    timing =
        timing_text(answer.times, std::chrono::duration_cast<std::chrono::microseconds>(clock::now() - request.since));
    came.timing = timing;
  }
  response_.clear();
  responder_.cached(response_, request.context, answer.body->text(), answer.body->etag(), came);
}

void gateway::on_maintenance(const maintenance_done& done) {
  auto* request = tickets_.find(done.to);
  if (!request)
    return;
  if (draining_)
    request->context.keep_alive = false;
  if (auto* asker = find_session(request->session)) {
    auto& context = request->context;
    auto timestamp = std::string{responder_.clock().timestamp()};
    if (done.error != error_code::none) {
      problem what{done.error, {}, {}, 0};
      if (done.error == error_code::not_found)
        what.message = "Member not found; send id_number to clear a member that the database no longer has";
      if (done.error == error_code::conflict)
        what.message = "The cache is being warmed already";
      if (done.error == error_code::database_unavailable || done.error == error_code::interrupted)
        what.retry_after_s = 1;
      refuse(*asker, request->sequence, std::move(context), what);
    } else if (context.to == route::warm_cache) {
      response_.clear();
      responder_.success(response_, context, 200, "Cache warmed up successfully",
                         R"({"warmed_members":)" + std::to_string(done.warmed_members) + R"(,"timestamp":")" + timestamp
                             + "\"}");
      send(*asker, request->sequence, context.keep_alive);
    } else {
      const auto& path = context.rare->path;
      auto id = path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
      response_.clear();
      responder_.success(response_, context, 200, "Member cache cleared successfully",
                         R"({"cleared":true,"member_id":")" + id.substr(id.rfind('/') + 1) + R"(","timestamp":")"
                             + timestamp + "\"}");
      send(*asker, request->sequence, context.keep_alive);
    }
  }
  settle_ticket(done.to);
}

} // namespace tessera
