#include "actors/card_table.hpp"

#include "cards/member_record.hpp"
#include "cards/verification.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <tuple>

namespace tessera {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::sys_days;

/// A verification says that it may be out of date when revocations could not be read for so long; they are read twice a
/// second.
constexpr seconds ledger_patience{5};

void append(std::string& to, std::uint64_t number) {
  to.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void append(std::string& to, std::string_view text) {
  append(to, text.size());
  to.append(text);
}

void append(std::string& to, const card_request& card) {
  append(to, static_cast<std::uint64_t>(card.design));
  append(to, card.custom_expiry ? static_cast<std::uint64_t>(card.custom_expiry->time_since_epoch().count()) : ~0ULL);
  append(to, std::string_view{card.issued_by});
}

/// Returns what makes two tasks the same. Whoever waits for one card is not to wait in the queue of batches.
std::string identity_of(const card_task& task) {
  std::string identity;
  append(identity, static_cast<std::uint64_t>(task.priority));
  append(identity, static_cast<std::uint64_t>(task.what));
  append(identity, static_cast<std::uint64_t>(task.full_name));
  append(identity, task.member.value);
  append(identity, task.card);
  append(identity, std::string_view{task.presented});
  return identity;
}

std::size_t cache_of(card_product what) noexcept {
  switch (what) {
  case card_product::qr_svg:
  case card_product::qr_png:
    return static_cast<std::size_t>(card_cache::qr);
  case card_product::pdf:
  case card_product::svg:
  case card_product::png:
    return static_cast<std::size_t>(card_cache::pictures);
  case card_product::bundle:
  case card_product::details:
  case card_product::verification:
  case card_product::holder:
    break;
  }
  return static_cast<std::size_t>(card_cache::data);
}

bool is_record_of(member_id whose, const shared_body& record) {
  auto found = unpack_member(record.packed());
  return found && found->id == whose;
}

l1_settings l1_settings_of(const card_table_settings::cache& all) {
  l1_settings settings;
  settings.bytes = all.bytes;
  settings.negative_bytes = 0;
  settings.stale_for = milliseconds{0}; // a stale member's card is made from the stale record
  return settings;
}

} // namespace

/// A job is at one stage at a time, which says what it waits for.
struct card_table::job {
  enum class stage : std::uint8_t {
    resolving,      ///< the alias
    looking_up,     ///< the member by number
    awaiting_load,  ///< a slot for the load
    loading,        ///< the member by id
    awaiting_check, ///< a slot for the check of a signature
    checking,
    awaiting_render,
    rendering,
  };

  std::uint64_t id = 0;
  std::string identity;
  card_task task;
  stage at = stage::resolving;
  bool holds_slot = false;
  bool asked_again = false;
  std::vector<waiter> waiters;
  steady_time deadline{};
  member_id member; ///< whose card it is, or claims to be
  id_number number; ///< once resolved
  std::size_t renderer = 0;
  checked_card checked;
  body_ptr record; ///< of the member, once found
  card_state state;
  cache_key key;
  load_stamp stamp; ///< of the cache for what is being made, when that began
  card_answer found; ///< how the member's record came about

  bool verifies() const noexcept {
    return task.what == card_product::verification;
  }
};

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

void card_table::resolve(job& work, card_effects& out) {
  work.at = job::stage::resolving;
  out.resolve.push_back({work.id, work.member});
}

void card_table::alias_resolved(const tessera::alias_resolved& answer, steady_time now, card_effects& out) {
  auto* work = find(answer.job);
  if (!work || work->at != job::stage::resolving)
    return;
  if (answer.known) {
    work->number = answer.number;
    look_up(*work, now, out);
    return;
  }
  work->at = job::stage::awaiting_load;
  want_slot(*work, now, out);
}

void card_table::look_up(job& work, steady_time now, card_effects& out) {
  work.at = job::stage::looking_up;
  auto left = std::max<std::int64_t>(duration_cast<milliseconds>(work.deadline - now).count(), 1);
  ticket named{static_cast<std::uint32_t>(work.id), static_cast<std::uint32_t>(work.id >> 32)};
  out.look_up.push_back({named, work.number, static_cast<std::uint32_t>(left)});
}

void card_table::member_found(const lookup_answer& answer, steady_time now, card_effects& out) {
  auto* work = find(std::uint64_t{answer.to.generation} << 32 | answer.to.slot);
  if (!work || work->at != job::stage::looking_up)
    return;
  // The number may be another's by now, or nobody's: the alias is kept for longer than the record.
  if (answer.error == error_code::not_found || (answer.body && !is_record_of(work->member, *answer.body))) {
    work->at = job::stage::awaiting_load;
    want_slot(*work, now, out);
    return;
  }
  work->found.error = answer.error;
  work->found.from = answer.from;
  work->found.stale_for_ms = answer.stale_for_ms;
  work->found.retry_after_s = answer.retry_after_s;
  work->found.times = answer.times;
  work->record = answer.body;
  take_member(*work, now, out);
}

void card_table::load(job& work, steady_time now, card_effects& out) {
  work.at = job::stage::loading;
  auto& same = loads_[work.member.value];
  same.push_back(work.id);
  if (same.size() > 1)
    return;
  auto left = std::max<std::int64_t>(duration_cast<milliseconds>(work.deadline - now).count(), 1);
  out.time_left_ms = std::max(out.time_left_ms, static_cast<std::uint32_t>(left));
  out.load.push_back({member_key::kind::id, work.member.value});
}

void card_table::member_loaded(const load_answer& answer, steady_time now, card_effects& out) {
  if (answer.pool != pool_ || answer.key.by != member_key::kind::id)
    return;
  auto waiting = loads_.extract(answer.key.value);
  if (waiting.empty())
    return;
  if (answer.body)
    out.fills.push_back({answer.number,
                         answer.id,
                         answer.body,
                         {},
                         answer.age_ms,
                         static_cast<std::uint32_t>(settings_.member_fresh.count())});
  for (auto id : waiting.mapped()) {
    auto* work = find(id);
    if (!work || work->at != job::stage::loading)
      continue;
    work->found.error = answer.error;
    work->found.from = origin::database;
    work->found.retry_after_s = answer.retry_after_s;
    work->found.times.queue_us = answer.queue_us;
    work->found.times.database_us = answer.database_us;
    work->record = answer.body;
    take_member(*work, now, out);
  }
}

/// The member's record has come, or will not.
void card_table::take_member(job& work, steady_time now, card_effects& out) {
  if (work.waiters.empty()) {
    end(work, out);
    return;
  }
  auto error = work.found.error == error_code::none && !work.record ? error_code::internal : work.found.error;
  bool member_is_active = error != error_code::not_found;
  if (error != error_code::none && (member_is_active || !work.verifies())) {
    card_answer failed;
    failed.error = error;
    failed.retry_after_s = work.found.retry_after_s;
    fail(work, std::move(failed), out);
    return;
  }
  auto ledger = around_.ledger();
  if (!ledger) {
    card_answer failed;
    failed.error = error_code::database_unavailable;
    fail(work, std::move(failed), out);
    return;
  }
  work.state = ledger->of(work.member);
  if (work.verifies()) {
    auto today = std::chrono::floor<std::chrono::days>(around_.now());
    auto unread_for = around_.now() - ledger->as_of();
    if (ledger->as_of() != utc_time{} && unread_for > ledger_patience)
      work.found.stale_for_ms = std::max(
          work.found.stale_for_ms, static_cast<std::uint32_t>(std::min<std::int64_t>(unread_for.count(), UINT32_MAX)));
    conclude_verification(work, judge_card(work.checked.claims, today, work.state, member_is_active), out);
    return;
  }
  if (work.task.what == card_product::holder) {
    card_answer here;
    here.body = work.record;
    succeed(work, std::move(here), out);
    return;
  }
  if (work.state.revoked_up_to >= work.state.epoch) {
    card_answer refused;
    refused.error = error_code::conflict;
    refused.why = "The member's card was revoked; reissue it to make a new one";
    fail(work, std::move(refused), out);
    return;
  }
  work.key = key_of(work);
  auto made = made_[cache_of(work.task.what)]->find(work.key, now);
  if (made.what == l1_store::state::fresh) {
    add(metrics_.hits);
    card_answer hit;
    hit.made_before = true;
    hit.body = *made.body;
    hit.age_s =
        static_cast<std::uint32_t>(std::max<std::int64_t>(duration_cast<seconds>(now - made.loaded_at).count(), 0));
    hit.fresh_left_s = static_cast<std::int32_t>(duration_cast<seconds>(made.fresh_until - now).count());
    succeed(work, std::move(hit), out);
    return;
  }
  add(metrics_.misses);
  work.at = job::stage::awaiting_render;
  want_slot(work, now, out);
}

/// Returns a name for all that shapes the product. Tasks that are not the same have the same name with a probability of
/// one in 2^64 for each pair, whoever chooses them: the hash is keyed.
cache_key card_table::key_of(const job& work) const {
  std::string text;
  append(text, static_cast<std::uint64_t>(work.task.what));
  append(text, work.member.value);
  append(text, work.record->etag());
  append(text, work.state.epoch);
  append(text, around_.signs().value); // what another key has signed may be worth nothing any more
  append(text, work.task.card);
  // What shows whether the card has expired is made anew each day.
  append(text,
         static_cast<std::uint64_t>(std::chrono::floor<std::chrono::days>(around_.now()).time_since_epoch().count()));
  std::array<std::uint64_t, 2> hash{};
  crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), sizeof hash,
                     reinterpret_cast<const unsigned char*>(text.data()), text.size(), secret_.data(), secret_.size());
  return cache_key::of_card(hash[0], hash[1]);
}

void card_table::want_slot(job& work, steady_time now, card_effects& out) {
  if (!admission_in_use_ || work.holds_slot) {
    go_on_with_slot(work, now, out);
    return;
  }
  auto left = std::max<std::int64_t>(duration_cast<milliseconds>(work.deadline - now).count(), 1);
  auto priority = work.verifies() ? admission_priority::verify : work.task.priority;
  out.ask_admission[static_cast<std::size_t>(priority)].push_back({work_id{work.id}, static_cast<std::uint32_t>(left)});
}

void card_table::admission_answered(const admission_answer& answer, steady_time now, card_effects& out) {
  auto* work = find(answer.work.value);
  bool waits = work && !work->holds_slot
               && (work->at == job::stage::awaiting_load || work->at == job::stage::awaiting_check
                   || work->at == job::stage::awaiting_render);
  if (!waits) {
    if (answer.error == error_code::none && !(work && work->holds_slot))
      out.ended.push_back(answer.work);
    return;
  }
  if (answer.error != error_code::none) {
    card_answer refused;
    refused.error = answer.error;
    refused.retry_after_s = answer.retry_after_s;
    fail(*work, std::move(refused), out);
    return;
  }
  work->holds_slot = true;
  go_on_with_slot(*work, now, out);
}

void card_table::go_on_with_slot(job& work, steady_time now, card_effects& out) {
  if (work.at == job::stage::awaiting_load)
    load(work, now, out);
  else
    render(work, out);
}

void card_table::render(job& work, card_effects& out) {
  if (rendering_.empty()) {
    card_answer failed;
    failed.error = error_code::interrupted;
    fail(work, std::move(failed), out);
    return;
  }
  auto least = std::ranges::min_element(rendering_);
  ++*least;
  work.renderer = static_cast<std::size_t>(least - rendering_.begin());
  work.at = work.verifies() ? job::stage::checking : job::stage::rendering;
  work.stamp = made_[cache_of(work.task.what)]->stamp();
  render_job made;
  made.work = {work.id};
  made.what = work.task.what;
  made.member = work.record;
  made.state = work.state;
  made.card = work.task.card;
  made.presented = work.task.presented;
  out.render.push_back({work.renderer, std::move(made), work.verifies()});
}

void card_table::leave_renderer(const job& work) noexcept {
  if (work.renderer < rendering_.size()) // else there are fewer by now
    --rendering_[work.renderer];
}

void card_table::rendered(const render_answer& answer, steady_time now, card_effects& out) {
  auto* work = find(answer.work.value);
  if (!work || (work->at != job::stage::rendering && work->at != job::stage::checking))
    return;
  leave_renderer(*work);
  if (answer.error != error_code::none) {
    card_answer failed;
    failed.error = answer.error;
    failed.why = answer.why;
    fail(*work, std::move(failed), out);
    return;
  }
  if (work->at == job::stage::checking) {
    if (work->waiters.empty()) {
      end(*work, out);
      return;
    }
    give_back_slot(*work, out);
    work->checked = answer.checked;
    work->member = answer.checked.claims.member;
    auto today = std::chrono::floor<std::chrono::days>(around_.now());
    auto fault = answer.checked.fault;
    if (fault == card_fault::none && judge_days(answer.checked.claims, today) == card_fault::none)
      resolve(*work, out);
    else
      conclude_verification(*work, fault != card_fault::none ? fault : judge_days(answer.checked.claims, today), out);
    return;
  }
  auto which = cache_of(work->task.what);
  auto fresh_for = settings_.caches[which].fresh;
  made_[which]->fill(work->key, answer.body, work->stamp, now, fresh_for, now);
  add(metrics_.made);
  add(metrics_.render_us, answer.render_us);
  card_answer made;
  made.body = answer.body;
  made.fresh_left_s = static_cast<std::int32_t>(duration_cast<seconds>(fresh_for).count());
  made.render_us = answer.render_us;
  succeed(*work, std::move(made), out);
}

void card_table::forget_made(steady_time now) {
  for (auto& cache : made_)
    cache->clear(now);
  by_identity_.clear();
}

void card_table::conclude_verification(job& work, card_fault fault, card_effects& out) {
  auto now = around_.now();
  work.checked.fault = fault;
  std::string text;
  if (fault == card_fault::none) {
    auto holder = unpack_member(work.record->packed());
    if (!holder) {
      card_answer failed;
      failed.error = error_code::internal;
      fail(work, std::move(failed), out);
      return;
    }
    text = valid_card_answer(work.checked.claims, *holder, work.task.full_name, now);
  } else {
    text = invalid_card_answer(work.checked, now);
  }
  add(fault == card_fault::none ? metrics_.valid : metrics_.invalid);
  card_answer verdict;
  verdict.body = shared_body::make(text, {}, 0);
  succeed(work, std::move(verdict), out);
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
