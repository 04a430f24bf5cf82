#pragma once

#include "cards/batch_job.hpp"
#include "messages/card.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tessera::testing {

inline constexpr utc_time job_time{std::chrono::milliseconds{1'700'000'000'123}};

/// Returns a job of these members; 0 is none.
inline batch_job job_of(std::string id, const std::vector<std::uint64_t>& members, std::uint32_t concurrency = 2) {
  batch_job job;
  job.id = std::move(id);
  job.owner = "key:aaaaaaaaaa";
  job.card.issued_by = "desk";
  job.concurrency = concurrency;
  for (auto value : members)
    job.cards.push_back({value == 0 ? "nobody" : std::to_string(value), member_id{value}});
  job.created = job.updated = job_time;
  return job;
}

/// Returns the answer to a task.
inline card_answer answer_to(const card_task& task, error_code error = error_code::none) {
  card_answer made;
  made.to = task.asked_by;
  made.error = error;
  if (error == error_code::none)
    made.body = shared_body::make("{", "card-" + std::to_string(task.member.value), 1);
  else
    made.why = "why";
  return made;
}

} // namespace tessera::testing
