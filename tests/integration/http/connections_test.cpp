#include "tests/integration/http/http_client.hpp"
#include "tests/integration/http/shared_service.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

using clock_type = std::chrono::steady_clock;

std::string a_member() {
  return member_path + shared_store().number(7);
}

/// Returns whether an answer comes within the connection's time.
bool answered(raw_connection& connection) {
  try {
    return connection.read_response().status == 200;
  } catch (const timed_out&) {
    return false;
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(connections_test)

BOOST_AUTO_TEST_CASE(idle_connections_are_closed) {
  own_service sut{{"--gateway-idle-timeout", "500ms"}};
  raw_connection used{sut.port()};
  used.send(request("GET", a_member()));
  auto since = clock_type::now();
  BOOST_TEST(used.read_response().status == 200);
  BOOST_TEST(used.closed_within(10s));
  BOOST_TEST((clock_type::now() - since > 400ms));
}

BOOST_AUTO_TEST_CASE(a_connection_in_use_outlives_the_idle_time) {
  own_service sut{{"--gateway-idle-timeout", "500ms"}};
  raw_connection connection{sut.port()};
  auto until = clock_type::now() + 2s;
  bool alive = true;
  while (alive && clock_type::now() < until) {
    connection.send(request("GET", a_member()));
    alive = connection.read_response().status == 200 && !connection.closed_within(100ms);
  }
  BOOST_TEST(alive);
}

BOOST_AUTO_TEST_CASE(a_request_that_does_not_arrive_is_answered_408) {
  own_service sut{{"--gateway-head-timeout", "400ms"}};
  for (const auto& begun : {std::string{"GET /api"}, request("POST", lookup_path, "Content-Length: 10\r\n") + "half",
                            request("POST", lookup_path, "Transfer-Encoding: chunked\r\n") + "5\r\nhal"}) {
    raw_connection connection{sut.port()};
    connection.send(begun);
    auto since = clock_type::now();
    auto answer = connection.read_response();
    BOOST_TEST((clock_type::now() - since > 300ms));
    BOOST_TEST(answer.status == 408);
    BOOST_TEST(json_document{answer}.text("/error/code") == "REQUEST_TIMEOUT");
    BOOST_TEST(connection.closed_within(10s));
  }
}

BOOST_AUTO_TEST_CASE(dripping_bytes_do_not_buy_time) {
  own_service sut{{"--gateway-head-timeout", "400ms"}};
  raw_connection connection{sut.port(), {.timeout = 50ms}};
  const auto slow = request("GET", a_member(), "X-Slow: " + std::string(400, 's') + "\r\n");
  int status = 0;
  for (std::size_t sent = 0; sent < slow.size() && status == 0; ++sent) {
    connection.send(slow.substr(sent, 1));
    try {
      status = connection.read_response().status; // waits for 50 ms
    } catch (const timed_out&) {
    }
  }
  BOOST_TEST(status == 408);
}

BOOST_AUTO_TEST_CASE(at_the_limit_of_connections_accepting_pauses_and_goes_on_later) {
  constexpr std::size_t limit = 20;
  own_service sut{{"--gateway-max-connections", std::to_string(limit)}};
  // The connection that asked whether the process is ready goes first.
  std::vector<raw_connection> open;
  BOOST_TEST_REQUIRE(eventually(10s, [&] {
    open.clear();
    while (open.size() < limit) {
      open.emplace_back(sut.port(), raw_connection::options{.timeout = 300ms});
      open.back().send(request("GET", a_member()));
      if (!answered(open.back()))
        return false;
    }
    return true;
  }));
  std::vector<raw_connection> waiting;
  for (int i = 0; i < 3; ++i) {
    waiting.emplace_back(sut.port(), raw_connection::options{.timeout = 300ms}); // the system accepts it
    waiting.back().send(request("GET", a_member()));
  }
  for (auto& each : waiting)
    BOOST_TEST(!answered(each));
  for (auto& each : open) { // those that are there are served meanwhile
    each.send(request("GET", a_member()));
    BOOST_TEST(answered(each));
  }
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    open[i].close();
    BOOST_TEST(eventually(10s, [&] { return answered(waiting[i]); }));
  }
}

BOOST_AUTO_TEST_SUITE_END()
