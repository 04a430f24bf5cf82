#pragma once

#include "cards/errors.hpp"
#include "guard/admission_priority.hpp"
#include "messages/actors.hpp"
#include "messages/inspect_types.hpp"

#include <cstdint>
#include <vector>

namespace tessera {

/// Names a piece of work among those of whoever does it, who never uses a name twice. Means nothing to anyone else.
struct work_id {
  std::uint64_t value = 0;

  bool operator==(const work_id&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, work_id& x) {
  return f(caf::meta::type_name("tessera::work_id"), x.value);
}

/// Work that wants to begin.
struct admission_request {
  work_id work;
  std::uint32_t time_left_ms = 0; ///< the longest of those who wait for it

  bool operator==(const admission_request&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, admission_request& x) {
  return f(caf::meta::type_name("tessera::admission_request"), x.work, x.time_left_ms);
}

/// May these begin? Each is answered exactly once by an admission_answer, in as many messages as suit, unless
/// work_ended comes before.
struct admission_batch {
  admission_client_actor asker;
  admission_priority priority = admission_priority::lookup;
  std::vector<admission_request> requests;

  bool operator==(const admission_batch&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, admission_batch& x) {
  return f(caf::meta::type_name("tessera::admission_batch"), x.asker, x.priority, x.requests);
}

/// The work may begin and has a slot until its work_ended, or it is refused.
struct admission_answer {
  work_id work;
  error_code error = error_code::none; ///< none (granted), queue_full, timed_out
  std::uint32_t retry_after_s = 0;

  bool operator==(const admission_answer&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, admission_answer& x) {
  return f(caf::meta::type_name("tessera::admission_answer"), x.work, x.error, x.retry_after_s);
}

struct admission_answers {
  std::vector<admission_answer> answers;

  bool operator==(const admission_answers&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, admission_answers& x) {
  return f(caf::meta::type_name("tessera::admission_answers"), x.answers);
}

/// These give back their slot, or wait for none any more. What is not known, or was refused, is ignored: so this may
/// cross the answer on the way.
struct work_ended {
  admission_client_actor asker;
  std::vector<work_id> works;

  bool operator==(const work_ended&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, work_ended& x) {
  return f(caf::meta::type_name("tessera::work_ended"), x.asker, x.works);
}

/// To the successor of an admission actor that died: these had a slot of its predecessor and are still at work.
struct work_goes_on {
  admission_client_actor asker;
  std::vector<work_id> works;

  bool operator==(const work_goes_on&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, work_goes_on& x) {
  return f(caf::meta::type_name("tessera::work_goes_on"), x.asker, x.works);
}

} // namespace tessera
