#include "gateway/deadline_wheel.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
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
      // Now and then no more than a few at a time; what is left comes first the next time.
      std::size_t most = random() % 2 == 0 ? plenty : random() % 8;
      std::uint64_t latest = 0;
      std::size_t fired = 0;
      bool all = sut.advance(now, most, [&](std::uint32_t which) {
        ++fired;
        auto due = model.extract(which);
        BOOST_REQUIRE(!due.empty());
        BOOST_REQUIRE(due.mapped() <= now);
        BOOST_REQUIRE(due.mapped() >= latest);
        latest = due.mapped();
      });
      BOOST_REQUIRE(fired <= most);
      BOOST_REQUIRE(all || fired == most);
      bool left = std::ranges::any_of(model, [&](const auto& each) { return each.second <= now; });
      BOOST_REQUIRE(all == !left);
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
  BOOST_TEST(sut.now() == 4u); // what waits holds no clock up
  sut.set(*fired.begin(), 3);  // in the past: the next tick's
  BOOST_TEST(!sut.advance(4, 4, expire));
  BOOST_TEST(fired.size() == 8u);
  BOOST_TEST(sut.advance(4, 4, expire));
  BOOST_TEST(fired.size() == 10u);
  BOOST_TEST(sut.advance(5, 4, expire));
  BOOST_TEST(fired.size() == 11u);
}

BOOST_AUTO_TEST_CASE(an_expired_deadline_may_be_set_again_by_its_own_call) {
  deadline_wheel sut;
  std::vector<std::uint32_t> fired;
  sut.set(0, 1);
  sut.advance(10, plenty, [&](std::uint32_t index) {
    fired.push_back(index);
    sut.set(index, sut.now() + 2);
  });
  sut.advance(11, plenty, [&](std::uint32_t) { BOOST_ERROR("too early"); });
  sut.advance(12, plenty, [&](std::uint32_t index) { fired.push_back(index); });
  BOOST_TEST(fired.size() == 2u);
}

BOOST_AUTO_TEST_CASE(far_deadlines_fire_early_so_that_the_owner_sets_them_again) {
  deadline_wheel sut;
  sut.set(0, 1'000'000);
  int fired = 0;
  sut.advance(1'100, plenty, [&](std::uint32_t) { ++fired; });
  BOOST_TEST(fired == 1);
}

BOOST_AUTO_TEST_SUITE_END()
