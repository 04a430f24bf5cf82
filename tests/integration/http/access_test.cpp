#include "tests/integration/http/http_client.hpp"
#include "tests/integration/http/program_run.hpp"
#include "tests/integration/http/sample_store.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/tessera_process.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

const std::string detailed_path = "/api/v1/health/detailed";

/// A service on a store of its own, and `tessera keys` on that store.
struct access_fixture {
  access_fixture() : access_fixture(tessera_process::options{}) {
  }
  explicit access_fixture(tessera_process::options how) : sut(with_store(std::move(how))) {
  }

  tessera_process::options with_store(tessera_process::options how) const {
    how.arguments.insert(how.arguments.end(), {"--store", store.url()});
    return how;
  }

  std::string keys(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "keys");
    arguments.insert(arguments.end(), {"--store", store.url()});
    auto end = run_program(arguments);
    BOOST_TEST_REQUIRE(end.code == 0, end.errors);
    return end.output.substr(0, end.output.find('\n'));
  }
  std::string new_key(const std::string& scopes, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"create", "--name", "test", "--scopes", scopes});
    return keys(std::move(more));
  }

  static std::string bearer(const std::string& key) {
    return "Authorization: Bearer " + key + "\r\n";
  }
  std::string member(std::size_t index = 0) const {
    return member_path + store.number(index);
  }
  int status(const std::string& path, const std::string& headers = {}) const {
    return get(sut.port(), path, headers).status;
  }
  /// Waits until the service has seen a change of the keys.
  bool becomes(int expected, const std::string& path, const std::string& headers = {}) const {
    return eventually(10s, [&] { return status(path, headers) == expected; });
  }

  sample_store store;
  tessera_process sut;
};

struct opened : access_fixture {
  opened() : access_fixture({.arguments = {"--open", "lookup"}}) {
  }
};

struct limited : access_fixture {
  limited() : access_fixture({.environment = {"RATE_LIMIT_MEMBER_LOOKUP=2"}, .limits = true}) {
  }
};

struct by_a_proxy : access_fixture {
  by_a_proxy() : access_fixture({.arguments = {"--trusted", "127.0.0.2"}}) {
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(access_test)

BOOST_FIXTURE_TEST_CASE(without_a_key_this_machine_may_do_all_until_there_is_one, access_fixture) {
  for (const auto& path : {member(), stats_path, detailed_path})
    BOOST_TEST(status(path) == 200, path);
  auto key = new_key("lookup");
  BOOST_TEST(becomes(401, member()));
  auto refused = get(sut.port(), member());
  BOOST_TEST(json_document{refused}.text("/error/code") == "AUTHENTICATION_ERROR");
  BOOST_TEST(header(refused, "WWW-Authenticate") == "Bearer");
  BOOST_TEST(digit_runs(refused.body).empty());
  BOOST_TEST(status(member(), bearer(key)) == 200);
  for (const auto& path : {ready_path, std::string{"/api/v1/health"}, std::string{"/api/v1/health/live"}})
    BOOST_TEST(status(path) == 200, path);
}

BOOST_FIXTURE_TEST_CASE(each_route_needs_its_scope, access_fixture) {
  auto lookup = new_key("lookup");
  auto operate = new_key("operate");
  BOOST_TEST(becomes(200, stats_path, bearer(operate)));
  BOOST_TEST(status(member(), bearer(lookup)) == 200);
  BOOST_TEST(ask(sut.port(), request("DELETE", clear_path + "1", bearer(operate))).status == 200);
  BOOST_TEST(status(detailed_path, bearer(operate)) == 200);
  BOOST_TEST(ask(sut.port(), request("POST", warm_path, bearer(operate))).status == 200);
  BOOST_TEST(status(member(), bearer(operate)) == 403);
  BOOST_TEST(ask(sut.port(), request("DELETE", clear_path + "1", bearer(lookup))).status == 403);
  BOOST_TEST(ask(sut.port(), request("POST", warm_path, bearer(lookup))).status == 403);
  auto forbidden = get(sut.port(), stats_path, bearer(lookup));
  BOOST_TEST(forbidden.status == 403);
  BOOST_TEST(json_document{forbidden}.text("/error/code") == "AUTHORIZATION_ERROR");
  BOOST_TEST(json_document{forbidden}.text("/error/message").find("operate") != std::string::npos);
  // Who did it stands in the audit log.
  auto id = operate.substr(4, 10);
  BOOST_TEST(eventually(10s, [&] {
    return !store.query("SELECT 1 FROM audit_log WHERE action = 'cache.clear' AND actor = 'key:" + id + "'").empty();
  }));
  BOOST_TEST(sut.log().find(lookup) == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_revoked_key_is_refused_soon_and_the_last_one_opens_nothing, access_fixture) {
  auto key = new_key("lookup");
  BOOST_TEST(becomes(401, member()));
  BOOST_TEST(status(member(), bearer(key)) == 200);
  keys({"revoke", key.substr(4, 10)});
  BOOST_TEST(becomes(401, member(), bearer(key)));
  BOOST_TEST(json_document{get(sut.port(), member(), bearer(key))}.text("/error/message").find("revoked")
             != std::string::npos);
  BOOST_TEST(status(member()) == 401);
}

BOOST_FIXTURE_TEST_CASE(wrong_credentials_are_refused, access_fixture) {
  auto key = new_key("lookup,operate");
  BOOST_TEST(becomes(401, member()));
  auto other = key;
  other[20] = other[20] == 'A' ? 'B' : 'A';
  for (const auto& headers : {bearer(other), bearer(""), bearer(key + "x"), bearer(key) + bearer(key),
                              std::string{"Authorization: Basic YTpi\r\n"}, std::string{"Authorization: x\r\n"}})
    BOOST_TEST(status(member(), headers) == 401, headers);
  BOOST_TEST(status(ready_path, bearer(other)) == 200);
  BOOST_TEST(status(member(), "authorization: bearer " + key + "\r\n") == 200);
}

BOOST_FIXTURE_TEST_CASE(open_scopes_need_no_key_but_a_wrong_one_is_told, opened) {
  auto key = new_key("operate");
  BOOST_TEST(becomes(401, stats_path));
  BOOST_TEST(status(member()) == 200);
  BOOST_TEST(status(member(), bearer(key)) == 200);
  BOOST_TEST(status(member(), bearer("nonsense")) == 401);
}

BOOST_FIXTURE_TEST_CASE(limits_hold_per_key_and_by_its_multiplier, limited) {
  auto one = new_key("lookup", {"--limit-multiplier", "2"});
  auto other = new_key("lookup");
  BOOST_TEST(eventually(10s, [&] { return status(stats_path) == 401; }));
  BOOST_TEST(eventually(10s, [&] { // both are known; whichever answer it is, it counts for `other`
    return status(stats_path, bearer(other)) == 403;
  }));
  for (int i = 0; i < 4; ++i)
    BOOST_TEST(status(member(), bearer(one)) == 200);
  BOOST_TEST(status(member(), bearer(one)) == 429);
  for (int i = 0; i < 2; ++i)
    BOOST_TEST(status(member(), bearer(other)) == 200);
  BOOST_TEST(status(member(), bearer(other)) == 429);
}

BOOST_FIXTURE_TEST_CASE(keys_work_while_the_store_is_gone, access_fixture) {
  auto key = new_key("lookup");
  BOOST_TEST(becomes(401, member()));
  BOOST_TEST(status(member(), bearer(key)) == 200);
  store.query("ALTER TABLE api_keys RENAME TO api_keys_gone");
  BOOST_TEST(eventually(10s, [&] { return sut.log().find("the API keys cannot be read") != std::string::npos; }));
  BOOST_TEST(status(member(), bearer(key)) == 200);
  BOOST_TEST(status(member()) == 401);
}

BOOST_FIXTURE_TEST_CASE(what_a_proxy_passes_on_is_not_local_unless_the_proxy_is_trusted, by_a_proxy) {
  auto from = [&](const std::string& address, const std::string& headers) {
    raw_connection connection{sut.port(), {.source_address = address}};
    connection.send(request("GET", member(), headers));
    return connection.read_response().status;
  };
  for (const char* forwarded : {"X-Forwarded-For: 127.0.0.1\r\n", "Forwarded: for=127.0.0.1\r\n"}) {
    BOOST_TEST(from("127.0.0.1", forwarded) == 401);
    BOOST_TEST(from("127.0.0.2", forwarded) == 200);
  }
  BOOST_TEST(from("127.0.0.1", "") == 200);
}

BOOST_FIXTURE_TEST_CASE(a_name_that_was_made_to_mean_this_machine_opens_nothing, access_fixture) {
  auto under = [&](const std::string& host) {
    raw_connection connection{sut.port()};
    connection.send("GET " + member() + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    return connection.read_response().status;
  };
  BOOST_TEST(under("localhost:" + std::to_string(sut.port())) == 200);
  BOOST_TEST(under("evil.example:" + std::to_string(sut.port())) == 401);
  BOOST_TEST(status(member(), "Origin: https://evil.example\r\n") == 401);
}

BOOST_AUTO_TEST_SUITE_END()
