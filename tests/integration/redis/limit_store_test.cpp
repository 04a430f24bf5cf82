#include "storage/limit_store.hpp"

#include "tests/integration/redis/l2_fixture.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::test;

namespace {

using counts = std::vector<rate_limiter::shared_count>;

struct fixture {
  redis_server server{"hunter2"};
  limit_store one{settings_for(server.url())};
  limit_store two{settings_for(server.url())};

  fixture() {
    BOOST_REQUIRE(one.connect().has_value());
    BOOST_REQUIRE(two.connect().has_value());
  }

  limit_store::sum exchange(limit_store& by, std::uint64_t name, std::uint32_t own,
                            std::chrono::milliseconds left = 60s) {
    auto sums = by.exchange(counts{{client_key{0xab}, limit_kind::lookup, name, own, left}});
    BOOST_REQUIRE(sums.has_value());
    BOOST_REQUIRE(sums->size() == 1u);
    return sums->front();
  }

  /// How long Redis keeps the window of the client above.
  long long left() {
    return server.command({"PTTL", "tessera:1:r:lookup:ab"}).integer;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(limit_store_test, fixture)

BOOST_AUTO_TEST_CASE(the_counts_of_all_are_summed) {
  BOOST_TEST(exchange(one, 1, 5).total == 5u);
  BOOST_TEST(exchange(two, 2, 7).total == 12u);
  BOOST_TEST(exchange(one, 1, 6).total == 13u);
}

BOOST_AUTO_TEST_CASE(a_count_that_is_written_twice_counts_once) {
  exchange(one, 1, 5);
  exchange(two, 2, 7);
  BOOST_TEST(exchange(one, 1, 5).total == 12u);
}

BOOST_AUTO_TEST_CASE(a_window_ends_with_the_earliest_end_that_was_given) {
  auto first = exchange(one, 1, 1, 60s);
  BOOST_TEST((first.left == 60s));
  BOOST_TEST((left() > 0 && left() <= 60'000));
  auto earlier = exchange(two, 2, 1, 30s);
  BOOST_TEST((earlier.left == 30s));
  BOOST_TEST((left() > 0 && left() <= 30'000));
  auto later = exchange(one, 1, 2, 60s);
  BOOST_TEST((later.left > 0s && later.left <= 30s));
}

BOOST_AUTO_TEST_CASE(a_window_that_has_ended_leaves_nothing) {
  exchange(one, 1, 100, 1ms);
  BOOST_REQUIRE(eventually(20s, [&] { return server.command({"DBSIZE"}).integer == 0; }));
  BOOST_TEST(exchange(two, 2, 1).total == 1u);
}

BOOST_AUTO_TEST_CASE(clients_and_limits_are_apart_and_many_go_at_once) {
  counts many;
  for (std::uint64_t i = 0; i < 1'000; ++i)
    many.push_back({client_key{~i}, static_cast<limit_kind>(i % limit_kinds), 9, static_cast<std::uint32_t>(i), 1min});
  for (auto& x : counts{many.begin() + 500, many.end()})
    many.push_back({x.client, x.which, 10, 1, 1min});
  auto sums = one.exchange(many);
  BOOST_REQUIRE(sums.has_value());
  BOOST_REQUIRE(sums->size() == 1'500u);
  for (std::size_t i = 0; i < 1'500; ++i)
    BOOST_TEST((*sums)[i].total == (i < 1'000 ? i : i - 499));
  BOOST_TEST(server.command({"DBSIZE"}).integer == 1'000);
  BOOST_TEST(server.command({"HGET", "tessera:1:r:card:fffffffffffffffd", "9"}).text == "2");
}

BOOST_AUTO_TEST_CASE(nothing_to_write_is_no_round_trip) {
  auto sums = one.exchange({});
  BOOST_REQUIRE(sums.has_value());
  BOOST_TEST(sums->empty());
}

BOOST_AUTO_TEST_CASE(whatever_fails_closes_the_connection) {
  server.command({"SET", "tessera:1:r:lookup:ab", "not a hash"});
  auto failed = one.exchange(counts{{client_key{0xab}, limit_kind::lookup, 1, 1, 1min}});
  BOOST_REQUIRE(!failed.has_value());
  BOOST_TEST((failed.error().code == error_code::cache_unavailable));
  BOOST_TEST(!one.connected());
  BOOST_TEST(!one.exchange(counts{{client_key{1}, limit_kind::lookup, 1, 1, 1min}}).has_value());
  BOOST_TEST(one.connect().has_value());
  server.kill_hard();
  BOOST_TEST(!two.exchange(counts{{client_key{1}, limit_kind::lookup, 1, 1, 1min}}).has_value());
  BOOST_TEST(!two.connected());
  BOOST_TEST(!two.connect().has_value());
}

BOOST_AUTO_TEST_CASE(an_account_needs_few_rights) {
  server.command(
      {"ACL", "SETUSER", "few", "on", ">secret", "~tessera:1:*", "+eval", "+hset", "+hvals", "+pttl", "+pexpire"});
  limit_store few{settings_for("redis://few:secret@127.0.0.1:" + std::to_string(server.port()))};
  BOOST_REQUIRE(few.connect().has_value());
  BOOST_TEST(exchange(few, 3, 4).total == 4u);
}

BOOST_AUTO_TEST_CASE(a_user_who_may_run_no_scripts_is_told_so_at_once) {
  server.command({"ACL", "SETUSER", "weak", "on", ">secret", "~*", "+@all", "-@scripting"});
  limit_store weak{settings_for("redis://weak:secret@127.0.0.1:" + std::to_string(server.port()))};
  auto failed = weak.connect();
  BOOST_REQUIRE(!failed.has_value());
  BOOST_TEST(failed.error().detail.find("NOPERM") != std::string::npos, failed.error().detail);
}

BOOST_AUTO_TEST_SUITE_END()
