#pragma once

#include "messages/lookup.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tessera {

/// Clear a member from L1 and L2 by both keys. Answered by maintenance_done: not a half-done clearing ever.
struct clear_member {
  gateway_actor asker;
  ticket asked_by;
  member_id id;
  bool number_known = false;
  id_number number;
  std::string request_id; ///< for the audit log
  std::string actor;      ///< who asks, for the audit log
  std::string reason;     ///< and why, if they said

  bool operator==(const clear_member&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, clear_member& x) {
  return f(caf::meta::type_name("tessera::clear_member"), x.asker, x.asked_by, x.id, x.number_known, x.number,
           x.request_id, x.actor, x.reason);
}

/// Clear everything from L1 and L2, and all cards that were made before. Answered by maintenance_done.
struct clear_all {
  gateway_actor asker;
  ticket asked_by;
  std::string request_id;
  std::string actor;
  std::string reason;

  bool operator==(const clear_all&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, clear_all& x) {
  return f(caf::meta::type_name("tessera::clear_all"), x.asker, x.asked_by, x.request_id, x.actor, x.reason);
}

/// A member under one of the ID numbers that they had or have.
struct changed_member {
  member_id id;
  id_number number;

  bool operator==(const changed_member&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, changed_member& x) {
  return f(caf::meta::type_name("tessera::changed_member"), x.id, x.number);
}

/// Clear what others have changed in the store from L1 and L2. Answered by changes_cleared.
struct clear_changes {
  change_reader_actor asker;
  std::uint64_t batch = 0;
  bool everything = false;             ///< not only these members
  bool l2_only = false;                ///< L1 has nothing yet
  std::vector<changed_member> members;

  bool operator==(const clear_changes&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, clear_changes& x) {
  return f(caf::meta::type_name("tessera::clear_changes"), x.asker, x.batch, x.everything, x.l2_only, x.members);
}

/// What Redis has not acknowledged of it is owed, and nothing is read from it before.
struct changes_cleared {
  std::uint64_t batch = 0;
  error_code error = error_code::none; ///< else it is to be asked for again

  bool operator==(const changes_cleared&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, changes_cleared& x) {
  return f(caf::meta::type_name("tessera::changes_cleared"), x.batch, x.error);
}

/// Load the newest `member_limit` active members into L1. `asker` may be null (at start).
struct warm_cache {
  gateway_actor asker;
  ticket asked_by;
  std::uint32_t member_limit = 0;
  std::string request_id;
  std::string actor;
  std::string reason;

  bool operator==(const warm_cache&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, warm_cache& x) {
  return f(caf::meta::type_name("tessera::warm_cache"), x.asker, x.asked_by, x.member_limit, x.request_id, x.actor, x.reason);
}

struct maintenance_done {
  ticket to;
  error_code error = error_code::none;
  std::uint32_t warmed_members = 0;
  bool l2_owes = false; ///< Redis has not acknowledged a clearing yet, and nothing is read from it before it has

  bool operator==(const maintenance_done&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, maintenance_done& x) {
  return f(caf::meta::type_name("tessera::maintenance_done"), x.to, x.error, x.warmed_members, x.l2_owes);
}

/// There are new lines for the audit log, in the queue of this node (actors/audit_queue). One-way: the writer retries
/// until the store has them.
struct audit_waits {
  bool operator==(const audit_waits&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, audit_waits&) {
  return f(caf::meta::type_name("tessera::audit_waits"));
}

} // namespace tessera
