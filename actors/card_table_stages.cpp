#include "actors/card_identity.hpp"
#include "actors/card_table.hpp"
#include "actors/card_table_job.hpp"

#include "cards/member_record.hpp"
#include "cards/verification.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <utility>

// How far a job is: from the alias by way of the member's record and a slot to the renderer.

namespace tessera {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A verification says that it may be out of date when revocations could not be read for so long; they are read twice a
/// second.
constexpr seconds ledger_patience{5};

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

} // namespace

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
  append_part(text, static_cast<std::uint64_t>(work.task.what));
  append_part(text, work.member.value);
  append_part(text, work.record->etag());
  append_part(text, work.state.epoch);
  append_part(text, around_.signs().value); // what another key has signed may be worth nothing any more
  append_part(text, work.task.card);
  // What shows whether the card has expired is made anew each day.
  append_part(text, static_cast<std::uint64_t>(
                        std::chrono::floor<std::chrono::days>(around_.now()).time_since_epoch().count()));
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

} // namespace tessera
