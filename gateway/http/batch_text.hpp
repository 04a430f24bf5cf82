#pragma once

#include "cards/batch_job.hpp"

#include <string>
#include <string_view>
#include <vector>

/// How clients see batches: the data of envelopes, and the events of a job's progress (api.md, parts 1 and 3).
namespace tessera {

/// Returns what became of all cards of a batch: `successful`, `failed`, `results`.
std::string batch_json(const std::vector<job_card>& cards);

/// Returns a job with the results of the cards that are finished.
std::string job_json(const batch_job& job);

/// Returns the server-sent event (HTML, section 9.2) that tells how far a job is: `progress` with its figures, or
/// `done` with all of it.
std::string job_event(const batch_job& job);

/// Returns the path of a job: "/api/v1/batches/ID".
std::string job_path(std::string_view id);

/// Returns whether `text` can be the id of a job.
bool is_job_id(std::string_view text) noexcept;

} // namespace tessera
