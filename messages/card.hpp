#pragma once

#include "cards/card.hpp"
#include "cards/card_product.hpp"
#include "guard/admission_priority.hpp"
#include "messages/admission.hpp"
#include "messages/lookup.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace tessera {

template <class Inspector>
auto inspect(Inspector& f, card_request& x) {
  std::int32_t expiry = x.custom_expiry ? static_cast<std::int32_t>(x.custom_expiry->time_since_epoch().count()) : -1;
  auto load = [&]() -> caf::error {
    x.custom_expiry.reset();
    if (expiry >= 0)
      x.custom_expiry = std::chrono::sys_days{std::chrono::days{expiry}};
    return caf::none;
  };
  return f(caf::meta::type_name("tessera::card_request"), x.design, x.issued_by, expiry,
           caf::meta::load_callback(load));
}

/// Make or verify a card.
struct card_task {
  ticket asked_by;
  card_product what = card_product::bundle;
  member_id member;                                    ///< whose card; not used by `verification`
  card_request card;                                   ///< likewise
  std::string presented;                               ///< what is to be verified
  bool full_name = false;                              ///< of the member in a verification's answer, else initials
  admission_priority priority = admission_priority::lookup;
  std::uint32_t time_left_ms = 0;                      ///< of the request, when it was sent

  bool operator==(const card_task&) const = default;
};

/// Prints without what was presented, which may be anything.
template <class Inspector>
auto inspect(Inspector& f, card_task& x) {
  if constexpr (prints<Inspector>)
    return f(caf::meta::type_name("tessera::card_task"), x.asked_by, x.what, x.member);
  else
    return f(caf::meta::type_name("tessera::card_task"), x.asked_by, x.what, x.member, x.card, x.presented, x.full_name,
             x.priority, x.time_left_ms);
}

/// All that one round of a gateway's loop, or one step of a batch, has for one issuer. Each task is answered exactly
/// once by a card_answer, in as many messages as suit, unless an abandon comes before.
struct card_batch {
  card_client_actor asker;
  std::vector<card_task> tasks;

  bool operator==(const card_batch&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, card_batch& x) {
  return f(caf::meta::type_name("tessera::card_batch"), x.asker, x.tasks);
}

/// What was made for one ticket, or why it was not.
struct card_answer {
  ticket to;
  error_code error = error_code::none; ///< `none` if and only if `body` is set
  std::string why;                     ///< one sentence for the client, where the code alone does not tell
  body_ptr body;                       ///< its packed part is the card's number, for products of a card
  bool made_before = false;            ///< the product was in the cache
  origin from = origin::l1;            ///< the member's record
  std::uint32_t age_s = 0;             ///< since it was made
  std::int32_t fresh_left_s = 0;
  std::uint32_t stale_for_ms = 0;      ///< since when the member's record is stale; 0: it is fresh
  std::uint32_t retry_after_s = 0;
  stage_times times;                   ///< of the member's record
  std::uint32_t render_us = 0;

  bool operator==(const card_answer&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, card_answer& x) {
  return f(caf::meta::type_name("tessera::card_answer"), x.to, x.error, x.why, x.body, x.made_before, x.from, x.age_s,
           x.fresh_left_s, x.stale_for_ms, x.retry_after_s, x.times, x.render_us);
}

struct card_answers {
  std::vector<card_answer> answers;

  bool operator==(const card_answers&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, card_answers& x) {
  return f(caf::meta::type_name("tessera::card_answers"), x.answers);
}

/// Nobody waits for these tickets of `asker` any more; an answer to them would be dropped.
struct abandon_cards {
  card_client_actor asker;
  std::vector<ticket> tickets;

  bool operator==(const abandon_cards&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, abandon_cards& x) {
  return f(caf::meta::type_name("tessera::abandon_cards"), x.asker, x.tickets);
}

template <class Inspector>
auto inspect(Inspector& f, card_state& x) {
  bool began = x.since.has_value();
  auto since = began ? static_cast<std::int64_t>(x.since->time_since_epoch().count()) : 0;
  auto load = [&]() -> caf::error {
    x.since.reset();
    if (began)
      x.since = utc_time{std::chrono::milliseconds{since}};
    return caf::none;
  };
  return f(caf::meta::type_name("tessera::card_state"), x.epoch, began, since, x.revoked_up_to,
           caf::meta::load_callback(load));
}

template <class Inspector>
auto inspect(Inspector& f, card_claims& x) {
  auto issued = static_cast<std::int32_t>(x.issued.time_since_epoch().count());
  auto expires = static_cast<std::int32_t>(x.expires.time_since_epoch().count());
  auto load = [&]() -> caf::error {
    x.issued = std::chrono::sys_days{std::chrono::days{issued}};
    x.expires = std::chrono::sys_days{std::chrono::days{expires}};
    return caf::none;
  };
  return f(caf::meta::type_name("tessera::card_claims"), x.member, x.epoch, x.design, issued, expires,
           caf::meta::load_callback(load));
}

template <class Inspector>
auto inspect(Inspector& f, checked_card& x) {
  return f(caf::meta::type_name("tessera::checked_card"), x.fault, x.claims);
}

/// Work for a renderer: draw a product, or check the signature of what is presented.
struct render_job {
  work_id work;
  card_product what = card_product::bundle;
  body_ptr member;       ///< its packed part holds the member; null for `verification`
  card_state state;
  card_request card;
  std::string presented; ///< for `verification`

  bool operator==(const render_job&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, render_job& x) {
  if constexpr (prints<Inspector>)
    return f(caf::meta::type_name("tessera::render_job"), x.work, x.what);
  else
    return f(caf::meta::type_name("tessera::render_job"), x.work, x.what, x.member, x.state, x.card, x.presented);
}

/// Each job is answered exactly once by a render_answer.
struct render_batch {
  render_client_actor asker;
  std::vector<render_job> jobs;

  bool operator==(const render_batch&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, render_batch& x) {
  return f(caf::meta::type_name("tessera::render_batch"), x.asker, x.jobs);
}

struct render_answer {
  work_id work;
  error_code error = error_code::none;
  std::string why;      ///< one sentence for the client, where the code alone does not tell
  body_ptr body;        ///< the product; null for `verification`
  checked_card checked; ///< of a `verification`
  std::uint32_t render_us = 0;

  bool operator==(const render_answer&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, render_answer& x) {
  return f(caf::meta::type_name("tessera::render_answer"), x.work, x.error, x.why, x.body, x.checked, x.render_us);
}

struct render_answers {
  std::vector<render_answer> answers;

  bool operator==(const render_answers&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, render_answers& x) {
  return f(caf::meta::type_name("tessera::render_answers"), x.answers);
}

/// Make the cards of these members, so many at once. Answered by cards_generated, unless an abandon_cards comes before.
struct generate_cards {
  batch_client_actor asker;
  ticket asked_by;
  std::vector<member_id> members; ///< 0 stands for what is no member id
  card_request card;
  std::uint32_t concurrency = 1;
  std::uint32_t time_left_ms = 0;

  bool operator==(const generate_cards&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, generate_cards& x) {
  if constexpr (prints<Inspector>)
    return f(caf::meta::type_name("tessera::generate_cards"), x.asked_by, x.concurrency);
  else
    return f(caf::meta::type_name("tessera::generate_cards"), x.asker, x.asked_by, x.members, x.card, x.concurrency,
             x.time_left_ms);
}

/// What became of one card of a batch.
struct batch_result {
  error_code error = error_code::none;
  std::string why; ///< one sentence, where the code alone does not tell

  bool operator==(const batch_result&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, batch_result& x) {
  return f(caf::meta::type_name("tessera::batch_result"), x.error, x.why);
}

struct cards_generated {
  ticket to;
  std::vector<batch_result> results; ///< in the order of the members

  bool operator==(const cards_generated&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, cards_generated& x) {
  return f(caf::meta::type_name("tessera::cards_generated"), x.to, x.results);
}

/// Begin the next epoch of a member's cards, or revoke those so far. Answered by card_changed when the store has it and
/// this node goes by it.
struct change_cards {
  card_change_client_actor asker;
  ticket asked_by;
  member_id member;
  bool revoke = false;    ///< else reissue
  std::string reason;     ///< of a revocation
  std::string request_id; ///< for the audit log
  std::string actor;      ///< who asks, for the audit log

  bool operator==(const change_cards&) const = default;
};

/// Prints without the reason, which may be anything.
template <class Inspector>
auto inspect(Inspector& f, change_cards& x) {
  if constexpr (prints<Inspector>)
    return f(caf::meta::type_name("tessera::change_cards"), x.asker, x.asked_by, x.member, x.revoke, x.request_id,
             x.actor);
  else
    return f(caf::meta::type_name("tessera::change_cards"), x.asker, x.asked_by, x.member, x.revoke, x.reason,
             x.request_id, x.actor);
}

struct card_changed {
  ticket to;
  error_code error = error_code::none;
  bool revoked = false; ///< else reissued
  member_id member;
  card_state state; ///< after it

  bool operator==(const card_changed&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, card_changed& x) {
  return f(caf::meta::type_name("tessera::card_changed"), x.to, x.error, x.revoked, x.member, x.state);
}

} // namespace tessera
