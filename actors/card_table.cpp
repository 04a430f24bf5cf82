#include "actors/card_table.hpp"

#include "actors/card_identity.hpp"
#include "actors/card_table_job.hpp"

#include <algorithm>
#include <random>
#include <utility>

// Who waits for which job, and how jobs begin and end. Their way in between: card_table_stages.cpp.

namespace tessera {

namespace {

using std::chrono::milliseconds;

/// Returns what makes two tasks the same. Whoever waits for one card is not to wait in the queue of batches.
std::string identity_of(const card_task& task) {
  std::string identity;
  append_part(identity, static_cast<std::uint64_t>(task.priority));
  append_part(identity, static_cast<std::uint64_t>(task.what));
  append_part(identity, static_cast<std::uint64_t>(task.full_name));
  append_part(identity, task.member.value);
  append_part(identity, task.card);
  append_part(identity, std::string_view{task.presented});
  return identity;
}

l1_settings l1_settings_of(const card_table_settings::cache& all) {
  l1_settings settings;
  settings.bytes = all.bytes;
  settings.negative_bytes = 0;
  settings.stale_for = milliseconds{0}; // a stale member's card is made from the stale record
  return settings;
}

} // namespace

void card_effects::clear() {
  *this = {};
}

std::size_t card_table::waiter_hash::operator()(const waiter& x) const noexcept {
  return mix64(std::uint64_t{x.which.slot} << 32 | x.which.generation) ^ mix64(x.asker);
}

card_table::card_table(const card_table_settings& settings, surroundings around, card_metrics& metrics,
                       std::uint64_t seed)
    : settings_(settings), around_(std::move(around)), metrics_(metrics) {
  for (std::size_t i = 0; i < card_cache_count; ++i)
    made_[i] = std::make_unique<l1_store>(l1_settings_of(settings.caches[i]), seed + i);
  std::mt19937_64 random{seed};
  for (auto& byte : secret_)
    byte = static_cast<std::uint8_t>(random());
}

card_table::~card_table() = default;

void card_table::use_renderers(std::size_t count) {
  rendering_.resize(count);
}

card_table::job* card_table::find(std::uint64_t id) noexcept {
  auto found = jobs_.find(id);
  return found != jobs_.end() ? found->second.get() : nullptr;
}

void card_table::open(std::uint32_t asker, const card_task& task, steady_time now, card_effects& out) {
  waiter who{asker, task.asked_by};
  if (waiting_.contains(who))
    return;
  auto deadline = now + milliseconds{task.time_left_ms};
  auto identity = identity_of(task);
  if (auto same = by_identity_.find(identity); same != by_identity_.end() && is_up_to_date(*find(same->second))) {
    auto& work = *find(same->second);
    work.waiters.push_back(who);
    work.deadline = std::max(work.deadline, deadline);
    waiting_.emplace(who, work.id);
    add(metrics_.joined);
    return;
  }
  auto& slot = jobs_[++last_job_];
  slot = std::make_unique<job>();
  auto& work = *slot;
  work.id = last_job_;
  work.identity = std::move(identity);
  work.task = task;
  work.waiters.push_back(who);
  work.deadline = deadline;
  work.member = task.member;
  by_identity_.insert_or_assign(work.identity, work.id);
  waiting_.emplace(who, work.id);
  if (work.verifies()) {
    work.at = job::stage::awaiting_check;
    want_slot(work, now, out);
  } else {
    resolve(work, out);
  }
}

/// Returns whether what the job goes by still holds: a card that is asked for after a reissue or a revocation must not
/// be one from before.
bool card_table::is_up_to_date(const job& work) const {
  if (work.at != job::stage::awaiting_render && work.at != job::stage::rendering)
    return true;
  auto ledger = around_.ledger();
  return ledger && ledger->of(work.member) == work.state;
}

void card_table::succeed(job& work, card_answer like, card_effects& out) {
  like.from = work.found.from;
  like.stale_for_ms = work.found.stale_for_ms;
  like.times = work.found.times;
  answer(work, std::move(like), out);
  end(work, out);
}

void card_table::fail(job& work, card_answer like, card_effects& out) {
  add(metrics_.failed, work.waiters.size());
  answer(work, std::move(like), out);
  end(work, out);
}

void card_table::answer(job& work, card_answer like, card_effects& out) {
  for (const auto& who : work.waiters) {
    waiting_.erase(who);
    like.to = who.which;
    out.answers.push_back({who.asker, like});
  }
  work.waiters.clear();
}

void card_table::give_back_slot(job& work, card_effects& out) {
  if (std::exchange(work.holds_slot, false))
    out.ended.push_back({work.id});
}

/// Forgets the job and what it has or waits for.
void card_table::end(job& work, card_effects& out) {
  bool waits_for_slot = admission_in_use_ && !work.holds_slot
                        && (work.at == job::stage::awaiting_load || work.at == job::stage::awaiting_check
                            || work.at == job::stage::awaiting_render);
  if (waits_for_slot)
    out.ended.push_back({work.id}); // ignored if it was refused
  give_back_slot(work, out);
  if (auto same = by_identity_.find(work.identity); same != by_identity_.end() && same->second == work.id)
    by_identity_.erase(same);
  jobs_.erase(work.id);
}

void card_table::forget_made(steady_time now) {
  for (auto& cache : made_)
    cache->clear(now);
  by_identity_.clear();
}

void card_table::abandon(std::uint32_t asker, std::span<const ticket> tickets, card_effects& out) {
  for (auto which : tickets) {
    auto found = waiting_.find({asker, which});
    if (found == waiting_.end())
      continue;
    auto* work = find(found->second);
    waiting_.erase(found);
    std::erase(work->waiters, waiter{asker, which});
    // What the database or a renderer has comes back in a moment, and until then it takes the slot.
    bool under_way =
        work->at == job::stage::loading || work->at == job::stage::rendering || work->at == job::stage::checking;
    if (work->waiters.empty() && !under_way)
      end(*work, out);
  }
}

void card_table::tick(steady_time now, card_effects& out) {
  std::vector<job*> overdue;
  for (auto& [id, work] : jobs_)
    if (now >= work->deadline && work->at != job::stage::rendering && work->at != job::stage::checking)
      overdue.push_back(work.get());
  for (auto* work : overdue) {
    card_answer late;
    late.error = error_code::timed_out;
    fail(*work, std::move(late), out);
  }
}

void card_table::ask_again(const std::function<bool(const awaited&)>& lost, steady_time now, card_effects& out) {
  using stage = job::stage;
  std::vector<job*> again;
  for (auto& [id, work] : jobs_) {
    awaited what;
    what.member = work->member;
    what.number = work->number;
    what.renderer = work->renderer;
    switch (work->at) {
    case stage::resolving:
      what.what = awaited::from::alias;
      break;
    case stage::looking_up:
      what.what = awaited::from::lookup;
      break;
    case stage::loading:
      what.what = awaited::from::pool;
      break;
    case stage::awaiting_load:
    case stage::awaiting_check:
    case stage::awaiting_render:
      what.what = awaited::from::admission;
      break;
    case stage::checking:
    case stage::rendering:
      what.what = awaited::from::renderer;
      break;
    }
    if (lost(what))
      again.push_back(work.get());
  }
  for (auto* work : again)
    if (work->at == stage::rendering || work->at == stage::checking)
      leave_renderer(*work);
  for (auto* work : again) {
    if (work->waiters.empty()) {
      end(*work, out);
      continue;
    }
    if (work->at != stage::awaiting_load && work->at != stage::awaiting_check && work->at != stage::awaiting_render
        && std::exchange(work->asked_again, true)) {
      card_answer failed;
      failed.error = error_code::interrupted;
      fail(*work, std::move(failed), out);
      continue;
    }
    ask(*work, now, out);
  }
}

/// Asks for what the job waits for.
void card_table::ask(job& work, steady_time now, card_effects& out) {
  switch (work.at) {
  case job::stage::resolving:
    resolve(work, out);
    break;
  case job::stage::looking_up:
    look_up(work, now, out);
    break;
  case job::stage::loading:
    load(work, now, out);
    break;
  case job::stage::awaiting_load:
  case job::stage::awaiting_check:
  case job::stage::awaiting_render:
    want_slot(work, now, out);
    break;
  case job::stage::checking:
  case job::stage::rendering:
    render(work, out);
    break;
  }
}

void card_table::admission_replaced(card_effects& out) {
  for (auto& [id, work] : jobs_)
    if (work->holds_slot)
      out.goes_on.push_back({id});
}

void card_table::pool_replaced() noexcept {
  ++pool_;
  loads_.clear();
}

} // namespace tessera
