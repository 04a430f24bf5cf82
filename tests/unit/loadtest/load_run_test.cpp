#include "loadtest/load_report.hpp"
#include "loadtest/load_run.hpp"
#include "tests/support/scripted_server.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::loadtest;
using tessera::test::json_answer;
using tessera::test::scripted_server;

namespace {

const load_member whom{id_number::from_digits("8001015009087").value(), member_id{7}};
const std::string right = json_answer(200, R"({"member_id":7,"id_number":"8001015009087"})", "X-Cache: HIT\r\n");
const std::string of_another = json_answer(200, R"({"member_id":8,"id_number":"8001015009087"})");

constexpr std::uint64_t asked = 40;

/// Has 10 users look one member up 4 times a second each, for a second.
run_tally load_on(const scripted_server& server) {
  load_plan plan;
  plan.target = find_target(server.url()).value();
  plan.users = 10;
  plan.processes = 2;
  plan.rate = 4;
  plan.ramp = 0s;
  plan.duration = 1s;
  plan.patience = 300ms;
  plan.mix.weights = {1, 0, 0, 0};
  auto outcome = run_load(plan, {&whom, 1}, {}, [](const run_progress&) { return true; });
  BOOST_REQUIRE(outcome);
  BOOST_TEST(outcome->totals.due == asked);
  return outcome->totals;
}

std::uint64_t kind(const outcome_tally& tally, outcome which, std::string_view name) {
  return tally.kinds[index_of(which)].of(name);
}

} // namespace

BOOST_AUTO_TEST_CASE(all_that_is_due_is_asked_for_once_and_counted_once) {
  scripted_server server{[](auto, auto) { return scripted_server::answer{right}; }};
  auto all = load_on(server).total();
  BOOST_TEST(server.requests() == asked);
  BOOST_TEST(all.of(outcome::good) == asked);
  BOOST_TEST(all.requests() == asked);
  BOOST_TEST(hit_ratio(all).value() == 1.0);
}

BOOST_AUTO_TEST_CASE(the_answer_of_another_member_is_wrong) {
  scripted_server server{[](auto, std::size_t earlier) {
    return scripted_server::answer{earlier % 4 == 0 ? of_another : right};
  }};
  auto all = load_on(server).total();
  BOOST_TEST(kind(all, outcome::wrong, "another member") == asked / 4);
  BOOST_TEST(all.of(outcome::good) == asked - asked / 4);
}

BOOST_AUTO_TEST_CASE(refusals_are_counted_by_their_code_and_are_no_errors) {
  scripted_server server{[](auto, std::size_t earlier) {
    return scripted_server::answer{earlier % 2 == 0 ? json_answer(429, R"({"code":"RATE_LIMIT"})") : right};
  }};
  auto all = load_on(server).total();
  BOOST_TEST(kind(all, outcome::refused, "429 RATE_LIMIT") == asked / 2);
  BOOST_TEST(all.of(outcome::failed) == 0u);
}

BOOST_AUTO_TEST_CASE(a_member_who_is_not_found_is_wrong_and_a_fault_of_the_server_an_error) {
  scripted_server server{[](auto, std::size_t earlier) {
    return scripted_server::answer{json_answer(earlier % 2 == 0 ? 404 : 500, R"({"code":"ANY"})")};
  }};
  auto all = load_on(server).total();
  BOOST_TEST(kind(all, outcome::wrong, "404 ANY") == asked / 2);
  BOOST_TEST(kind(all, outcome::failed, "500 ANY") == asked / 2);
}

BOOST_AUTO_TEST_CASE(half_an_answer_is_an_error) {
  scripted_server server{[](auto, auto) {
    return scripted_server::answer{right.substr(0, right.size() / 2), true};
  }};
  auto all = load_on(server).total();
  BOOST_TEST(kind(all, outcome::failed, "closed") == asked);
}

BOOST_AUTO_TEST_CASE(what_is_no_http_is_an_error) {
  scripted_server server{[](auto, auto) { return scripted_server::answer{"SMTP ready\r\n\r\n"}; }};
  BOOST_TEST(kind(load_on(server).total(), outcome::failed, "malformed") == asked);
}

BOOST_AUTO_TEST_CASE(a_connection_that_was_closed_behind_an_answer_is_opened_again) {
  scripted_server server{[](auto, auto) { return scripted_server::answer{right, true}; }};
  auto totals = load_on(server);
  BOOST_TEST(totals.total().of(outcome::good) == asked);
  BOOST_TEST(totals.reconnects == asked - 10); // each user's first one is not
}

BOOST_AUTO_TEST_CASE(no_answer_at_all_is_an_error_of_each_request_that_waited) {
  scripted_server server{[](auto, auto) { return scripted_server::answer{}; }};
  auto all = load_on(server).total();
  BOOST_TEST(kind(all, outcome::failed, "timeout") == asked);
  BOOST_TEST(all.requests() == asked);
}
