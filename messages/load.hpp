#pragma once

#include "messages/lookup.hpp"

#include <string>
#include <vector>

namespace tessera {

/// What the database is asked by.
struct member_key {
  enum class kind : std::uint8_t { number, id };

  kind by = kind::number;
  std::uint64_t value = 0; ///< id_number::packed or member_id::value

  bool operator==(const member_key&) const = default;
};

/// Prints without the value, which may be an ID number.
template <class Inspector>
auto inspect(Inspector& f, member_key& x) {
  if constexpr (prints<Inspector>)
    return f(caf::meta::type_name("tessera::member_key"), x.by);
  else
    return f(caf::meta::type_name("tessera::member_key"), x.by, x.value);
}

/// Load these members. Each key is answered exactly once by a load_answer, in as many messages as suit. A lookup actor
/// asks one pool for no key twice before it was answered.
struct load_batch {
  load_client_actor asker;
  std::vector<member_key> keys;
  std::uint32_t time_left_ms = 0; ///< the longest of those who wait
  std::uint32_t pool = 0;         ///< the asker's count of pools; given back, as one that died may still answer

  bool operator==(const load_batch&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, load_batch& x) {
  return f(caf::meta::type_name("tessera::load_batch"), x.asker, x.keys, x.time_left_ms, x.pool);
}

struct load_answer {
  member_key key;
  error_code error = error_code::none; ///< none, not_found, database_unavailable, queue_full, timed_out
  body_ptr body;                       ///< a member's body (cards/member_record.hpp) unless error
  id_number number;                    ///< of the member found
  member_id id;                        ///< of the member found
  std::uint32_t age_ms = 0;            ///< since the statement began
  std::uint32_t retry_after_s = 0;
  std::uint32_t queue_us = 0;
  std::uint32_t database_us = 0;
  std::uint32_t pool = 0; ///< as in the load_batch

  bool operator==(const load_answer&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, load_answer& x) {
  return f(caf::meta::type_name("tessera::load_answer"), x.key, x.error, x.body, x.number, x.id, x.age_ms,
           x.retry_after_s, x.queue_us, x.database_us, x.pool);
}

struct load_answers {
  std::vector<load_answer> answers;

  bool operator==(const load_answers&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, load_answers& x) {
  return f(caf::meta::type_name("tessera::load_answers"), x.answers);
}

/// Load up to `count` active members with ids below `before` (0: from the newest), newest first.
struct load_page {
  maintenance_actor asker;
  std::uint64_t job = 0;
  member_id before;
  std::uint32_t count = 0;

  bool operator==(const load_page&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, load_page& x) {
  return f(caf::meta::type_name("tessera::load_page"), x.asker, x.job, x.before, x.count);
}

struct page_loaded {
  std::uint64_t job = 0;
  error_code error = error_code::none;
  std::vector<load_answer> members;

  bool operator==(const page_loaded&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, page_loaded& x) {
  return f(caf::meta::type_name("tessera::page_loaded"), x.job, x.error, x.members);
}

/// Which ID number has this member, active or not?
struct find_id_number {
  maintenance_actor asker;
  std::uint64_t job = 0;
  member_id id;

  bool operator==(const find_id_number&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, find_id_number& x) {
  return f(caf::meta::type_name("tessera::find_id_number"), x.asker, x.job, x.id);
}

struct id_number_found {
  std::uint64_t job = 0;
  error_code error = error_code::none; ///< none, not_found, or why it is not known
  id_number number;

  bool operator==(const id_number_found&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, id_number_found& x) {
  return f(caf::meta::type_name("tessera::id_number_found"), x.job, x.error, x.number);
}

/// A key in a statement, with whom to answer and how long it waited before.
struct statement_key {
  member_key key;
  load_client_actor asker;
  std::uint32_t queue_us = 0;
  std::uint32_t pool = 0; ///< as in the load_batch

  bool operator==(const statement_key&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, statement_key& x) {
  return f(caf::meta::type_name("tessera::statement_key"), x.key, x.asker, x.queue_us, x.pool);
}

/// One statement for one worker: a group of keys of one kind, a page, or an ID number.
struct statement {
  enum class kind : std::uint8_t { members, page, id_number, ping };

  kind what = kind::members;
  std::uint64_t sequence = 0;          ///< given back in statement_done
  std::vector<statement_key> keys;     ///< members: 1 to 64, all by number or all by id
  load_page page;
  find_id_number find;

  bool operator==(const statement&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, statement& x) {
  return f(caf::meta::type_name("tessera::statement"), x.what, x.sequence, x.keys, x.page, x.find);
}

/// A worker has finished: on success it has answered its keys itself; on failure it has answered nobody.
struct statement_done {
  std::uint64_t worker = 0;
  std::uint64_t sequence = 0;
  error_code error = error_code::none;
  std::string detail;                  ///< of the failure, for the log; no ID numbers
  bool connected = false;              ///< whether the worker still has a usable connection
  std::uint32_t duration_us = 0;

  bool operator==(const statement_done&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, statement_done& x) {
  return f(caf::meta::type_name("tessera::statement_done"), x.worker, x.sequence, x.error, x.detail, x.connected,
           x.duration_us);
}

} // namespace tessera
