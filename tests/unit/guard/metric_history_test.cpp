#include "guard/metric_history.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>

using namespace tessera;
using range = metric_history::range;

namespace {

constexpr float unknown = std::numeric_limits<float>::quiet_NaN();
constexpr std::int64_t start = 1'800'000'000; // a whole minute

struct fixture {
  void add(std::int64_t at, float value) {
    sut.add(start + at, std::vector{value});
  }

  metric_history sut{1};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(metric_history_test, fixture)

BOOST_AUTO_TEST_CASE(each_second_of_ten_minutes_is_kept) {
  for (int i = 1; i <= 700; ++i)
    add(i, static_cast<float>(i));
  auto all = sut.get(range::ten_minutes);
  BOOST_REQUIRE(all.at_s.size() == 600U);
  BOOST_TEST(all.at_s.front() == start + 101);
  BOOST_TEST(all.mean[0].front() == 101);
  BOOST_TEST(all.at_s.back() == start + 700);
  BOOST_TEST(all.mean[0].back() == 700);
  BOOST_TEST(all.least.empty());
}

BOOST_AUTO_TEST_CASE(ten_seconds_become_their_mean_least_and_greatest) {
  for (int i = 1; i <= 21; ++i)
    add(i, static_cast<float>(i));
  auto all = sut.get(range::six_hours);
  BOOST_REQUIRE(all.at_s.size() == 2U);
  BOOST_TEST(all.at_s.front() == start + 10);
  BOOST_TEST(all.mean[0].front() == 5.5F);
  BOOST_TEST(all.least[0].front() == 1);
  BOOST_TEST(all.greatest[0].back() == 20);
}

BOOST_AUTO_TEST_CASE(only_what_is_later_is_given) {
  for (int i = 1; i <= 30; ++i)
    add(i, static_cast<float>(i));
  auto later = sut.get(range::ten_minutes, start + 28);
  BOOST_REQUIRE(later.at_s.size() == 2U);
  BOOST_TEST(later.at_s.front() == start + 29);
  BOOST_TEST(sut.get(range::ten_minutes, start + 30).at_s.empty());
  BOOST_TEST(sut.get(range::ten_minutes, start + 99).at_s.empty());
  BOOST_TEST(sut.get(range::ten_minutes, start - 1000).at_s.size() == 30U);
}

BOOST_AUTO_TEST_CASE(what_was_not_sampled_is_not_known) {
  add(1, 1);
  add(4, 4);
  auto all = sut.get(range::ten_minutes);
  BOOST_REQUIRE(all.at_s.size() == 4U);
  BOOST_TEST(std::isnan(all.mean[0][1]));
  BOOST_TEST(all.mean[0][3] == 4);
}

BOOST_AUTO_TEST_CASE(the_greatest_is_that_of_ten_minutes) {
  BOOST_TEST(std::isnan(sut.greatest(0)));
  add(1, 100);
  add(2, unknown);
  add(3, 7);
  BOOST_TEST(sut.greatest(0) == 100);
  for (int i = 4; i <= 601; ++i)
    add(i, 1);
  BOOST_TEST(sut.greatest(0) == 7);
}

BOOST_AUTO_TEST_CASE(a_clock_that_stands_is_ignored_and_one_that_goes_back_far_begins_anew) {
  add(100, 1);
  add(100, 2);
  add(99, 3);
  BOOST_TEST(sut.get(range::ten_minutes).at_s.size() == 1U);
  add(20, 4);
  auto all = sut.get(range::ten_minutes);
  BOOST_REQUIRE(all.at_s.size() == 1U);
  BOOST_TEST(all.mean[0][0] == 4);
}

BOOST_AUTO_TEST_CASE(it_tells_what_a_list_of_everything_tells) {
  std::mt19937_64 random{3};
  std::map<std::int64_t, float> model;
  std::int64_t at = 1;
  for (int i = 0; i < 40'000; ++i) {
    at += random() % 50 == 0 ? static_cast<std::int64_t>(random() % 300) : 1;
    auto value = random() % 10 == 0 ? unknown : static_cast<float>(random() % 1'000);
    add(at, value);
    model.emplace(start + at, value); // a second that was there already is ignored
  }
  for (std::size_t which = 1; which < 3; ++which) {
    auto [step, points] = metric_history::scales[which];
    auto all = sut.get(static_cast<range>(which));
    BOOST_TEST(all.at_s.size() <= points);
    for (std::size_t i = 0; i < all.at_s.size(); ++i) {
      float least = unknown, greatest = unknown, sum = 0;
      int known = 0;
      for (auto at_s = all.at_s[i] - step + 1; at_s <= all.at_s[i]; ++at_s) {
        auto found = model.find(at_s);
        if (found == model.end() || std::isnan(found->second))
          continue;
        least = std::fmin(least, found->second);
        greatest = std::fmax(greatest, found->second);
        sum += found->second;
        ++known;
      }
      BOOST_REQUIRE(std::isnan(all.mean[0][i]) == (known == 0));
      if (known == 0)
        continue;
      BOOST_REQUIRE(all.mean[0][i] == sum / static_cast<float>(known));
      BOOST_REQUIRE(all.least[0][i] == least);
      BOOST_REQUIRE(all.greatest[0][i] == greatest);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
