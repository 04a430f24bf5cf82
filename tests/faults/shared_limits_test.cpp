#include "tests/integration/http/http_client.hpp"
#include "tests/integration/http/sample_store.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/tessera_process.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

constexpr unsigned general_limit = 1'000;

/// One of the processes that share a Redis and its secret, and a client's requests to it.
struct limited_process {
  tessera_process program;
  unsigned asked = 0;

  /// Returns how many of all requests in this window it knows of, this one included.
  unsigned ask() {
    ++asked;
    auto answer = get(program.port(), stats_path);
    BOOST_REQUIRE(answer.status == 200);
    return general_limit - static_cast<unsigned>(std::stoul(header(answer, "X-RateLimit-Remaining")));
  }
};

struct fixture {
  tessera_process::options options() {
    return {.arguments = {"--store", shared_store().url(), "--redis", redis.url(), "--cache-secret",
                          (dir / "secret").string()},
            .limits = true};
  }

  /// Asks `x` again and again until it knows of all requests to both. That takes a fraction of the limit.
  bool knows_all(limited_process& x) {
    return eventually(30s, [&] {
      auto known = x.ask();
      return known == one.asked + two.asked;
    });
  }

  temp_dir dir;
  redis_server redis;
  limited_process one{tessera_process{options()}};
  limited_process two{tessera_process{options()}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(shared_limits_test, fixture)

BOOST_AUTO_TEST_CASE(a_client_is_limited_by_what_it_asks_of_all_processes) {
  for (unsigned i = 1; i <= 30; ++i)
    BOOST_TEST(one.ask() == i);
  BOOST_TEST(knows_all(two));
  BOOST_TEST(knows_all(one));
}

BOOST_AUTO_TEST_CASE(limits_go_on_without_redis_and_count_together_again_when_it_is_back) {
  two.ask();
  BOOST_REQUIRE(knows_all(one));
  redis.kill_hard();
  for (int i = 0; i < 20; ++i) {
    auto before = one.ask();
    BOOST_TEST(one.ask() > before);
    two.ask();
  }
  redis.restart(); // empty: each writes all that it has counted, when it counts again
  two.ask();
  BOOST_TEST(knows_all(one));
  BOOST_TEST(knows_all(two));
}

BOOST_AUTO_TEST_SUITE_END()
