#include "storage/l2_client.hpp"

#include "tests/faults/fault_proxy.hpp"
#include "tests/integration/redis/l2_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::test;

/// What hiredis and what is built on it make of a server, or a network, that goes mad.
namespace {

using steady = std::chrono::steady_clock;

constexpr auto timeout = 50ms;

/// What a busy machine may add to it.
constexpr auto slack = 1s;

const member subject = sample_member(1);

struct fixture {
  fixture() {
    reconnect();
    BOOST_REQUIRE(node.put(subject, {}));
    BOOST_REQUIRE(finds_it());
  }

  /// Ends all faults and makes a new connection.
  void reconnect() {
    proxy.heal();
    for (int attempt = 0; !node.client.connect(); ++attempt)
      BOOST_REQUIRE(attempt < 100);
  }

  result<std::vector<l2_entry>> get() {
    return node.client.get({&subject.number, 1});
  }

  bool finds_it() {
    auto got = get();
    return got && got->at(0).what == l2_entry::outcome::fresh && got->at(0).subject == subject;
  }

  redis_server server;
  fault_proxy proxy{server.port()};
  l2_node node{"redis://127.0.0.1:" + std::to_string(proxy.port()), timeout};
};

/// Returns what `action` does, and asserts that it ends in time.
template <class Action>
auto in_time(Action action) {
  const auto since = steady::now();
  auto outcome = action();
  BOOST_TEST((steady::now() - since < timeout + slack));
  return outcome;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(l2_bad_answers, fixture)

BOOST_AUTO_TEST_CASE(what_greets_with_garbage_is_no_redis) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    proxy.inject(fault::garbage(seed));
    BOOST_TEST(!in_time([&] { return node.client.connect(); }).has_value());
    BOOST_TEST(!node.client.connected());
  }
}

BOOST_AUTO_TEST_CASE(garbage_instead_of_answers_ends_the_connection) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    reconnect();
    proxy.inject(fault::garbage(seed));
    BOOST_TEST(!in_time([&] { return get(); }).has_value());
    BOOST_TEST(!node.client.connected());
    reconnect();
    proxy.inject(fault::garbage(seed));
    BOOST_TEST(!in_time([&] { return node.invalidate(sample_member(2).number); }));
    BOOST_TEST(!node.client.connected());
  }
  reconnect();
  BOOST_TEST(finds_it());
}

BOOST_AUTO_TEST_CASE(wrong_bytes_anywhere_never_show_another_member) {
  std::size_t hits = 0;
  std::size_t misses = 0;
  std::size_t failures = 0;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    reconnect();
    proxy.inject(fault::garbage(seed, seed % 2 == 0 ? 20 : 200));
    auto got = in_time([&] { return get(); });
    if (!got) {
      ++failures;
    } else if (got->at(0).what == l2_entry::outcome::miss) {
      ++misses;
    } else {
      ++hits;
      BOOST_TEST((got->at(0).subject == subject));
    }
  }
  BOOST_TEST_MESSAGE(hits << " hits, " << misses << " misses, " << failures << " failures");
  BOOST_TEST(hits > 0u);
  BOOST_TEST(misses > 0u);
  BOOST_TEST(failures > 0u);
}

BOOST_AUTO_TEST_CASE(answers_that_break_off_anywhere_end_the_connection) {
  bool whole = false;
  for (std::size_t bytes = 0; !whole; bytes += bytes < 60 ? 1 : 7) {
    BOOST_TEST_CONTEXT(bytes) {
      reconnect();
      proxy.inject(fault::truncate(bytes));
      whole = in_time([&] { return finds_it(); });
      BOOST_TEST(node.client.connected() == whole);
      BOOST_REQUIRE(bytes < 10'000);
    }
  }
}

BOOST_AUTO_TEST_CASE(answers_that_drip_or_never_come_cost_the_timeout) {
  for (const auto& what : {fault::drip(10ms), fault::slow(1h), fault::freeze(), fault::half_open()}) {
    reconnect();
    proxy.inject(what);
    BOOST_TEST(!in_time([&] { return get(); }).has_value());
    BOOST_TEST(!node.client.connected());
    BOOST_TEST(!in_time([&] { return node.client.connect(); }).has_value());
  }
  reconnect();
  BOOST_TEST(finds_it());
}

BOOST_AUTO_TEST_SUITE_END()
