#pragma once

#include "cards/errors.hpp"
#include "cards/id_number.hpp"
#include "cards/shared_body.hpp"
#include "messages/actors.hpp"
#include "messages/inspect_types.hpp"

#include <cstdint>
#include <vector>

namespace tessera {

/// A request in flight, as its gateway knows it: a slot with a generation, so that late and duplicate answers are
/// recognised. Means nothing to anyone else.
struct ticket {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;

  bool operator==(const ticket&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, ticket& x) {
  return f(caf::meta::type_name("tessera::ticket"), x.slot, x.generation);
}

/// Asks for the member with an ID number.
struct lookup_request {
  ticket asked_by;
  id_number number;
  std::uint32_t time_left_ms = 0; ///< of the request, when it was sent

  bool operator==(const lookup_request&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, lookup_request& x) {
  return f(caf::meta::type_name("tessera::lookup_request"), x.asked_by, x.number, x.time_left_ms);
}

/// All that one round of a gateway's loop parsed for one shard.
struct lookup_batch {
  lookup_client_actor asker;
  std::vector<lookup_request> requests;
  std::uint32_t hop = 0; ///< to come back in lookup_answers as soon as L1 was looked into; 0: need not

  bool operator==(const lookup_batch&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, lookup_batch& x) {
  return f(caf::meta::type_name("tessera::lookup_batch"), x.asker, x.requests, x.hop);
}

/// Where an answer came from, nearest first.
enum class origin : std::uint8_t { l1, l2, database };

/// How long a request spent in each stage, in microseconds; 0 where it was not.
struct stage_times {
  std::uint32_t l2_us = 0;       ///< waiting for and asking L2
  std::uint32_t queue_us = 0;    ///< waiting for admission and for a database connection
  std::uint32_t database_us = 0; ///< the statement

  bool operator==(const stage_times&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, stage_times& x) {
  return f(caf::meta::type_name("tessera::stage_times"), x.l2_us, x.queue_us, x.database_us);
}

/// The answer to one ticket: a body, or why there is none.
struct lookup_answer {
  ticket to;
  error_code error = error_code::none; ///< `none` if and only if `body` is set
  body_ptr body;
  origin from = origin::l1;
  std::uint32_t age_s = 0;             ///< since the database was asked
  std::int32_t fresh_left_s = 0;       ///< negative if stale
  std::uint32_t stale_for_ms = 0;      ///< since when it is stale; 0: it is fresh
  std::uint32_t retry_after_s = 0;     ///< for refusals; 0: unknown
  stage_times times;

  bool operator==(const lookup_answer&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, lookup_answer& x) {
  return f(caf::meta::type_name("tessera::lookup_answer"), x.to, x.error, x.body, x.from, x.age_s, x.fresh_left_s,
           x.stale_for_ms, x.retry_after_s, x.times);
}

/// Answers to some tickets of one gateway, together where they come together; none if only `hop` is to be told.
struct lookup_answers {
  std::vector<lookup_answer> answers;
  std::uint32_t hop = 0; ///< of the lookup_batch that L1 has been asked for; 0: of none that says so

  bool operator==(const lookup_answers&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, lookup_answers& x) {
  return f(caf::meta::type_name("tessera::lookup_answers"), x.answers, x.hop);
}

/// Nobody waits for these tickets of `asker` any more; an answer to them would be dropped.
struct abandon {
  lookup_client_actor asker;
  std::vector<ticket> tickets;

  bool operator==(const abandon&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, abandon& x) {
  return f(caf::meta::type_name("tessera::abandon"), x.asker, x.tickets);
}

} // namespace tessera
