#pragma once

#include "messages/lookup.hpp"

#include <vector>

namespace tessera {

/// What does L2 know of these members? Each is answered exactly once by l2_answers, in as many messages as suit. A
/// lookup actor asks for no member twice before it was answered.
struct l2_get {
  lookup_actor asker;
  std::vector<id_number> numbers;

  bool operator==(const l2_get&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, l2_get& x) {
  return f(caf::meta::type_name("tessera::l2_get"), x.asker, x.numbers);
}

enum class l2_outcome : std::uint8_t { miss, fresh, stale, failed };

struct l2_answer {
  id_number number;
  l2_outcome outcome = l2_outcome::miss;
  body_ptr body;                  ///< set if fresh or stale; its packed part holds the member
  std::uint32_t age_ms = 0;       ///< since the database was asked
  std::int32_t fresh_left_ms = 0; ///< negative if stale
  l2_generation generation;       ///< for the l2_fill of the load that a miss starts
  bool may_fill = false;          ///< false after a failure: the generation is unknown, so the load is not put
  member_id id;                   ///< of the member, if fresh or stale; 0: unknown, so no alias is kept

  bool operator==(const l2_answer&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, l2_answer& x) {
  return f(caf::meta::type_name("tessera::l2_answer"), x.number, x.outcome, x.body, x.age_ms, x.fresh_left_ms,
           x.generation, x.may_fill, x.id);
}

struct l2_answers {
  std::vector<l2_answer> answers;

  bool operator==(const l2_answers&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, l2_answers& x) {
  return f(caf::meta::type_name("tessera::l2_answers"), x.answers);
}

struct l2_filled_member {
  body_ptr body; ///< its packed part holds the member; null: there is none (any more), forget the value
  id_number number;
  l2_generation generation;
  std::uint32_t age_ms = 0;

  bool operator==(const l2_filled_member&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, l2_filled_member& x) {
  return f(caf::meta::type_name("tessera::l2_filled_member"), x.body, x.number, x.generation, x.age_ms);
}

/// Keep what the database gave.
struct l2_fill {
  std::vector<l2_filled_member> members;

  bool operator==(const l2_fill&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, l2_fill& x) {
  return f(caf::meta::type_name("tessera::l2_fill"), x.members);
}

/// Replace the member's generation. What Redis does not acknowledge is repeated before it is trusted again.
struct l2_invalidate {
  maintenance_actor asker;
  std::uint64_t job = 0;
  id_number number;

  bool operator==(const l2_invalidate&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, l2_invalidate& x) {
  return f(caf::meta::type_name("tessera::l2_invalidate"), x.asker, x.job, x.number);
}

/// Make everything in L2 uncountable, by a new epoch. As with `l2_invalidate`.
struct l2_invalidate_all {
  maintenance_actor asker;
  std::uint64_t job = 0;

  bool operator==(const l2_invalidate_all&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, l2_invalidate_all& x) {
  return f(caf::meta::type_name("tessera::l2_invalidate_all"), x.asker, x.job);
}

struct l2_invalidated {
  std::uint64_t job = 0;
  bool acknowledged = false; ///< false: owed, and nothing is read from this connection before it is paid

  bool operator==(const l2_invalidated&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, l2_invalidated& x) {
  return f(caf::meta::type_name("tessera::l2_invalidated"), x.job, x.acknowledged);
}

} // namespace tessera
