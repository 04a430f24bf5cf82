#include "tests/integration/http/foreign_batch.hpp"

namespace tessera::test {

namespace {

const std::string job_id = "abcdefghijklmnopqrstuvwxyz";

/// As cards/batch_job_json.hpp has it.
const std::string request_json = R"({"version":1,"template":"standard","issued_by":"a","concurrency":1,)"
                                 R"("member_ids":["1","2"]})";

const std::string now = "strftime('%Y-%m-%d %H:%M:%f', 'now')";

std::string progress_json(int cards) {
  std::string finished;
  for (int i = 0; i < cards; ++i)
    finished += (i > 0 ? "," : "") + std::string{R"({"card":)"} + std::to_string(i) + R"(,"number":"N"})";
  return R"({"version":1,"finished":[)" + finished + "]}";
}

} // namespace

foreign_batch::foreign_batch(const sample_store& store) : store_(store), path_("/api/v1/batches/" + job_id) {
  store_.query("INSERT INTO batch_jobs (job_id, owner, state, request, progress, created_at, updated_at, lease_holder, "
               "lease_until) VALUES ('"
               + job_id + "', 'local', 'running', '" + request_json + "', '" + progress_json(0) + "', " + now + ", "
               + now + ", 'another node', '9999-01-01 00:00:00.000')");
}

void foreign_batch::finish(int cards) const {
  store_.query("UPDATE batch_jobs SET updated_at = " + now + ", progress = '" + progress_json(cards) + "'"
               + (cards == 2 ? ", state = 'done', lease_holder = NULL, lease_until = NULL" : "") + " WHERE job_id = '"
               + job_id + "'");
}

} // namespace tessera::test
