#include "guard/client_table.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <vector>

using namespace std::chrono_literals;
using tessera::client_key;
using tessera::client_table;

namespace {

using time_point = std::chrono::steady_clock::time_point;

struct record {
  std::uint64_t count = 0;
  time_point busy_until{};

  bool idle(time_point now) const {
    return now >= busy_until;
  }
  std::uint64_t weight(time_point) const {
    return count;
  }
};

struct fixture {
  static constexpr auto ways = client_table<record>::ways;

  /// Counts a request of `client`, who is busy for a minute. Returns the count.
  std::uint64_t ask(client_key client) {
    return sut.with(client, now, [this](record& x) {
      x.busy_until = now + 1min;
      return ++x.count;
    });
  }

  std::uint64_t count_of(client_key client) {
    std::uint64_t found = 0;
    sut.find(client, [&](record& x) { found = x.count; });
    return found;
  }

  client_table<record> sut{1}; // one bucket
  time_point now = time_point{} + 1h;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(client_table_test, fixture)

BOOST_AUTO_TEST_CASE(a_client_finds_its_own_record_again) {
  ask({1});
  ask({2});
  BOOST_TEST(ask({1}) == 2u);
  BOOST_TEST(count_of({2}) == 1u);
}

BOOST_AUTO_TEST_CASE(finding_makes_no_record) {
  BOOST_TEST(!sut.find({1}, [](record&) {}));
  ask({1});
  BOOST_TEST(sut.find({1}, [](record&) {}));
}

BOOST_AUTO_TEST_CASE(the_key_zero_is_a_client_like_others) {
  BOOST_TEST(count_of({0}) == 0u);
  BOOST_TEST(ask({0}) == 1u);
  BOOST_TEST(ask({0}) == 2u);
}

BOOST_AUTO_TEST_CASE(a_newcomer_takes_the_place_of_an_idle_client_however_heavy) {
  for (int i = 0; i < 100; ++i)
    ask({1});
  now += 1min; // idle from now on
  for (std::uint64_t i = 2; i <= ways; ++i)
    ask({i});
  BOOST_TEST(ask({ways + 1}) == 1u);
  BOOST_TEST(count_of({1}) == 0u);
  for (std::uint64_t i = 2; i <= ways; ++i)
    BOOST_TEST(count_of({i}) == 1u);
  BOOST_TEST(sut.evictions() == 0u);
}

BOOST_AUTO_TEST_CASE(a_newcomer_takes_the_place_of_the_lightest_if_none_is_idle) {
  for (std::uint64_t i = 1; i <= ways; ++i)
    for (std::uint64_t n = 0; n <= (i + 3) % ways; ++n)
      ask({i});
  auto lightest = client_key{ways - 3};
  BOOST_TEST(count_of(lightest) == 1u);
  BOOST_TEST(ask({100}) == 1u);
  BOOST_TEST(count_of(lightest) == 0u);
  BOOST_TEST(sut.evictions() == 1u);
}

BOOST_AUTO_TEST_CASE(a_flood_of_newcomers_leaves_the_heavier_clients_alone) {
  for (std::uint64_t i = 1; i < ways; ++i) {
    ask({i});
    ask({i});
  }
  for (std::uint64_t i = 100; i < 10'000; ++i)
    BOOST_REQUIRE(ask({i}) == 1u);
  for (std::uint64_t i = 1; i < ways; ++i)
    BOOST_TEST(count_of({i}) == 2u);
}

BOOST_AUTO_TEST_CASE(who_comes_back_after_an_eviction_starts_anew) {
  for (std::uint64_t i = 1; i <= ways; ++i)
    ask({i});
  ask({100});
  std::uint64_t evicted = 0;
  for (std::uint64_t i = 1; i <= ways; ++i)
    evicted = count_of({i}) == 0 ? i : evicted;
  BOOST_REQUIRE(evicted != 0u);
  BOOST_TEST(ask({evicted}) == 1u);
}

BOOST_AUTO_TEST_CASE(a_bucket_shows_its_clients) {
  ask({3});
  ask({5});
  ask({5});
  std::vector<std::pair<std::uint64_t, std::uint64_t>> seen;
  sut.visit(0, [&](client_key key, record& x) { seen.emplace_back(key.value, x.count); });
  BOOST_REQUIRE(seen.size() == 2u);
  BOOST_TEST(seen[0].first == 3u);
  BOOST_TEST(seen[0].second == 1u);
  BOOST_TEST(seen[1].first == 5u);
  BOOST_TEST(seen[1].second == 2u);
}

BOOST_AUTO_TEST_CASE(a_small_table_has_one_bucket) {
  BOOST_TEST(client_table<record>{0}.buckets() == 1u);
  BOOST_TEST(client_table<record>{5}.buckets() == 1u);
  BOOST_TEST(client_table<record>{6}.buckets() == 2u);
}

// The shares that the header states, and that keys spread over all buckets.
BOOST_AUTO_TEST_CASE(a_table_holds_nearly_all_clients_that_it_is_made_for) {
  constexpr std::size_t clients = 50'000;
  client_table<record> table{clients};
  std::mt19937_64 random{1};
  auto add = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      table.with({random()}, now, [this](record& x) { x.busy_until = now + 1min; });
    return table.evictions();
  };
  BOOST_TEST(add(clients / 2) < clients / 2 * 4 / 1000);
  auto forgotten = add(clients / 2);
  BOOST_TEST(forgotten > clients * 4 / 100);
  BOOST_TEST(forgotten < clients * 6 / 100);
}

BOOST_AUTO_TEST_SUITE_END()
