#pragma once

#include "cards/batch_job.hpp"

#include <string>
#include <string_view>

/// A job as the store keeps it: two texts in JSON, of which the first never changes.
namespace tessera {

/// Returns what was asked for: the card, the concurrency and the members.
std::string job_request_json(const batch_job& job);

/// Returns what has become of the cards that are finished.
std::string job_progress_json(const batch_job& job);

/// Reads what `job_request_json` wrote; no card is finished then. Returns whether it is that and nothing else.
bool read_job_request(std::string_view json, batch_job& job);

/// Reads what `job_progress_json` wrote of a job whose request was read. Returns whether it is that and nothing else.
bool read_job_progress(std::string_view json, batch_job& job);

} // namespace tessera
