#include "guard/failed_attempts.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using tessera::client_key;
using tessera::failed_attempts;

namespace {

const auto start = failed_attempts::time_point{} + 1h;
constexpr client_key guesser{1};
constexpr client_key other{2};

} // namespace

BOOST_AUTO_TEST_SUITE(failed_attempts_test)

BOOST_AUTO_TEST_CASE(after_five_failures_a_client_waits_until_its_minute_is_over) {
  failed_attempts sut;
  for (int i = 0; i < 5; ++i) {
    BOOST_TEST(sut.wait(guesser, start + i * 1s).count() == 0);
    sut.failed(guesser, start + i * 1s);
  }
  BOOST_TEST(sut.wait(guesser, start + 4s).count() == 56);
  BOOST_TEST(sut.wait(other, start + 4s).count() == 0);
  BOOST_TEST(sut.wait(guesser, start + 59'999ms).count() == 1);
  BOOST_TEST(sut.wait(guesser, start + 60s).count() == 0);
  sut.failed(guesser, start + 60s);
  BOOST_TEST(sut.wait(guesser, start + 60s).count() == 0);
}

BOOST_AUTO_TEST_CASE(what_is_remembered_is_bounded) {
  failed_attempts sut;
  for (std::uint64_t i = 0; i < 3 * failed_attempts::most_clients; ++i)
    sut.failed({i}, start + 2min * (i / failed_attempts::most_clients));
  for (int i = 0; i < 5; ++i)
    sut.failed(guesser, start + 10min);
  BOOST_TEST(sut.wait(guesser, start + 10min).count() == 60);
}

BOOST_AUTO_TEST_SUITE_END()
