#include "tests/integration/http/http_client.hpp"
#include "tests/integration/http/shared_service.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <system_error>
#include <thread>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

/// A client that asks over one connection as fast as it is answered, and over a new one where the answer said that this
/// one ends, until it is refused.
struct tireless_client {
  void run(std::uint16_t port, std::size_t index) {
    auto bytes = request("GET", member_path + shared_store().number(index));
    try {
      for (;;) {
        raw_connection connection{port};
        while (ask_once(connection, bytes)) {
        }
      }
    } catch (const std::system_error& error) {
      refused = error.code() == std::errc::connection_refused;
      failure = error.what();
    } catch (const std::exception& error) {
      failure = error.what();
    }
  }

  /// Returns whether the connection stays open.
  bool ask_once(raw_connection& connection, const std::string& bytes) {
    connection.send(bytes);
    auto answer = connection.read_response();
    ++(answer.status == 200 ? good : bad);
    return header(answer, "Connection") != "close";
  }

  std::atomic<std::uint64_t> good{0};
  std::atomic<std::uint64_t> bad{0};
  bool refused = false;
  std::string failure;
};

} // namespace

BOOST_AUTO_TEST_SUITE(stop_test)

BOOST_AUTO_TEST_CASE(an_idle_process_stops_at_once) {
  for (int signal : {SIGTERM, SIGINT}) {
    own_service sut;
    raw_connection unused{sut.port()};
    raw_connection used{sut.port()};
    used.send(request("GET", ready_path));
    BOOST_TEST(used.read_response().status == 200);
    auto since = std::chrono::steady_clock::now();
    sut.signal(signal);
    BOOST_TEST(sut.wait(10s).value_or(-1) == 0);
    BOOST_TEST((std::chrono::steady_clock::now() - since < 2s));
    BOOST_TEST(used.closed_within(1s));
    BOOST_TEST(unused.closed_within(1s));
  }
}

BOOST_AUTO_TEST_CASE(a_request_that_is_arriving_is_still_answered) {
  own_service sut;
  auto bytes = request("GET", member_path + shared_store().number(9));
  raw_connection connection{sut.port()};
  connection.send(request("GET", ready_path) + bytes.substr(0, 20));
  BOOST_TEST(connection.read_response().status == 200); // so the beginning has been read, too
  sut.signal(SIGTERM);
  BOOST_TEST(eventually(10s, [&] { return sut.log().find("Stopping") != std::string::npos; }));
  BOOST_TEST(eventually(10s, [&] {
    try {
      raw_connection{sut.port()};
      return false;
    } catch (const std::system_error&) {
      return true;
    }
  })); // so the draining has begun
  connection.send(bytes.substr(20));
  auto answer = connection.read_response();
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(header(answer, "Connection") == "close");
  connection.close();
  BOOST_TEST(sut.wait(10s).value_or(-1) == 0);
}

BOOST_AUTO_TEST_CASE(no_request_fails_when_a_busy_process_stops) {
  constexpr std::size_t clients = 50;
  own_service sut;
  std::vector<tireless_client> all(clients);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < clients; ++i)
    threads.emplace_back([&, i] { all[i].run(sut.port(), i); });
  bool all_work = eventually(
      20s, [&] { return std::all_of(all.begin(), all.end(), [](const auto& each) { return each.good > 20; }); });
  auto since = std::chrono::steady_clock::now();
  sut.signal(SIGTERM);
  auto code = sut.wait(20s);
  auto took = std::chrono::steady_clock::now() - since;
  for (auto& each : threads)
    each.join();
  BOOST_TEST(all_work);
  BOOST_TEST(code.value_or(-1) == 0);
  BOOST_TEST((took < 5s));
  for (const auto& each : all) {
    BOOST_TEST(each.bad == 0u);
    BOOST_TEST(each.refused, each.failure);
  }
}

BOOST_AUTO_TEST_SUITE_END()
