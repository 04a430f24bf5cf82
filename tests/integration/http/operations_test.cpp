#include "tests/integration/http/http_client.hpp"
#include "tests/integration/http/shared_service.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

using names = std::vector<std::string>;

raw_response clear(std::uint16_t port, const std::string& member_id, const std::string& body = "") {
  return ask(port, body.empty() ? request("DELETE", clear_path + member_id)
                                : json_request("DELETE", clear_path + member_id, body));
}

raw_response warm(std::uint16_t port, const std::string& body = "") {
  return ask(port, body.empty() ? request("POST", warm_path, "Content-Length: 0\r\n")
                                : json_request("POST", warm_path, body));
}

void check_success(const raw_response& answer, const std::string& message) {
  BOOST_TEST_REQUIRE(answer.status == 200);
  BOOST_TEST(header(answer, "Cache-Control") == "no-store");
  json_document body{answer};
  BOOST_TEST(body.truth("/success"));
  BOOST_TEST(body.text("/message") == message);
  BOOST_TEST(is_timestamp(body.text("/timestamp")));
}

void check_health(const json_document& body, const std::string& status) {
  BOOST_TEST(body.text("/data/status") == status);
  BOOST_TEST(is_timestamp(body.text("/data/timestamp")));
  BOOST_TEST(body.number("/data/uptime") >= 0.0);
  BOOST_TEST(body.text("/data/environment") == "testing");
  BOOST_TEST(!body.text("/data/version").empty());
  BOOST_TEST(body.names("/data/memory") == (names{"used", "total", "external", "rss"}),
             boost::test_tools::per_element());
  BOOST_TEST(body.number("/data/memory/rss") >= body.number("/data/memory/used"));
  BOOST_TEST(body.number("/data/memory/rss") > 0.0);
}

} // namespace

BOOST_AUTO_TEST_SUITE(operations_test)

BOOST_AUTO_TEST_CASE(health_has_the_predecessors_shapes) {
  own_service sut{{"--gateway-environment", "testing"}};
  get(sut.port(), member_path + shared_store().number(0)); // so that the database has been used
  auto plain = get(sut.port(), "/api/v1/health");
  check_success(plain, "Server is healthy");
  check_health(json_document{plain}, "healthy");

  auto detailed = get(sut.port(), "/api/v1/health/detailed");
  check_success(detailed, "Server is healthy");
  json_document details{detailed};
  check_health(details, "healthy");
  BOOST_TEST(details.number("/data/response_time") >= 0.0);
  BOOST_TEST(details.text("/data/database/status") == "healthy");
  BOOST_TEST(details.truth("/data/database/details/connected"));
  BOOST_TEST(details.text("/data/services/api") == "healthy");
  BOOST_TEST(details.text("/data/services/database") == "healthy");

  auto database = get(sut.port(), "/api/v1/health/database");
  check_success(database, "Database is healthy");
  BOOST_TEST(json_document{database}.text("/data/status") == "healthy");
  BOOST_TEST(json_document{database}.truth("/data/details/connected"));

  auto ready = get(sut.port(), ready_path);
  check_success(ready, "Service is ready");
  BOOST_TEST(json_document{ready}.names("/data") == names{"ready"}, boost::test_tools::per_element());
  BOOST_TEST(json_document{ready}.truth("/data/ready"));

  auto live = get(sut.port(), "/api/v1/health/live");
  check_success(live, "Service is alive");
  BOOST_TEST(json_document{live}.names("/data") == names{"alive"}, boost::test_tools::per_element());
  BOOST_TEST(json_document{live}.truth("/data/alive"));
}

BOOST_AUTO_TEST_CASE(the_figures_of_the_cache_are_true) {
  own_service sut;
  auto port = sut.port();
  auto answer = get(port, stats_path);
  check_success(answer, "Cache statistics retrieved successfully");
  json_document fresh{answer};
  BOOST_TEST(fresh.names("/data/member_cache") == (names{"totalCachedMembers", "cacheHitRate", "cacheSize"}),
             boost::test_tools::per_element());
  BOOST_TEST(fresh.names("/data/card_cache")
                 == (names{"pdfCacheSize", "qrCacheSize", "cardDataCacheSize", "totalCacheHits", "totalCacheMisses"}),
             boost::test_tools::per_element());
  BOOST_TEST(fresh.text("/data/member_cache/cacheSize").ends_with("MB"));
  BOOST_TEST(is_timestamp(fresh.text("/data/timestamp")));
  BOOST_TEST(fresh.whole("/data/member_cache/totalCachedMembers") == 0u);
  BOOST_TEST(fresh.number("/data/member_cache/cacheHitRate") == 0.0);
  BOOST_TEST(fresh.whole("/data/levels/database/statements") == 0u);
  BOOST_TEST(!fresh.truth("/data/levels/l2/configured"));

  const auto& number = shared_store().number(0);
  BOOST_TEST(came_from(get(port, member_path + number)) == "MISS DB");
  // The client is answered first, then the cache is filled.
  BOOST_TEST(eventually(5s, [&] { return stats(port).whole("/data/member_cache/totalCachedMembers") == 1u; }));
  auto missed = stats(port);
  BOOST_TEST(missed.whole("/data/levels/l1/misses") == 1u);
  BOOST_TEST(missed.whole("/data/levels/l1/hits") == 0u);
  BOOST_TEST(missed.whole("/data/levels/l1/bytes") > fresh.whole("/data/levels/l1/bytes"));
  BOOST_TEST(missed.whole("/data/levels/database/statements") == 1u);
  BOOST_TEST(missed.whole("/data/levels/database/keys") == 1u);
  BOOST_TEST(missed.whole("/data/levels/database/rows") == 1u);
  BOOST_TEST(missed.whole("/data/card_cache/totalCacheMisses") == 1u);

  BOOST_TEST(came_from(get(port, member_path + number)) == "HIT L1");
  auto hit = stats(port);
  BOOST_TEST(hit.whole("/data/levels/l1/hits") == 1u);
  BOOST_TEST(hit.whole("/data/levels/l1/misses") == 1u);
  BOOST_TEST(hit.whole("/data/levels/database/statements") == 1u);
  BOOST_TEST(hit.number("/data/member_cache/cacheHitRate") == 50.0);
  BOOST_TEST(hit.whole("/data/card_cache/totalCacheHits") == 1u);

  for (int i = 0; i < 3; ++i)
    BOOST_TEST(get(port, member_path + std::string{unknown_number}).status == 404);
  auto negative = stats(port);
  BOOST_TEST(negative.whole("/data/levels/l1/negative_hits") == 2u);
  BOOST_TEST(negative.whole("/data/levels/l1/negative_entries") == 1u);
  BOOST_TEST(negative.whole("/data/levels/l1/misses") == 2u);
  BOOST_TEST(negative.whole("/data/levels/database/statements") == 2u);
  BOOST_TEST(negative.whole("/data/levels/database/rows") == 1u);
  BOOST_TEST(negative.whole("/data/member_cache/totalCachedMembers") == 1u);
  BOOST_TEST(negative.number("/data/member_cache/cacheHitRate") == 60.0); // 3 of 5
}

BOOST_AUTO_TEST_CASE(the_cache_can_be_warmed) {
  own_service sut;
  auto port = sut.port();
  auto some = warm(port, R"({"member_limit":100})");
  check_success(some, "Cache warmed up successfully");
  json_document body{some};
  BOOST_TEST(body.names("/data") == (names{"warmed_members", "timestamp"}), boost::test_tools::per_element());
  BOOST_TEST(body.whole("/data/warmed_members") == 100u);
  BOOST_TEST(eventually(5s, [&] { return stats(port).whole("/data/member_cache/totalCachedMembers") == 100u; }));
  const auto all = shared_store().active().size();
  for (std::string each : {"", "{}", R"({"member_limit":10000})"}) { // 1,000 where nothing is said
    BOOST_TEST(json_document{warm(port, each)}.whole("/data/warmed_members") == all);
    // The caches take what they are given a moment later.
    BOOST_TEST(eventually(5s, [&] { return stats(port).whole("/data/member_cache/totalCachedMembers") == all; }));
  }
  BOOST_TEST(came_from(get(port, member_path + shared_store().number(0))) == "HIT L1");
}

BOOST_AUTO_TEST_CASE(the_cache_can_be_warmed_at_start) {
  own_service sut{{"--warm-cache", "150"}};
  BOOST_TEST(eventually(5s, [&] { return stats(sut.port()).whole("/data/member_cache/totalCachedMembers") == 150u; }));
}

BOOST_AUTO_TEST_CASE(warming_refuses_bad_input) {
  for (std::string each : {"99", "10001", "-1", "100.5", "\"500\"", "null", "1e3"}) {
    BOOST_TEST_CONTEXT(each) {
      auto answer = warm(shared_port(), R"({"member_limit":)" + each + "}");
      BOOST_TEST(answer.status == 400);
      BOOST_TEST(json_document{answer}.text("/errors/0/pointer") == "/member_limit");
    }
  }
  BOOST_TEST(json_document{warm(shared_port(), "{]")}.text("/errors/0/pointer") == "");
  auto text =
      ask(shared_port(), request("POST", warm_path, "Content-Type: text/plain\r\nContent-Length: 2\r\n") + "{}");
  BOOST_TEST(text.status == 415);
}

BOOST_AUTO_TEST_CASE(a_cleared_member_is_loaded_again) {
  own_service sut;
  auto port = sut.port();
  const auto& number = shared_store().number(2);
  const auto id = shared_store().member_id(number);
  for (std::string body : {std::string{}, std::string{"{}"}, R"({"id_number":")" + number + "\"}"}) {
    BOOST_TEST(came_from(get(port, member_path + number)) == "MISS DB");
    BOOST_TEST(came_from(get(port, member_path + number)) == "HIT L1");
    auto answer = clear(port, id, body);
    check_success(answer, "Member cache cleared successfully");
    json_document data{answer};
    BOOST_TEST(data.names("/data") == (names{"cleared", "member_id", "timestamp"}), boost::test_tools::per_element());
    BOOST_TEST(data.truth("/data/cleared"));
    BOOST_TEST(data.text("/data/member_id") == id);
    BOOST_TEST(is_timestamp(data.text("/data/timestamp")));
  }
  BOOST_TEST(came_from(get(port, member_path + number)) == "MISS DB");
  BOOST_TEST(stats(port).whole("/data/levels/l1/invalidations") >= 3u);
}

BOOST_AUTO_TEST_CASE(a_change_in_the_store_shows_after_clearing) {
  sample_store store;
  tessera_process sut{{"--store", store.url()}};
  const auto number = store.number(3);
  const auto id = store.member_id(number);
  auto email = [&] { return json_document{get(sut.port(), member_path + number)}.text("/data/email"); };
  email();
  store.query("UPDATE members SET email = 'changed@example.org' WHERE member_id = " + id);
  BOOST_TEST(email() != "changed@example.org");
  BOOST_TEST(clear(sut.port(), id).status == 200);
  BOOST_TEST(email() == "changed@example.org");
  // A member who left the store is cleared by both keys.
  store.query("DELETE FROM members WHERE member_id = " + id);
  BOOST_TEST(clear(sut.port(), id).status == 200); // the cache still knew the number
  BOOST_TEST(clear(sut.port(), id).status == 404); // now nobody does
  BOOST_TEST(clear(sut.port(), id, R"({"id_number":")" + number + "\"}").status == 200);
  BOOST_TEST(get(sut.port(), member_path + number).status == 404);
}

BOOST_AUTO_TEST_CASE(clearing_refuses_bad_input) {
  auto unknown = clear(shared_port(), "999999999");
  BOOST_TEST(unknown.status == 404);
  BOOST_TEST(json_document{unknown}.text("/error/code") == "NOT_FOUND");
  for (std::string id : {"0", "-1", "abc", "1.5", "99999999999999999999", "%31x"}) {
    BOOST_TEST_CONTEXT(id) {
      auto answer = clear(shared_port(), id);
      BOOST_TEST(answer.status == 400);
      BOOST_TEST(json_document{answer}.text("/error/code") == "VALIDATION_ERROR");
      BOOST_TEST(json_document{answer}.text("/errors/0/pointer") == "/memberId");
    }
  }
  auto bad_number = clear(shared_port(), "1", R"({"id_number":"12"})");
  BOOST_TEST(bad_number.status == 400);
  BOOST_TEST(json_document{bad_number}.text("/errors/0/pointer") == "/id_number");
}

BOOST_AUTO_TEST_SUITE_END()
