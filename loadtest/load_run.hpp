#pragma once

#include "cards/result.hpp"
#include "loadtest/load_plan.hpp"
#include "loadtest/members.hpp"
#include "loadtest/requests.hpp"
#include "loadtest/tally.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace tessera::loadtest {

/// What came of a run.
struct run_outcome {
  run_tally totals;
  std::vector<slot_tally> timeline; ///< from the begin of the ramp, in slots of `slot_length`
  bool stopped = false;             ///< before its time
};

/// How far a run is.
struct run_progress {
  std::chrono::nanoseconds elapsed{0}; ///< of the plan's length; may go beyond it for the last answers
  std::uint64_t users = 0;             ///< that have begun
  std::uint64_t answered = 0;          ///< requests that came to an end, whichever
  std::uint64_t wrong = 0;
  std::uint64_t refused = 0;
  std::uint64_t failed = 0;
};

/// Hears from a run several times a second; returns false to stop it early.
using run_observer = std::function<bool(const run_progress&)>;

/// Puts the load of `plan` on its server, from so many processes as it says, which this one forks and waits for: call
/// it while there is no other thread. REQUIRES: the plan is valid, and there are members and cards for its mix. The
/// error, one sentence, is that of the system.
result<run_outcome> run_load(const load_plan& plan, std::span<const load_member> members,
                             std::span<const issued_card> cards, const run_observer& observer);

} // namespace tessera::loadtest
