#pragma once

#include "tests/integration/http/http_client.hpp"
#include "tests/support/mariadb_server.hpp"
#include "tests/support/tessera_process.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace tessera::test {

/// A MariaDB with 200 sample members and a process that serves them.
struct database_fixture {
  explicit database_fixture(std::vector<std::string> environment = {})
      : sut({.arguments = with_members(), .environment = std::move(environment)}) {
  }

  std::vector<std::string> with_members() {
    run_tessera({"migrate", "--store", database.url()});
    run_tessera({"sample-data", "--members", "200", "--store", database.url()});
    return {"--store", database.url()};
  }

  /// Returns the ID number of an active member, another one for each `index`.
  std::string number(int index) {
    return database.query_value("SELECT id_number FROM members WHERE membership_status = 'Active' ORDER BY member_id "
                                "LIMIT 1 OFFSET "
                                + std::to_string(index));
  }

  raw_response ask_for(const std::string& number) {
    return get(sut.port(), member_path + number);
  }

  json_document figures() {
    return stats(sut.port());
  }

  mariadb_server database;
  tessera_process sut;
};

inline void check_unavailable(const raw_response& answer) {
  BOOST_TEST(answer.status == 503);
  json_document body{answer};
  BOOST_TEST(body.text("/error/code") == "DATABASE_UNAVAILABLE");
  BOOST_TEST(body.whole("/error/retryAfter") >= 1u);
  BOOST_TEST(header(answer, "Retry-After") == std::to_string(body.whole("/error/retryAfter")));
}

/// Asserts that a stale copy says so.
inline void check_stale(const raw_response& answer) {
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(header(answer, "X-Cache") == "STALE");
  json_document body{answer};
  BOOST_TEST(body.truth("/stale"));
  BOOST_TEST(is_timestamp(body.text("/stale_since")));
  BOOST_TEST(body.text("/stale_since") <= body.text("/timestamp"));
  BOOST_TEST(header(answer, "Cache-Status").find("ttl=-") != std::string::npos, header(answer, "Cache-Status"));
}

template <class Action>
std::chrono::milliseconds time_of(Action action) {
  auto since = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - since);
}

} // namespace tessera::test
