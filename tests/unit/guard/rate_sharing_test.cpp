#include "guard/rate_limiter.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace std::chrono_literals;
using tessera::client_key;
using tessera::limit_kind;
using tessera::rate_limiter;

namespace {

constexpr client_key anna{1};

struct fixture {
  rate_limiter::verdict ask(int count = 1) {
    rate_limiter::verdict last;
    for (int i = 0; i < count; ++i)
      last = sut.ask(anna, limit_kind::lookup, 1, now);
    return last;
  }

  std::vector<rate_limiter::shared_count> collect(std::size_t most = 1'000) {
    std::vector<rate_limiter::shared_count> out;
    sut.collect(out, most, now);
    return out;
  }

  /// Returns the count of lookups, which must have changed.
  rate_limiter::shared_count collect_lookups() {
    auto all = collect();
    BOOST_REQUIRE(all.size() == 2u);
    BOOST_REQUIRE((all[1].which == limit_kind::lookup));
    return all[1];
  }

  rate_limiter sut{{}, 100, 1};
  rate_limiter::time_point now = rate_limiter::time_point{} + 1h;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(rate_sharing_test, fixture)

BOOST_AUTO_TEST_CASE(what_has_changed_is_collected_once_and_as_a_whole) {
  ask(3);
  now += 1s;
  auto first = collect();
  BOOST_REQUIRE(first.size() == 2u);
  BOOST_TEST((first[0].which == limit_kind::general));
  BOOST_TEST((first[0].client == anna));
  BOOST_TEST(first[0].own == 3u);
  BOOST_TEST((first[0].left == 15min - 1s));
  BOOST_TEST((first[1].which == limit_kind::lookup));
  BOOST_TEST(first[1].own == 3u);
  BOOST_TEST((first[1].left == 59s));
  BOOST_TEST(collect().empty());
  ask(2);
  BOOST_TEST(collect_lookups().own == 5u);
}

BOOST_AUTO_TEST_CASE(a_refused_request_changes_nothing_that_others_must_know) {
  ask(60);
  collect();
  BOOST_TEST(!ask().admitted);
  auto after = collect();
  BOOST_REQUIRE(after.size() == 1u);
  BOOST_TEST((after[0].which == limit_kind::general));
}

BOOST_AUTO_TEST_CASE(the_counts_of_others_are_decided_with) {
  ask(10);
  sut.merge(collect_lookups(), 10 + 45, 59s, now);
  BOOST_TEST(ask().remaining == 60u - 10 - 45 - 1);
  BOOST_TEST(ask(4).remaining == 0u);
  BOOST_TEST(!ask().admitted);
}

BOOST_AUTO_TEST_CASE(what_is_counted_during_an_exchange_is_neither_lost_nor_counted_twice) {
  ask(10);
  auto sent = collect_lookups();
  ask(5);
  sut.merge(sent, 10 + 20, 59s, now);
  BOOST_TEST(ask().remaining == 60u - 10 - 20 - 5 - 1);
  sut.merge(collect_lookups(), 16 + 20, 59s, now);
  BOOST_TEST(ask().remaining == 60u - 16 - 20 - 1);
}

BOOST_AUTO_TEST_CASE(what_may_not_have_arrived_is_collected_again_as_it_is_by_then) {
  ask(10);
  auto lost = collect_lookups();
  ask(2);
  sut.put_back(lost);
  auto again = collect_lookups();
  BOOST_TEST(again.own == 12u);
  BOOST_TEST(again.name == lost.name);
  sut.put_back(again);
  BOOST_REQUIRE(collect().size() == 1u); // the general limit was not put back
}

BOOST_AUTO_TEST_CASE(a_store_that_has_lost_its_counts_takes_nothing_from_what_was_known) {
  ask(10);
  sut.merge(collect_lookups(), 10 + 30, 59s, now);
  ask();
  sut.merge(collect_lookups(), 11, 59s, now);
  BOOST_TEST(ask().remaining == 60u - 11 - 30 - 1);
  ask();
  sut.merge(collect_lookups(), 5, 59s, now); // even less than was sent
  BOOST_TEST(ask().remaining == 60u - 13 - 30 - 1);
}

BOOST_AUTO_TEST_CASE(a_window_ends_where_the_first_of_all_ends) {
  ask();
  sut.merge(collect_lookups(), 5, 20s, now);
  auto next = ask();
  BOOST_TEST((next.reset >= 20s));
  BOOST_TEST((next.reset <= 20s + 1ms));
  sut.merge(collect_lookups(), 6, 50s, now); // a later end is not taken over
  BOOST_TEST((ask().reset <= 20s + 1ms));
  now += 20s + 1ms;
  BOOST_TEST(ask().remaining == 59u);
}

BOOST_AUTO_TEST_CASE(an_answer_about_a_window_that_has_ended_is_ignored) {
  ask(3);
  auto sent = collect_lookups();
  now += 1min;
  sut.merge(sent, 60, 1s, now); // nothing has begun since
  BOOST_TEST(ask().remaining == 59u);
  sut.merge(sent, 60, 1s, now); // another has
  sut.put_back(sent);
  auto next = ask();
  BOOST_TEST(next.remaining == 58u);
  BOOST_TEST((next.reset == 1min));
  auto later = collect_lookups();
  BOOST_TEST(later.name != sent.name);
  BOOST_TEST(later.own == 2u);
}

BOOST_AUTO_TEST_CASE(an_answer_with_no_time_left_ends_the_window) {
  ask(60);
  sut.merge(collect_lookups(), 60, -1ms, now);
  now += 1ms;
  BOOST_TEST(ask().remaining == 59u);
}

BOOST_AUTO_TEST_CASE(the_tail_of_a_window_is_not_shared) {
  ask();
  collect();
  now += 1min - rate_limiter::tail - 1ms;
  ask();
  BOOST_TEST(collect_lookups().own == 2u);
  now += 1ms;
  ask();
  auto late = collect();
  BOOST_REQUIRE(late.size() == 1u);
  BOOST_TEST((late[0].which == limit_kind::general));
}

BOOST_AUTO_TEST_CASE(a_sum_beyond_reason_refuses_and_ends_with_the_window) {
  ask();
  sut.merge(collect_lookups(), ~std::uint64_t{0}, 59s, now);
  BOOST_TEST(!ask().admitted);
  now += 1min;
  BOOST_TEST(ask().admitted);
}

BOOST_AUTO_TEST_CASE(a_collection_is_bounded_and_the_rest_comes_next) {
  constexpr std::size_t clients = 5'000;
  rate_limiter large{{}, clients, 1};
  for (std::uint64_t i = 0; i < clients; ++i)
    large.ask({i * (~std::uint64_t{0} / clients)}, std::nullopt, 1, now);
  std::set<std::uint64_t> seen;
  for (int turn = 0; turn < 10; ++turn) {
    std::vector<rate_limiter::shared_count> out;
    large.collect(out, 600, now);
    BOOST_TEST(out.size() <= 600u + rate_limiter::most_over);
    for (auto& x : out)
      BOOST_TEST(seen.insert(x.client.value).second);
  }
  BOOST_TEST(seen.size() == clients);
}

BOOST_AUTO_TEST_CASE(a_client_that_was_forgotten_is_known_again_after_its_next_exchange) {
  rate_limiter small{{}, 1, 1}; // one bucket
  auto exchange = [&](std::uint64_t others) {
    std::vector<rate_limiter::shared_count> out;
    small.collect(out, 1'000, now);
    for (auto& x : out)
      if (x.client == anna && x.which == limit_kind::lookup)
        small.merge(x, x.own + others, x.left, now);
  };
  for (int i = 0; i < 20; ++i)
    small.ask(anna, limit_kind::lookup, 1, now);
  exchange(0);
  for (std::uint64_t other = 2; other < 9; ++other)
    for (int i = 0; i < 30; ++i)
      small.ask({other}, limit_kind::lookup, 1, now);
  BOOST_TEST(small.evictions() > 0u);
  now += 1ms;
  BOOST_TEST(small.ask(anna, limit_kind::lookup, 1, now).remaining == 59u);
  exchange(20); // the store keeps what was counted under the earlier name
  BOOST_TEST(small.ask(anna, limit_kind::lookup, 1, now).remaining == 60u - 20 - 2);
}

BOOST_AUTO_TEST_SUITE_END()
