#include "storage/job_rows.hpp"

#include "cards/batch_job_json.hpp"
#include "storage/sql_time.hpp"

namespace tessera {

result<batch_job> job_of(const std::vector<std::string>& row) {
  const failure odd{error_code::internal, "a row of batch_jobs holds no job"};
  if (row.size() != job_column_count)
    return odd;
  batch_job job;
  job.id = row[0];
  job.owner = row[1];
  job.idempotency_key = row[2];
  auto state = parse_job_state(row[3]);
  auto created = parse_sql_time(row[6]);
  auto updated = parse_sql_time(row[7]);
  if (!state || !created || !updated || !read_job_request(row[4], job) || !read_job_progress(row[5], job))
    return odd;
  if ((finished_cards(job) == job.cards.size()) != (*state == job_state::done))
    return odd;
  job.state = *state;
  job.created = *created;
  job.updated = *updated;
  return job;
}

} // namespace tessera
