#include "tests/faults/crowd.hpp"

#include "tests/faults/fault_proxy.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/unit_test.hpp>
#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <thread>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

using clock_type = std::chrono::steady_clock;

/// Answers each number with what the service would say for it: 1 is a hit, 2 a miss, others are refused.
struct service {
  service() {
    server.Get("/api/v1/optimized-cards/member/(\\d)", [](const auto& request, auto& response) {
      auto number = request.matches[1].str();
      response.status = number == "1" || number == "2" ? 200 : 503;
      response.set_header("X-Cache", number == "1" ? "HIT" : "MISS");
      response.set_content(R"({"error":{"code":"QUEUE_FULL"}})", "application/json");
    });
    server.set_keep_alive_max_count(1'000'000);
    port = server.bind_to_any_port("127.0.0.1");
    thread = std::thread{[this] { server.listen_after_bind(); }};
    BOOST_REQUIRE(eventually(10s, [this] { return server.is_running(); }));
  }
  ~service() {
    server.stop();
    thread.join();
  }

  httplib::Server server;
  int port = 0;
  std::thread thread;
};

struct fixture {
  service server;
  fault_proxy proxy{static_cast<std::uint16_t>(server.port)};
};

crowd::group asking(const char* number, std::size_t clients = 1) {
  return {clients, 1ms, [number] { return number; }};
}

std::size_t count(const crowd& sut, std::string_view what) {
  auto seen = sut.seen();
  return static_cast<std::size_t>(std::ranges::count(seen, what, &sighting::what));
}

} // namespace

BOOST_AUTO_TEST_SUITE(crowd_test)

BOOST_FIXTURE_TEST_CASE(answers_are_told_apart_and_stand_in_order, fixture) {
  crowd sut{proxy.port(), {asking("1", 2), asking("2"), asking("3")}};
  BOOST_TEST(eventually(20s, [&] {
    return count(sut, "200 HIT") >= 20 && count(sut, "200 MISS") >= 20 && count(sut, "503 QUEUE_FULL") >= 20;
  }));
  sut.finish(20s);
  auto seen = sut.seen();
  BOOST_TEST(std::ranges::is_sorted(seen, {}, &sighting::answered));
  for (const auto& each : seen) {
    BOOST_TEST(each.what == (each.group == 0 ? "200 HIT" : each.group == 1 ? "200 MISS" : "503 QUEUE_FULL"));
    BOOST_TEST((each.asked <= each.answered));
  }
  BOOST_TEST(sut.seen(seen.size()).empty());
  BOOST_TEST(sut.seen(seen.size() - 1).size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(broken_connections_are_told_and_made_anew, fixture) {
  crowd sut{proxy.port(), {asking("1", 2)}};
  for (const auto& what : {fault::refuse(), fault::reset(), fault::truncate(3)}) {
    auto errors = count(sut, sighting::connection_error);
    proxy.inject(what);
    BOOST_TEST(eventually(20s, [&] { return count(sut, sighting::connection_error) >= errors + 10; }));
    proxy.heal();
    auto hits = count(sut, "200 HIT");
    BOOST_TEST(eventually(20s, [&] { return count(sut, "200 HIT") >= hits + 10; }));
  }
}

BOOST_FIXTURE_TEST_CASE(finishing_waits_for_answers_but_not_for_ever, fixture) {
  std::atomic<std::size_t> asked = 0;
  crowd::group counted{4, 1ms, [&] {
                         ++asked;
                         return "1";
                       }};
  crowd one{proxy.port(), {counted}};
  BOOST_TEST(eventually(20s, [&] { return count(one, "200 HIT") >= 20; }));
  proxy.inject(fault::slow(100ms));
  one.finish(20s);
  BOOST_TEST(one.seen().size() == asked.load());
  BOOST_TEST(count(one, sighting::no_answer) == 0u);

  proxy.inject(fault::freeze());
  asked = 0;
  crowd two{proxy.port(), {counted}};
  BOOST_TEST(eventually(20s, [&] { return asked.load() == 4; }));
  BOOST_TEST((two.oldest_unanswered() <= clock_type::now()));
  two.finish(50ms);
  BOOST_TEST(count(two, sighting::no_answer) == 4u);
  BOOST_TEST((two.oldest_unanswered() == sighting::time_point::max()));
}

BOOST_AUTO_TEST_SUITE_END()
