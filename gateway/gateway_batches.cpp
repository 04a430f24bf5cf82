#include "gateway/gateway.hpp"
#include "gateway/http/batch_text.hpp"
#include "gateway/http/idempotency_key.hpp"
#include "messages/types.hpp"

#include <algorithm>

/// A gateway's routes of batches: those that are answered with their results, and those that are jobs.
///
/// How many members a batch names and whether they come one after the other does not count as guessing: batches do
/// that, and have a limit of their own. Members that there are not do count, for what comes after.
namespace tessera {

namespace {

/// Returns a card for each member that is named, none of them finished.
std::vector<job_card> cards_of(std::vector<std::string>&& named) {
  std::vector<job_card> cards(named.size());
  for (std::size_t i = 0; i < named.size(); ++i) {
    cards[i].member = parse_member_id(named[i]).value_or(member_id{});
    cards[i].named = std::move(named[i]);
  }
  return cards;
}

/// Sends what is put into files nowhere but to whoever may have it.
std::string file_headers(std::string_view name) {
  return "Cache-Control: no-store\r\nContent-Disposition: attachment; filename=\"" + std::string{name} + "\"\r\n";
}

} // namespace

/// Returns the batch that a request asks for; answers if that is none.
std::optional<batch_input> gateway::read_batch(incoming& in, route to) {
  auto fault = check_content_type(in.request.content_type);
  auto today = std::chrono::floor<std::chrono::days>(responder_.clock().now());
  input<batch_input> parsed = fault ? input<batch_input>{*fault} : parse_batch_body(in.request.body, today);
  if (auto* batch = std::get_if<batch_input>(&parsed))
    return std::move(*batch);
  refuse(in, batch_context(in, to), std::get<problem>(parsed));
  return std::nullopt;
}

response_context gateway::batch_context(const incoming& in, route to) const {
  auto context = context_of(in, to);
  context.rare_or_new().path = masked_path(in.request.path);
  return context;
}

void gateway::on_batch_generate(incoming& in) {
  auto batch = read_batch(in, route::batch_generate);
  if (!batch)
    return;
  auto which = issue(in, batch_context(in, route::batch_generate), desk::batches);
  if (!which)
    return;
  auto errand = std::make_unique<batch_errand>();
  generate_cards made;
  made.asker = batch_client_actor{self_};
  made.asked_by = *which;
  errand->job.cards = cards_of(std::move(batch->member_ids));
  for (const auto& card : errand->job.cards)
    made.members.push_back(card.member);
  made.card = std::move(batch->card);
  made.concurrency = batch->concurrency;
  made.time_left_ms = static_cast<std::uint32_t>(settings_.request_timeout.count());
  tickets_.find(*which)->batch = std::move(errand);
  actor_->send(directory_.batches, std::move(made));
}

void gateway::on_cards_generated(const cards_generated& done) {
  conclude(done.to, [&](session& asker, in_flight& request) {
    auto& cards = request.batch->job.cards;
    for (std::size_t i = 0; i < std::min(cards.size(), done.results.size()); ++i) {
      cards[i].finished = true;
      cards[i].error = done.results[i].error;
      cards[i].why = done.results[i].why;
    }
    count_misses(request.asked_by, cards);
    response_.clear();
    responder_.success(response_, request.context, 200, "Batch card generation completed", batch_json(cards));
    send(asker, request.sequence, request.context);
  });
}

void gateway::count_misses(client_key asked_by, const std::vector<job_card>& cards) {
  for (const auto& card : cards)
    if (card.error == error_code::not_found)
      door_.missed(asked_by);
}

void gateway::on_open_batch(incoming& in) {
  auto batch = read_batch(in, route::batches);
  if (!batch)
    return;
  auto context = batch_context(in, route::batches);
  auto key = parse_idempotency_key(in.request);
  if (auto* what = std::get_if<problem>(&key)) {
    refuse(in, std::move(context), *what);
    return;
  }
  responder_.name(context);
  auto which = issue(in, std::move(context), desk::jobs);
  if (!which)
    return;
  auto errand = std::make_unique<batch_errand>();
  errand->job.owner = audit_name(in.at_door.who.access);
  errand->job.idempotency_key = std::move(std::get<std::string>(key));
  errand->job.card = std::move(batch->card);
  errand->job.concurrency = batch->concurrency;
  errand->job.cards = cards_of(std::move(batch->member_ids));
  auto& request = *tickets_.find(*which);
  request.batch = std::move(errand);
  ask_for_job(*which, request);
}

void gateway::on_batch(incoming& in, route to, std::string_view id) {
  auto context = batch_context(in, to);
  if (!is_job_id(id)) {
    refuse(in, std::move(context), {error_code::not_found, "Batch not found", {}, 0});
    return;
  }
  auto which = issue(in, std::move(context), desk::jobs);
  if (!which)
    return;
  auto& request = *tickets_.find(*which);
  request.batch = std::make_unique<batch_errand>();
  request.batch->job.owner = audit_name(in.at_door.who.access);
  request.batch->job.id = id;
  ask_for_job(*which, request);
}

/// Asks the job keeper for what the request is about, for the first time or again.
void gateway::ask_for_job(ticket which, const in_flight& request) {
  const auto& [job, streaming, watching] = *request.batch;
  const auto& context = request.context;
  job_client_actor asker{self_};
  if (context.to == route::batches && !watching) {
    actor_->send(directory_.jobs, open_job{asker, which, job, context.rare->request_id});
  } else if (context.to == route::batch_zip || context.to == route::batch_pdf) {
    auto format = context.to == route::batch_zip ? job_format::zip : job_format::sheets;
    actor_->send(directory_.jobs, fetch_job{asker, which, job.owner, job.id, format, time_left_ms(request)});
  } else {
    bool follow = watching || (context.to == route::batch_events && context.method != http_method::head);
    actor_->send(directory_.jobs, find_job{asker, which, job.owner, job.id, follow});
  }
}

void gateway::on_job_answer(const job_answer& answer) {
  auto* request = tickets_.find(answer.to);
  if (!request)
    return; // nobody waits any more
  if (request->batch->watching)
    on_watched(answer, *request);
  else if (request->context.to == route::batches)
    on_job_opened(answer, *request);
  else if (request->context.to == route::batch_events
           && (request->batch->streaming || answer.error == error_code::none))
    on_progress(answer, *request);
  else
    conclude(answer.to, [&](session& asker, in_flight& request) { respond_job(asker, request, answer); });
}

void gateway::respond_job(session& asker, in_flight& request, const job_answer& answer) {
  if (answer.error != error_code::none) {
    refuse_job(asker, request, answer.error, answer.why, answer.retry_after_s);
    return;
  }
  auto& context = request.context;
  response_.clear();
  if (context.to == route::batches) {
    auto headers = "Location: " + job_path(answer.job.id) + "\r\n";
    if (answer.replayed)
      headers += "Idempotency-Replayed: true\r\n";
    bool done = answer.replayed && answer.job.state == job_state::done;
    responder_.success(response_, context, done ? 200 : 202, "Batch accepted", job_json(answer.job), headers);
  } else {
    responder_.success(response_, context, 200, "Batch retrieved successfully", job_json(answer.job));
  }
  send(asker, request.sequence, context);
}

void gateway::refuse_job(session& asker, in_flight& request, error_code why, const std::string& sentence,
                         std::uint32_t retry_after_s) {
  auto what = problem_of(why, retry_after_s);
  what.message = sentence;
  if (why == error_code::not_found && sentence.empty())
    what.message = "Batch not found";
  if (why == error_code::conflict) {
    bool opening = request.context.to == route::batches;
    if (!opening)
      what.retry_after_s = std::max(retry_after_s, 1u);
    if (sentence.empty())
      what.message = opening ? "This Idempotency-Key was used for another batch" : "The batch is not done yet";
  }
  refuse(asker, request.sequence, std::move(request.context), what);
}

void gateway::on_job_file(const job_file& file) {
  conclude(file.to, [&](session& asker, in_flight& request) {
    if (file.error != error_code::none || !file.body) {
      auto why = file.error == error_code::none ? error_code::internal : file.error;
      refuse_job(asker, request, why, file.why, file.retry_after_s);
      return;
    }
    const auto& context = request.context;
    bool zip = context.to == route::batch_zip;
    auto name = "membership-cards-" + request.batch->job.id + (zip ? ".zip" : ".pdf");
    response_.clear();
    responder_.open_file(response_, context, zip ? "application/zip" : "application/pdf", file.body->text(),
                         file_headers(name));
    send(asker, request.sequence, context);
  });
}

void gateway::on_job_opened(const job_answer& answer, const in_flight& request) {
  auto opener = request.asked_by;
  bool opened = answer.error == error_code::none && (!answer.replayed || request.asked_again);
  conclude(answer.to, [&](session& asker, in_flight& request) { respond_job(asker, request, answer); });
  if (opened)
    watch_for_misses(opener, answer.job);
}

/// Sees to it that the members of a job that turn out not to exist are counted, once, against whoever opened it: also
/// if they never ask how it went, or have gone. Without room it is not done; the batch's own limit still holds.
void gateway::watch_for_misses(client_key opener, const batch_job& job) {
  if (tickets_.full())
    return;
  in_flight watch;
  watch.with = desk::jobs;
  watch.asked_by = opener;
  watch.context.to = route::batches;
  watch.since = now_;
  watch.batch = std::make_unique<batch_errand>();
  watch.batch->watching = true;
  watch.batch->job.owner = job.owner;
  watch.batch->job.id = job.id;
  auto which = tickets_.issue(std::move(watch));
  ask_for_job(which, *tickets_.find(which));
}

void gateway::on_watched(const job_answer& answer, in_flight& request) {
  request.asked_again = false;
  bool done = answer.error == error_code::none && answer.job.state == job_state::done;
  if (done)
    count_misses(request.asked_by, answer.job.cards);
  if (done || answer.error != error_code::none)
    tickets_.release(answer.to);
}

} // namespace tessera
