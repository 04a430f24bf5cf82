#include "gateway/deadline_wheel.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>
#include <set>

using namespace tessera;

namespace {

constexpr std::size_t plenty = 1'000'000;

} // namespace

BOOST_AUTO_TEST_SUITE(deadline_wheel_test)

BOOST_AUTO_TEST_CASE(a_deadline_fires_at_its_tick_and_once) {
  deadline_wheel sut;
  int fired = 0;
  sut.set(3, 5);
  sut.advance(4, plenty, [&](std::uint32_t) { ++fired; });
  BOOST_TEST(fired == 0);
  sut.advance(5, plenty, [&](std::uint32_t index) {
    BOOST_TEST(index == 3u);
    ++fired;
  });
  sut.advance(5'000, plenty, [&](std::uint32_t) { ++fired; });
  BOOST_TEST(fired == 1);
}

BOOST_AUTO_TEST_CASE(random_sequences_agree_with_a_map) {
  std::mt19937 random{11};
  deadline_wheel sut;
  std::map<std::uint32_t, std::uint64_t> model;
  std::uint64_t now = 0;
  for (int step = 0; step < 100'000; ++step) {
    auto index = static_cast<std::uint32_t>(random() % 200);
    switch (random() % 4) {
    case 0:
    case 1: {
      auto tick = now + random() % 900;
      sut.set(index, tick);
      model[index] = std::max(tick, now + 1);
      break;
    }
    case 2:
      sut.cancel(index);
      model.erase(index);
      break;
    default: {
      now += random() % 20;
      std::multiset<std::uint32_t> fired;
      std::multiset<std::uint32_t> expected;
      sut.advance(now, plenty, [&](std::uint32_t which) { fired.insert(which); });
      for (auto it = model.begin(); it != model.end();)
        if (it->second <= now) {
          expected.insert(it->first);
          it = model.erase(it);
        } else {
          ++it;
        }
      BOOST_REQUIRE(fired == expected);
    }
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_over_the_most_fires_at_the_next_call_and_nothing_twice) {
  deadline_wheel sut;
  for (std::uint32_t index = 0; index < 10; ++index)
    sut.set(index, index < 7 ? 3 : 4);
  std::multiset<std::uint32_t> fired;
  auto expire = [&](std::uint32_t index) { fired.insert(index); };
  BOOST_TEST(!sut.advance(4, 4, expire));
  BOOST_TEST(fired.size() == 4u);
  BOOST_TEST(sut.now() == 3u);
  sut.set(*fired.begin(), 3); // in the past: not in what is left of this tick
  BOOST_TEST(!sut.advance(4, 4, expire));
  BOOST_TEST(fired.size() == 8u);
  BOOST_TEST(sut.advance(4, 4, expire));
  BOOST_TEST(fired.size() == 11u);
  BOOST_TEST(sut.now() == 4u);
}

BOOST_AUTO_TEST_CASE(an_expired_deadline_may_be_set_again_by_its_own_call) {
  deadline_wheel sut;
  std::vector<std::uint64_t> fired;
  sut.set(0, 1);
  sut.advance(10, plenty, [&](std::uint32_t index) {
    fired.push_back(sut.now());
    if (fired.size() < 3)
      sut.set(index, sut.now() + 2);
  });
  BOOST_TEST(fired == (std::vector<std::uint64_t>{1, 3, 5}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(far_deadlines_fire_early_so_that_the_owner_sets_them_again) {
  deadline_wheel sut;
  sut.set(0, 1'000'000);
  int fired = 0;
  sut.advance(1'100, plenty, [&](std::uint32_t) { ++fired; });
  BOOST_TEST(fired == 1);
}

BOOST_AUTO_TEST_SUITE_END()
