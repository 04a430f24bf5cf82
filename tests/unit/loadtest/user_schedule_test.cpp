#include "loadtest/user_schedule.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <tuple>
#include <vector>

using namespace std::chrono_literals;
using tessera::loadtest::user_schedule;

namespace {

constexpr auto run = 20s;
const user_schedule::options plan{.users = 101, .rate = 0.5, .ramp = 10s, .seed = 7};

} // namespace

BOOST_AUTO_TEST_CASE(each_user_asks_within_one_gap_from_their_begin_and_then_with_equal_gaps) {
  user_schedule schedule{plan};
  BOOST_REQUIRE_EQUAL(schedule.users(), 101u);
  std::vector<std::vector<std::chrono::nanoseconds>> due(schedule.users());
  std::chrono::nanoseconds latest{0};
  while (schedule.next_due() < run) {
    auto next = schedule.take();
    BOOST_TEST((next.due >= latest));
    latest = next.due;
    due[next.user].push_back(next.due);
  }
  for (std::size_t user = 0; user < due.size(); ++user) {
    BOOST_REQUIRE(!due[user].empty());
    BOOST_TEST((due[user].front() >= schedule.begin_of(user) && due[user].front() < schedule.begin_of(user) + 2s));
    for (std::size_t i = 1; i < due[user].size(); ++i)
      BOOST_TEST((due[user][i] - due[user][i - 1] == 2s));
  }
}

BOOST_AUTO_TEST_CASE(after_the_ramp_each_user_asks_exactly_as_often_as_the_rate_says) {
  user_schedule schedule{plan};
  std::vector<int> measured(schedule.users());
  while (schedule.next_due() < run)
    if (auto next = schedule.take(); next.due >= plan.ramp + 2s)
      ++measured[next.user];
  BOOST_TEST(std::ranges::all_of(measured, [](int count) { return count == 4; }));
}

BOOST_AUTO_TEST_CASE(users_begin_evenly_over_the_ramp) {
  user_schedule schedule{{.users = 100, .rate = 1, .ramp = 10s}};
  for (int user = 0; user < 100; ++user)
    BOOST_TEST((std::chrono::abs(schedule.begin_of(static_cast<std::size_t>(user)) - user * 100ms) < 1us));
}

BOOST_AUTO_TEST_CASE(the_schedules_of_several_processes_together_are_that_of_one) {
  auto requests_of = [](std::size_t processes) {
    std::vector<std::tuple<std::chrono::nanoseconds, std::size_t>> result;
    for (std::size_t first = 0; first < processes; ++first) {
      auto part = plan;
      part.first = first;
      part.step = processes;
      user_schedule schedule{part};
      while (schedule.next_due() < run) {
        auto next = schedule.take();
        result.emplace_back(next.due, first + next.user * processes);
      }
    }
    std::ranges::sort(result);
    return result;
  };
  BOOST_TEST((requests_of(3) == requests_of(1)));
}
