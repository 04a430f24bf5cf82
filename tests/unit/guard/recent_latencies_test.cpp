#include "guard/recent_latencies.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <deque>
#include <random>
#include <vector>

using namespace tessera;
using namespace std::chrono_literals;

namespace {

struct fixture {
  void step() {
    latency_counts counts;
    recorded.add_to(counts);
    sut.step(counts);
  }

  latency_histogram recorded;
  recent_latencies sut;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(recent_latencies_test, fixture)

BOOST_AUTO_TEST_CASE(what_was_recorded_before_the_first_step_is_not_recent) {
  recorded.record(1s);
  step();
  BOOST_TEST(sut.recent().count == 0U);
  recorded.record(1ms);
  step();
  BOOST_TEST(sut.recent().count == 1U);
  BOOST_TEST((sut.recent().max >= 1ms && sut.recent().max < 1'100us));
}

BOOST_AUTO_TEST_CASE(a_step_is_forgotten_after_ten_more) {
  step();
  recorded.record(1s);
  step();
  for (std::size_t i = 1; i < recent_latencies::steps; ++i) {
    step();
    BOOST_TEST(sut.recent().count == 1U);
    BOOST_TEST(sut.last().count == 0U);
  }
  step();
  BOOST_TEST(sut.recent().count == 0U);
}

BOOST_AUTO_TEST_CASE(it_tells_what_a_list_of_all_durations_of_the_last_steps_tells) {
  std::mt19937_64 random{5};
  std::deque<std::vector<std::int64_t>> model;
  step();
  for (int i = 0; i < 200; ++i) {
    auto& fresh = model.emplace_back();
    for (auto n = random() % 50; n > 0; --n) {
      fresh.push_back(static_cast<std::int64_t>(random() >> (30 + random() % 34)));
      recorded.record(std::chrono::nanoseconds{fresh.back()});
    }
    if (model.size() > recent_latencies::steps)
      model.pop_front();
    step();
    std::vector<std::int64_t> all;
    for (const auto& each : model)
      all.insert(all.end(), each.begin(), each.end());
    std::ranges::sort(all);
    BOOST_REQUIRE(sut.recent().count == all.size());
    BOOST_REQUIRE(sut.last().count == model.back().size());
    if (all.empty())
      continue;
    auto exact = all[(all.size() + 1) / 2 - 1];
    BOOST_REQUIRE(sut.recent().p50.count() >= exact);
    BOOST_REQUIRE(sut.recent().p50.count() - exact <= exact / 16);
    BOOST_REQUIRE(sut.recent().max.count() - all.back() <= all.back() / 16);
  }
}

BOOST_AUTO_TEST_SUITE_END()
