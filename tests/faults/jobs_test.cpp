#include "tests/faults/fault_proxy.hpp"
#include "tests/integration/http/http_client.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/mariadb_server.hpp"
#include "tests/support/tessera_process.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <memory>
#include <set>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

constexpr std::size_t total = 100;
constexpr std::chrono::seconds patience{60};

const std::string jobs = "/api/v1/batches";
const std::string idempotent = "Idempotency-Key: the-one\r\n";

/// A MariaDB with members behind a proxy that makes it slow, so that a job takes some seconds: each save of its
/// progress has to wait.
struct fixture {
  fixture() {
    run_tessera({"migrate", "--store", database.url()});
    run_tessera({"sample-data", "--members", "200", "--store", database.url()});
    body = R"({"issued_by":"desk","concurrency":1,"member_ids":[)"
           + database.query_value("SELECT GROUP_CONCAT(CONCAT('\"', member_id, '\"')) FROM (SELECT member_id FROM "
                                  "members WHERE membership_status = 'Active' ORDER BY member_id LIMIT "
                                  + std::to_string(total) + ") AS some")
           + "]}";
    start();
  }

  void start() {
    sut = std::make_unique<tessera_process>(tessera_process::options{
        .arguments = {"--store", "mysql://tessera:secret@127.0.0.1:" + std::to_string(proxy.port()) + "/tessera_test"},
        .environment = {"TESSERA_BREAKER_STATEMENT_TIMEOUT=0"}});
  }

  raw_response post() const {
    return ask(sut->port(), json_request("POST", jobs, body, idempotent));
  }
  json_document job() const {
    return json_document{get(sut->port(), jobs + "/" + id)};
  }
  /// Returns how many cards are finished as far as the store knows.
  std::size_t saved() {
    return std::stoul(
        database.query_value("SELECT JSON_LENGTH(CONVERT(progress USING utf8mb4), '$.finished') FROM batch_jobs"));
  }

  /// Has a job begun, and returns when the store has some of its cards but not all.
  void begin(std::chrono::milliseconds late) {
    proxy.inject(fault::slow(late));
    auto accepted = post();
    BOOST_REQUIRE_EQUAL(accepted.status, 202);
    id = json_document{accepted}.text("/data/batch_id");
    BOOST_REQUIRE(eventually(patience, [&] { return saved() > 0; }));
  }

  void check_end(std::size_t made_before) {
    BOOST_REQUIRE(eventually(patience, [&] { return job().text("/data/state") == "done"; }));
    auto done = job();
    BOOST_TEST(done.whole("/data/successful") == total);
    BOOST_TEST(done.whole("/data/failed") == 0u);
    std::set<std::string> numbers;
    for (std::size_t i = 0; i < total; ++i)
      numbers.insert(done.text(("/data/results/" + std::to_string(i) + "/card_number").c_str()));
    BOOST_TEST(numbers.size() == total);
    // Not one that the store had is made again.
    BOOST_TEST(stats(sut->port()).whole("/data/cards/made") == total - made_before);
    auto again = post();
    BOOST_TEST(again.status == 200);
    BOOST_TEST(header(again, "Idempotency-Replayed") == "true");
    BOOST_TEST(json_document{again}.text("/data/batch_id") == id);
    BOOST_TEST(database.query_value("SELECT COUNT(*) FROM batch_jobs") == "1");
  }

  mariadb_server database;
  fault_proxy proxy{database.port()};
  std::string body;
  std::string id;
  std::unique_ptr<tessera_process> sut;
};

} // namespace

BOOST_AUTO_TEST_SUITE(jobs_test)

BOOST_FIXTURE_TEST_CASE(a_job_whose_process_is_killed_goes_on_in_the_next_and_makes_no_saved_card_again, fixture) {
  begin(400ms);
  sut->signal(SIGKILL);
  sut->wait(patience);
  proxy.heal();
  auto before = saved();
  BOOST_TEST_MESSAGE(before << " of " << total << " cards were saved");
  BOOST_REQUIRE(before < total);
  start();
  check_end(before);
}

BOOST_FIXTURE_TEST_CASE(a_process_that_stops_hands_its_jobs_back_and_the_next_takes_them_at_once, fixture) {
  begin(150ms);
  BOOST_TEST(sut->stop() == 0);
  proxy.heal();
  auto before = saved();
  BOOST_REQUIRE(before < total);
  BOOST_TEST(database.query_value("SELECT lease_holder IS NULL AND lease_until <= UTC_TIMESTAMP(3) FROM batch_jobs")
             == "1");
  start();
  check_end(before);
}

BOOST_AUTO_TEST_SUITE_END()
