#include "actors/job_table.hpp"

#include "actors/job_retry.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

namespace tessera {

namespace {

/// The one whom the batches inside are for.
constexpr std::uint32_t myself = 0;

bool is_finished(const batch_job& job) noexcept {
  return finished_cards(job) == job.cards.size();
}

} // namespace

job_table::job_table(job_table_settings settings, job_metrics& metrics, time_source wall_clock)
    : settings_(settings), metrics_(metrics), wall_clock_(std::move(wall_clock)), batches_(metrics.batches) {
  set(metrics_.running, 0); // of a predecessor
}

job_table::entries::iterator job_table::find_entry(std::string_view id) noexcept {
  return std::ranges::find_if(jobs_, [id](const entry& each) { return each.job.id == id; });
}

const batch_job* job_table::find(std::string_view id) const noexcept {
  auto which = std::ranges::find_if(jobs_, [id](const entry& each) { return each.job.id == id; });
  return which == jobs_.end() ? nullptr : &which->job;
}

running_jobs job_table::list() const {
  constexpr std::size_t shown = 8;
  running_jobs result;
  for (const auto& each : jobs_) {
    auto finished = finished_cards(each.job);
    result.push_back({each.job.id.substr(0, shown), each.job.cards.size(), finished, finished - made_cards(each.job),
                      each.job.created});
  }
  return result;
}

void job_table::begin(batch_job job, steady_time now, batch_effects& out) {
  if (find(job.id) != nullptr)
    return;
  if (finished_cards(job) > 0)
    add(metrics_.resumed);
  auto& fresh = jobs_.emplace_back();
  fresh.job = std::move(job);
  fresh.job.state = job_state::running;
  fresh.batch.slot = ++last_;
  fresh.saved_at = now;
  set(metrics_.running, jobs_.size());
  for (auto& card : fresh.job.cards) {
    if (card.finished || card.member.value != 0)
      continue;
    card.error = error_code::validation;
    finish(fresh, card, now);
  }
  start(fresh, now, out);
  take_in(now, out);
}

/// Asks for the cards that are not finished.
void job_table::start(entry& each, steady_time now, batch_effects& out) {
  generate_cards what;
  ++each.batch.generation;
  what.asked_by = each.batch;
  std::unordered_set<member_id> named;
  for (const auto& card : each.job.cards)
    if (!card.finished && named.insert(card.member).second)
      what.members.push_back(card.member);
  what.card = each.job.card;
  what.concurrency = each.job.concurrency;
  what.time_left_ms = static_cast<std::uint32_t>(settings_.round_limit.count());
  each.under_way = true;
  batches_.open(myself, what, now, out);
}

void job_table::answered(const card_answer& answer, steady_time now, batch_effects& out) {
  batches_.answered(answer, now, out);
  take_in(now, out);
}

void job_table::ask_again(const std::function<bool(member_id)>& lost, steady_time now, batch_effects& out) {
  batches_.ask_again(lost, now, out);
  take_in(now, out);
}

void job_table::tick(steady_time now, batch_effects& out) {
  for (auto& each : jobs_)
    if (!each.under_way && !is_finished(each.job) && now >= each.next)
      start(each, now, out);
  take_in(now, out);
}

/// Takes in what the batches have come to.
void job_table::take_in(steady_time now, batch_effects& out) {
  auto of = [this](ticket batch) { return std::ranges::find(jobs_, batch, &entry::batch); };
  for (const auto& card : std::exchange(out.finished, {}))
    if (auto which = of(card.batch); which != jobs_.end())
      card_ended(*which, card, now);
  for (const auto& batch : std::exchange(out.results, {}))
    if (auto which = of(batch.content.to); which != jobs_.end())
      attempt_ended(*which, now);
}

void job_table::card_ended(entry& each, const batch_effects::finished_card& what, steady_time now) {
  auto delay = retry_delay(what.result.error, each.batch.generation);
  if (delay) {
    add(metrics_.retries);
    each.next = now + *delay;
    return;
  }
  for (auto& card : each.job.cards) {
    if (card.finished || card.member != what.member)
      continue;
    card.error = what.result.error;
    card.why = what.result.why;
    card.card_number = what.card_number;
    finish(each, card, now);
  }
}

void job_table::finish(entry& each, job_card& card, steady_time now) const {
  card.finished = true;
  add(card.error == error_code::none ? metrics_.cards : metrics_.failed_cards);
  if (each.unsaved++ == 0)
    each.unsaved_since = now;
  each.job.updated = wall_clock_();
}

void job_table::attempt_ended(entry& each, steady_time now) {
  each.under_way = false;
  if (!is_finished(each.job))
    return;
  each.job.state = job_state::done;
  each.job.updated = wall_clock_();
  if (each.unsaved++ == 0) // also if the last card was saved already
    each.unsaved_since = now;
}

bool job_table::is_due(const entry& each, steady_time now) const noexcept {
  if (now < each.save_not_before)
    return false;
  if (each.unsaved > 0
      && (each.job.state == job_state::done || each.unsaved >= settings_.save_cards
          || now - each.unsaved_since >= settings_.save_after))
    return true;
  return now - each.saved_at >= settings_.renew_after;
}

const batch_job* job_table::to_save(steady_time now) const noexcept {
  auto which = std::ranges::find_if(jobs_, [&](const entry& each) { return is_due(each, now); });
  return which == jobs_.end() ? nullptr : &which->job;
}

std::vector<const batch_job*> job_table::unsaved() const {
  std::vector<const batch_job*> all;
  for (const auto& each : jobs_)
    if (each.unsaved > 0)
      all.push_back(&each.job);
  return all;
}

void job_table::saved(std::string_view id, steady_time now) {
  auto which = find_entry(id);
  if (which == jobs_.end())
    return;
  which->unsaved = 0;
  which->saved_at = now;
  which->save_not_before = {};
  if (which->job.state != job_state::done)
    return;
  add(metrics_.finished);
  remove(which);
}

void job_table::lost(std::string_view id, batch_effects& out) {
  auto which = find_entry(id);
  if (which == jobs_.end())
    return;
  add(metrics_.lost);
  if (which->under_way)
    batches_.abandon(myself, std::array{which->batch}, out);
  remove(which);
}

void job_table::not_saved(std::string_view id, steady_time now) {
  if (auto which = find_entry(id); which != jobs_.end())
    which->save_not_before = now + settings_.save_again;
}

void job_table::remove(entries::iterator which) {
  jobs_.erase(which);
  set(metrics_.running, jobs_.size());
}

} // namespace tessera
