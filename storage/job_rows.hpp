#pragma once

#include "cards/batch_job.hpp"
#include "cards/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// What both kinds of store say to batch_jobs.
namespace tessera {

/// Still without its condition.
inline constexpr std::string_view select_jobs =
    "SELECT job_id, owner, idempotency_key, state, request, progress, created_at, updated_at FROM batch_jobs WHERE ";

inline constexpr std::size_t job_column_count = 8;

/// The state of a row that was found to be no job: nobody leases it any more.
inline constexpr std::string_view broken_job_state = "broken";

/// Returns the job in a row of such a statement, in which NULL is "". Fails if it is none.
result<batch_job> job_of(const std::vector<std::string>& row);

/// Returns the failure of an owner who has as many jobs as they may have.
inline failure too_many_jobs() {
  return {error_code::queue_full, "too many batches of yours are not done yet"};
}

} // namespace tessera
