#include "gateway/http/batch_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;
using namespace std::chrono_literals;

namespace {

const std::string id = "abcdefghijklmnopqrstuvwx27";

/// One card made, one not, one that is not finished.
batch_job some_job() {
  batch_job job;
  job.id = id;
  job.owner = "key:1";
  job.idempotency_key = "secret";
  job.card.issued_by = "desk \"1\"";
  job.concurrency = 4;
  job.cards = {{"7", {7}, true, error_code::none, {}, "CARD-7"},
               {"x\n", {}, true, error_code::validation, {}, {}},
               {"9", {9}, false, error_code::none, {}, {}}};
  job.state = job_state::running;
  job.created = utc_time{1'000ms};
  job.updated = utc_time{2'000ms};
  return job;
}

} // namespace

BOOST_AUTO_TEST_SUITE(batch_text_test)

BOOST_AUTO_TEST_CASE(a_job_is_shown_with_the_results_there_are) {
  BOOST_TEST(job_json(some_job())
             == R"({"batch_id":"abcdefghijklmnopqrstuvwx27","state":"running","total":3,"finished":2,"successful":1,)"
                R"("failed":1,"template":"standard","issued_by":"desk \"1\"","concurrency":4,)"
                R"("created_at":"1970-01-01T00:00:01.000Z","updated_at":"1970-01-01T00:00:02.000Z",)"
                R"("expires_at":"1970-01-02T00:00:01.000Z","results":[)"
                R"({"memberId":"7","success":true,"card_number":"CARD-7"},)"
                R"({"memberId":"x\n","success":false,"error":"memberId must be a whole number from 1"}],)"
                R"("links":{"self":"/api/v1/batches/abcdefghijklmnopqrstuvwx27",)"
                R"("events":"/api/v1/batches/abcdefghijklmnopqrstuvwx27/events",)"
                R"("zip":"/api/v1/batches/abcdefghijklmnopqrstuvwx27/cards.zip",)"
                R"("pdf":"/api/v1/batches/abcdefghijklmnopqrstuvwx27/cards.pdf"}})");
}

BOOST_AUTO_TEST_CASE(progress_is_told_in_figures_and_the_end_in_full) {
  auto job = some_job();
  BOOST_TEST(job_event(job)
             == "id: 2\nevent: progress\ndata: "
                R"({"batch_id":"abcdefghijklmnopqrstuvwx27","state":"running","total":3,"finished":2,"successful":1,)"
                R"("failed":1,"updated_at":"1970-01-01T00:00:02.000Z"})"
                "\n\n");
  job.cards[2].finished = true;
  job.state = job_state::done;
  BOOST_TEST(job_event(job) == "id: 3\nevent: done\ndata: " + job_json(job) + "\n\n");
}

BOOST_AUTO_TEST_CASE(a_batch_that_is_answered_at_once_has_all_results) {
  BOOST_TEST(batch_json({{"1", {1}, true, error_code::none, {}, {}},
                         {"2", {2}, true, error_code::not_found, {}, {}},
                         {"3", {3}, true, error_code::validation, "Too early", {}},
                         {"4", {4}, true, error_code::timed_out, {}, {}}})
             == R"({"successful":1,"failed":3,"results":[{"memberId":"1","success":true},)"
                R"({"memberId":"2","success":false,"error":"Member not found"},)"
                R"({"memberId":"3","success":false,"error":"Too early"},)"
                R"({"memberId":"4","success":false,"error":"Request timed out"}]})");
}

BOOST_AUTO_TEST_CASE(an_id_is_26_letters_of_base32) {
  BOOST_TEST(is_job_id(id));
  BOOST_TEST(!is_job_id(""));
  BOOST_TEST(!is_job_id(id.substr(1)));
  BOOST_TEST(!is_job_id(id + "a"));
  for (char wrong : {'A', '1', '8', '/', '%', '\0'})
    BOOST_TEST(!is_job_id(std::string(25, 'a') + wrong));
}

BOOST_AUTO_TEST_SUITE_END()
