#include "guard/rate_limiter.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace std::chrono_literals;
using tessera::client_key;
using tessera::limit_kind;
using tessera::rate_limiter;
using tessera::rate_rules;

namespace tessera {

// For Boost.Test.
static std::ostream& operator<<(std::ostream& out, limit_kind which) {
  return out << static_cast<int>(which);
}

} // namespace tessera

namespace {

constexpr client_key anna{1};
constexpr client_key berta{2};

struct fixture {
  rate_limiter::verdict ask(std::optional<limit_kind> strict = std::nullopt, unsigned multiplier = 1) {
    return sut.ask(anna, strict, multiplier, now);
  }

  /// Asks `count` times, all of which must be admitted.
  void admit(int count, std::optional<limit_kind> strict = std::nullopt) {
    for (int i = 0; i < count; ++i)
      BOOST_REQUIRE(ask(strict).admitted);
  }

  rate_limiter sut{{}, 100, 1};
  rate_limiter::time_point now = rate_limiter::time_point{} + 1h;
};

rate_rules without(limit_kind which) {
  rate_rules rules;
  (which == limit_kind::general ? rules.general : rules.lookup).requests = 0;
  return rules;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(rate_limiter_test, fixture)

BOOST_AUTO_TEST_CASE(the_limits_are_the_predecessors) {
  admit(1'000);
  auto refused = ask();
  BOOST_TEST(!refused.admitted);
  BOOST_TEST(refused.limit == 1'000u);
  BOOST_TEST((refused.reset == 15min));
  for (auto [which, requests, window] :
       {std::tuple{limit_kind::lookup, 60u, 60s}, {limit_kind::card, 10u, 300s}, {limit_kind::bulk, 5u, 3'600s}}) {
    for (unsigned i = 0; i < requests; ++i)
      BOOST_REQUIRE(sut.ask(berta, which, 1, now).admitted);
    auto over = sut.ask(berta, which, 1, now);
    BOOST_TEST(!over.admitted);
    BOOST_TEST(over.which == which);
    BOOST_TEST(over.limit == requests);
    BOOST_TEST((over.reset == window));
  }
}

BOOST_AUTO_TEST_CASE(a_verdict_tells_what_remains_and_when_the_window_ends) {
  auto first = ask();
  BOOST_TEST(first.which == limit_kind::general);
  BOOST_TEST(first.limit == 1'000u);
  BOOST_TEST(first.remaining == 999u);
  BOOST_TEST((first.reset == 15min));
  now += 10s;
  auto second = ask();
  BOOST_TEST(second.remaining == 998u);
  BOOST_TEST((second.reset == 15min - 10s));
}

BOOST_AUTO_TEST_CASE(a_window_begins_with_the_first_request_and_ends_for_all_at_once) {
  admit(1, limit_kind::lookup);
  now += 59s + 999ms;
  admit(59, limit_kind::lookup);
  BOOST_TEST(!ask(limit_kind::lookup).admitted);
  now += 1ms;
  auto next = ask(limit_kind::lookup);
  BOOST_TEST(next.admitted);
  BOOST_TEST(next.remaining == 59u);
  BOOST_TEST((next.reset == 1min));
}

BOOST_AUTO_TEST_CASE(a_refused_request_is_not_counted_where_it_is_refused) {
  admit(10, limit_kind::card);
  for (int i = 0; i < 100; ++i)
    BOOST_REQUIRE(!ask(limit_kind::card).admitted);
  now += 5min;
  admit(10, limit_kind::card);
}

BOOST_AUTO_TEST_CASE(the_general_limit_counts_what_a_stricter_one_refuses) {
  admit(10, limit_kind::card);
  BOOST_TEST(!ask(limit_kind::card).admitted);
  BOOST_TEST(ask().remaining == 1'000u - 12);
}

BOOST_AUTO_TEST_CASE(the_stricter_limit_does_not_count_what_the_general_one_refuses) {
  admit(1'000);
  auto refused = ask(limit_kind::bulk);
  BOOST_TEST(!refused.admitted);
  BOOST_TEST(refused.which == limit_kind::general);
  BOOST_TEST(refused.remaining == 0u);
  now += 15min;
  BOOST_TEST(ask(limit_kind::bulk).remaining == 4u);
}

BOOST_AUTO_TEST_CASE(the_stricter_limits_know_nothing_of_each_other) {
  admit(60, limit_kind::lookup);
  BOOST_TEST(ask(limit_kind::card).remaining == 9u);
  BOOST_TEST(ask(limit_kind::bulk).remaining == 4u);
}

BOOST_AUTO_TEST_CASE(the_general_limit_named_as_the_stricter_one_counts_once) {
  BOOST_TEST(ask(limit_kind::general).remaining == 999u);
}

BOOST_AUTO_TEST_CASE(clients_are_counted_apart) {
  admit(60, limit_kind::lookup);
  BOOST_TEST(!ask(limit_kind::lookup).admitted);
  BOOST_TEST(sut.ask(berta, limit_kind::lookup, 1, now).remaining == 59u);
}

BOOST_AUTO_TEST_CASE(a_multiplier_makes_all_limits_larger) {
  for (int i = 0; i < 120; ++i)
    BOOST_REQUIRE(ask(limit_kind::lookup, 2).admitted);
  auto refused = ask(limit_kind::lookup, 2);
  BOOST_TEST(!refused.admitted);
  BOOST_TEST(refused.limit == 120u);
  BOOST_TEST(ask(std::nullopt, 3).limit == 3'000u);
  BOOST_TEST(ask(std::nullopt, ~0u).limit == ~0u);
}

BOOST_AUTO_TEST_CASE(a_limit_of_zero_is_off) {
  rate_limiter no_lookup{without(limit_kind::lookup), 10, 1};
  auto shown = no_lookup.ask(anna, limit_kind::lookup, 1, now);
  BOOST_TEST(shown.which == limit_kind::general);
  BOOST_TEST(shown.remaining == 999u);

  rate_limiter no_general{without(limit_kind::general), 10, 1};
  BOOST_TEST(no_general.ask(anna, limit_kind::lookup, 1, now).remaining == 59u);
  auto free = no_general.ask(anna, std::nullopt, 1, now);
  BOOST_TEST(free.admitted);
  BOOST_TEST(free.limit == 0u);
}

BOOST_AUTO_TEST_CASE(a_thread_whose_clock_reading_is_older_counts_in_the_window_that_another_has_begun) {
  admit(59, limit_kind::lookup);
  now -= 2ms;
  admit(1, limit_kind::lookup);
  BOOST_TEST(!ask(limit_kind::lookup).admitted);
}

// A table full of attackers is neither an open door nor a closed one.
BOOST_AUTO_TEST_CASE(a_flood_of_attackers_frees_no_heavy_client_and_keeps_no_newcomer_out) {
  rate_limiter small{{}, 1'000, 1};
  constexpr client_key bulk_user{0x8000'0000'0000'0001};
  constexpr client_key heavy{0x8000'0000'0000'0002}; // in the same bucket
  for (int i = 0; i < 5; ++i)
    small.ask(bulk_user, limit_kind::bulk, 1, now);
  for (int i = 0; i < 60; ++i)
    small.ask(heavy, limit_kind::lookup, 1, now);
  std::mt19937_64 random{3};
  for (int i = 0; i < 200'000; ++i) {
    now += 1us;
    client_key attacker{random()};
    for (int n = 0; n < 3; ++n)
      BOOST_REQUIRE(small.ask(attacker, limit_kind::lookup, 1, now).admitted);
  }
  BOOST_TEST(small.evictions() > 100'000u);
  BOOST_TEST(!small.ask(heavy, limit_kind::lookup, 1, now).admitted);
  BOOST_TEST(!small.ask(bulk_user, limit_kind::bulk, 1, now).admitted);
  now += 16min; // the general window is over, that of bulk requests goes on
  for (int i = 0; i < 20'000; ++i)
    small.ask({random()}, limit_kind::lookup, 1, now);
  BOOST_TEST(!small.ask(bulk_user, limit_kind::bulk, 1, now).admitted);
}

BOOST_AUTO_TEST_SUITE_END()
