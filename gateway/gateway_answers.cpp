#include "gateway/gateway.hpp"

#include "messages/types.hpp"

#include <spdlog/fmt/fmt.h>

namespace tessera {

std::string_view gateway::layer_of(origin from) noexcept {
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
std::string gateway::timing_text(const stage_times& times, std::chrono::microseconds total, std::uint32_t render_us) {
  auto ms = [](std::uint32_t us) { return static_cast<double>(us) / 1000.0; };
  auto text = fmt::format("l2;dur={:.3f}, queue;dur={:.3f}, db;dur={:.3f}, ", ms(times.l2_us), ms(times.queue_us),
                          ms(times.database_us));
  if (render_us > 0)
    text += fmt::format("render;dur={:.3f}, ", ms(render_us));
  return text + fmt::format("total;dur={:.3f}", static_cast<double>(total.count()) / 1000.0);
}

/// Returns what a client is told of an error. One that passes is worth another try soon, if nobody knows when.
problem gateway::problem_of(error_code why, std::uint32_t retry_after_s) {
  if (retry_after_s == 0 && http_error_of(why).status == 503)
    retry_after_s = 1;
  return {why, {}, {}, retry_after_s};
}

void gateway::on_directory(const directory& where) {
  if (where.epoch < directory_.epoch)
    return;
  auto before = std::exchange(directory_, where);
  if (!asked_of_)
    asked_of_ = std::move(before);
  gathering_.resize(where.lookups.size());
  abandoned_.resize(where.lookups.size());
  card_tasks_.resize(where.issuers.size());
  abandoned_cards_.resize(where.issuers.size());
  hops_.reset(where.lookups.size());
  resume_accepting();
}

/// Returns whether an actor that has or may have the request was replaced since it was asked.
bool gateway::is_lost(const in_flight& request, const directory& asked_of) const {
  auto shard = request.shard;
  switch (request.with) {
  case desk::maintenance:
    return asked_of.maintenance != directory_.maintenance;
  case desk::card_keeper:
    return asked_of.card_keeper != directory_.card_keeper;
  case desk::batches:
    return asked_of.batches != directory_.batches;
  case desk::jobs:
    return asked_of.jobs != directory_.jobs;
  case desk::issuer:
    return shard >= asked_of.issuers.size() || asked_of.issuers[shard] != directory_.issuers[shard];
  case desk::lookup:
    break;
  }
  return shard >= asked_of.lookups.size() || asked_of.lookups[shard] != directory_.lookups[shard]
         || asked_of.caches[shard] != directory_.caches[shard];
}

/// Asks again, once, what is lost. A request that was handed on in time is then answered twice, and the second answer
/// finds nobody. One that is lost again is refused: it may be what ends the actors. So is what may not be asked twice.
void gateway::ask_again(const directory& asked_of) {
  std::vector<ticket> refused;
  tickets_.for_each([&](ticket which, in_flight& request) {
    if (!is_lost(request, asked_of))
      return;
    if (!may_ask_again(request) || std::exchange(request.asked_again, true)) {
      refused.push_back(which);
      return;
    }
    if (request.with == desk::jobs) {
      ask_for_job(which, request);
    } else if (request.with == desk::issuer) {
      card_tasks_[request.shard].push_back(*request.card);
      card_tasks_[request.shard].back().time_left_ms = time_left_ms(request);
    } else {
      gathering_[request.shard].push_back({which, request.number, time_left_ms(request)});
    }
  });
  for (auto which : refused)
    give_up(which, error_code::interrupted);
}

/// Returns whether the request can be asked twice. Not what changes something, nor a batch: nobody knows how far it
/// came. A job is opened once only if it has an idempotency key.
bool gateway::may_ask_again(const in_flight& request) noexcept {
  if (request.with != desk::jobs)
    return request.with == desk::lookup || request.with == desk::issuer;
  return request.context.to != route::batches || !request.batch->job.idempotency_key.empty() || request.batch->watching;
}

std::uint32_t gateway::time_left_ms(const in_flight& request) const noexcept {
  auto left = settings_.request_timeout - std::chrono::duration_cast<milliseconds>(now_ - request.since);
  return static_cast<std::uint32_t>(std::max<std::int64_t>(left.count(), 1));
}

void gateway::on_answers(const lookup_answers& answers) {
  if (auto since = hops_.end(answers.hop))
    metrics_.first_hops.record(clock::now() - *since);
  for (const auto& answer : answers.answers)
    on_answer(answer);
}

/// Tells those who have a request that nobody waits for it.
void gateway::let_go(ticket which, const in_flight& request) {
  if (request.with == desk::lookup) {
    abandoned_[request.shard].push_back(which);
    door_.take_back(request.asked_by, request.number);
  } else if (request.with == desk::issuer) {
    abandoned_cards_[request.shard].push_back(which);
    if (request.card->member.value != 0)
      door_.take_back(request.asked_by, request.card->member);
  } else if (request.with == desk::batches) {
    abandoned_batches_.push_back(which);
  } else if (request.with == desk::jobs) {
    abandoned_jobs_.push_back(which);
  }
}

/// Answers a request in place of those who have it, and tells them.
void gateway::give_up(ticket which, error_code why) {
  auto* request = tickets_.find(which);
  if (!request)
    return;
  if (is_streaming(*request)) {
    cut_stream(which);
    return;
  }
  let_go(which, *request);
  conclude(which, [&](session& asker, in_flight& request) {
    refuse(asker, request.sequence, std::move(request.context), problem_of(why));
  });
}

void gateway::on_answer(const lookup_answer& answer) {
  note_times(answer);
  conclude(answer.to, [&](session& asker, in_flight& request) {
    if (answer.error == error_code::none && answer.body) {
      respond_found(request, answer);
      send(asker, request.sequence, request.context);
      return;
    }
    auto what =
        problem_of(answer.error == error_code::none ? error_code::internal : answer.error, answer.retry_after_s);
    if (what.code == error_code::not_found) {
      what.message = "Member not found";
      if (!request.asked_before)
        door_.missed(request.asked_by);
    } else {
      door_.take_back(request.asked_by, request.number);
    }
    refuse(asker, request.sequence, std::move(request.context), what);
  });
}

void gateway::respond_found(const in_flight& request, const lookup_answer& answer) {
  body_origin came;
  came.layer = layer_of(answer.from);
  came.hit = answer.from != origin::database;
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

void gateway::respond_done(const in_flight& request, const maintenance_done& done) {
  const auto& context = request.context;
  auto timestamp = std::string{responder_.clock().timestamp()};
  response_.clear();
  if (context.to == route::warm_cache) {
    responder_.success(response_, context, 200, "Cache warmed up successfully",
                       R"({"warmed_members":)" + std::to_string(done.warmed_members) + R"(,"timestamp":")" + timestamp
                           + "\"}");
    return;
  }
  const auto& path = context.rare->path;
  auto id = path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
  responder_.success(response_, context, 200, "Member cache cleared successfully",
                     R"({"cleared":true,"member_id":")" + id.substr(id.rfind('/') + 1) + R"(","timestamp":")"
                         + timestamp + "\"}");
}

void gateway::on_maintenance(const maintenance_done& done) {
  conclude(done.to, [&](session& asker, in_flight& request) {
    if (done.error == error_code::none) {
      respond_done(request, done);
      send(asker, request.sequence, request.context);
      return;
    }
    auto what = problem_of(done.error);
    if (done.error == error_code::not_found)
      what.message = "Member not found; send id_number to clear a member that the database no longer has";
    if (done.error == error_code::conflict)
      what.message = "The cache is being warmed already";
    refuse(asker, request.sequence, std::move(request.context), what);
  });
}

} // namespace tessera
