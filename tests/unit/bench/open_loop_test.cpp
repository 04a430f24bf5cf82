#include "bench/open_loop.hpp"

#include "tests/support/scripted_server.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>
#include <thread>

using namespace std::chrono_literals;
using namespace tessera::bench;
using tessera::test::json_answer;
using tessera::test::scripted_server;

namespace {

constexpr auto hold_up = 300ms;

/// Answers the first request late.
scripted_server::answer answer_first_late(std::string_view, std::size_t earlier) {
  if (earlier == 0)
    std::this_thread::sleep_for(hold_up);
  return {json_answer(200, "{}", "X-Cache: HIT\r\n")};
}

} // namespace

BOOST_AUTO_TEST_SUITE(open_loop_test)

BOOST_AUTO_TEST_CASE(
    what_is_due_while_an_answer_is_held_up_counts_from_then_and_too_few_connections_make_the_run_void) {
  scripted_server server{answer_first_late};
  open_loop_options options;
  options.port = server.port();
  options.rate = 100;
  options.seconds = 0.5;
  options.schedule = arrivals::constant;
  options.connections = 1;
  open_loop sut{options, {"/"}};
  const auto& report = sut.run();
  BOOST_TEST(report.requests == 50u);
  const auto& found = report.answers.kinds().at({200, "HIT"}).latency_ns;
  BOOST_TEST(found.count() == 50u);
  BOOST_TEST((std::chrono::nanoseconds{found.max()} >= hold_up));
  // Of those due every 10 ms, the second waited for at least 290 ms, the next for 280 ms, and so on: of 50, some 24 for
  // longer than 60 ms.
  BOOST_TEST((std::chrono::nanoseconds{found.percentile(0.6)} >= 50ms));
  BOOST_TEST(report.connection_waits >= 29u);
  const auto reasons = report.void_reasons();
  BOOST_TEST((std::find(reasons.begin(), reasons.end(), "its connections ran out") != reasons.end()));
}

BOOST_AUTO_TEST_CASE(a_run_counts_unless_its_requests_were_late_or_too_few) {
  auto sent = [](std::uint64_t in_time, std::chrono::nanoseconds lag) {
    open_loop_report report{1s};
    report.requests = 100;
    report.sent_in_time = in_time;
    for (int i = 0; i < 98; ++i)
      report.send_lag_ns.record(0);
    report.send_lag_ns.record(static_cast<std::uint64_t>(lag.count()));
    report.send_lag_ns.record(static_cast<std::uint64_t>(lag.count()));
    return report.void_reasons().size();
  };
  BOOST_TEST(sent(100, 0ms) == 0u);
  BOOST_TEST(sent(98, 5ms) == 0u);
  BOOST_TEST(sent(97, 5ms) == 1u);
  BOOST_TEST(sent(98, 6ms) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
