#include "guard/backoff.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using tessera::backoff;

BOOST_AUTO_TEST_SUITE(backoff_test)

BOOST_AUTO_TEST_CASE(the_first_attempt_waits_for_nothing) {
  backoff sut{50ms, 2s, 1};
  BOOST_TEST(sut.ready(backoff::clock::time_point{}));
}

BOOST_AUTO_TEST_CASE(waits_double_up_to_the_maximum_and_keep_half_of_it_at_least) {
  backoff sut{50ms, 2s, 7};
  auto now = backoff::clock::time_point{} + 1h;
  auto expected = 50ms;
  for (int attempt = 0; attempt < 20; ++attempt) {
    auto wait = sut.failed(now);
    BOOST_TEST(wait.count() >= expected.count() / 2);
    BOOST_TEST(wait.count() < expected.count());
    BOOST_TEST(!sut.ready(now + wait - 1ms));
    BOOST_TEST(sut.ready(now + wait));
    now += wait;
    expected = std::min<std::chrono::milliseconds>(expected * 2, 2s);
  }
}

BOOST_AUTO_TEST_CASE(success_starts_over) {
  backoff sut{50ms, 2s, 7};
  auto now = backoff::clock::time_point{} + 1h;
  for (int attempt = 0; attempt < 10; ++attempt)
    sut.failed(now);
  sut.succeeded();
  BOOST_TEST(sut.ready(now));
  BOOST_TEST(sut.failed(now).count() < 50);
}

BOOST_AUTO_TEST_CASE(two_seeds_wait_differently) {
  backoff left{50ms, 2s, 12345};
  backoff right{50ms, 2s, 67891};
  bool differed = false;
  for (int attempt = 0; attempt < 10; ++attempt)
    differed |= left.failed({}) != right.failed({});
  BOOST_TEST(differed);
}

BOOST_AUTO_TEST_SUITE_END()
