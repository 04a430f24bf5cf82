#include "tests/faults/database_fixture.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

const std::string verify = "/api/v1/optimized-cards/verify";
const std::string batch = "/api/v1/optimized-cards/batch-generate";
const std::string cards = "/api/v1/cards/";
const std::string reissue = "/reissue";

/// Members are fresh for a second here, and then kept as stale copies.
struct fixture : database_fixture {
  fixture() : database_fixture({"CACHE_TTL_MEMBER=1"}) {
  }

  std::string ids(std::size_t count) {
    return database.query_value(
        "SELECT GROUP_CONCAT(CONCAT('\"', member_id, '\"')) FROM (SELECT member_id FROM members "
        "WHERE membership_status = 'Active' ORDER BY member_id LIMIT "
        + std::to_string(count) + ") AS some");
  }
  raw_response post(const std::string& path, const std::string& body) {
    return ask(sut.port(), json_request("POST", path, body));
  }
  std::string first_id() {
    auto quoted = ids(1);
    return quoted.substr(1, quoted.size() - 2);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(cards_test)

BOOST_FIXTURE_TEST_CASE(a_hundred_members_of_a_batch_come_by_two_statements, fixture) {
  const auto before = figures().whole("/data/levels/database/statements");
  auto answer = post(batch, R"({"issued_by":"a","concurrency":20,"member_ids":[)" + ids(100) + "]}");
  BOOST_TEST_REQUIRE(answer.status == 200);
  BOOST_TEST(json_document{answer}.whole("/data/successful") == 100u);
  BOOST_TEST(figures().whole("/data/levels/database/statements") - before <= 2u);
}

BOOST_FIXTURE_TEST_CASE(with_the_database_gone_cached_members_cards_are_made_and_verified, fixture) {
  const auto id = first_id();
  auto made = get(sut.port(), cards + id + ".json");
  BOOST_TEST_REQUIRE(made.status == 200);
  auto token = json_document{made}.text("/data/token");
  auto verified = [&] { return post(verify, R"({"card_data":")" + token + "\"}"); };
  auto verdict = json_document{verified()}.text("/data/verification_details/verified_at");
  database.kill_hard();
  BOOST_TEST(eventually(20s, [&] { return header(get(sut.port(), cards + id + ".svg"), "X-Cache") == "STALE"; }));
  auto answer = verified();
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(json_document{answer}.text("/data/verification_details/verified_at") >= verdict);
  auto unknown = get(sut.port(), cards + "150.json"); // never asked for, so not cached
  BOOST_TEST(unknown.status == 503);
  BOOST_TEST(header(unknown, "Retry-After") != "");
  auto change = post(cards + id + reissue, "");
  BOOST_TEST(change.status == 503);
  BOOST_TEST(header(change, "Retry-After") != "");
  BOOST_TEST(get(sut.port(), "/api/v1/revocations").status == 200);
  BOOST_TEST(get(sut.port(), "/.well-known/jwks.json").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
