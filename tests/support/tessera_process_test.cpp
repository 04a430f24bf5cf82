#include "tests/support/tessera_process.hpp"

#include "tests/support/raw_connection.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

/// A small sample in a store of its own.
struct sample {
  sample() {
    run_tessera({"sample-data", "--members", "200", "--store", store});
  }

  temp_dir dir;
  std::string store = "sqlite:" + (dir / "members.sqlite").string();
};

} // namespace

BOOST_AUTO_TEST_SUITE(tessera_process_test)

BOOST_FIXTURE_TEST_CASE(a_served_member_can_be_asked_for, sample) {
  auto number = run_tessera({"sample-data", "--print-example", "--store", store});
  std::erase(number, '\n');
  BOOST_TEST_REQUIRE(number.size() == 13u);
  tessera_process sut({"--store", store});
  BOOST_TEST(sut.ready());
  auto answer = sut.client()->Get("/api/v1/optimized-cards/member/" + number);
  BOOST_TEST_REQUIRE(static_cast<bool>(answer));
  BOOST_TEST(answer->status == 200);
  BOOST_TEST(answer->body.find("\"id_number\":\"" + number + "\"") != std::string::npos);
  BOOST_TEST(raw_connection{sut.port()}.local_port() != 0);
  BOOST_TEST(sut.log().find(number) == std::string::npos);
  BOOST_TEST(sut.stop() == 0);
  BOOST_TEST(!sut.running());
}

BOOST_FIXTURE_TEST_CASE(the_callers_settings_do_not_reach_it, sample) {
  ::setenv("REDIS_URL", "no address at all", 1);
  tessera_process sut({"--store", store});
  ::unsetenv("REDIS_URL");
  BOOST_TEST(sut.ready());
  BOOST_CHECK_THROW(tessera_process({.arguments = {"--store", store}, .environment = {"REDIS_URL=no address"}}),
                    std::runtime_error);
}

BOOST_AUTO_TEST_CASE(an_early_end_is_an_error_with_the_log) {
  BOOST_CHECK_EXCEPTION(tessera_process({"--no-such-flag"}), std::runtime_error, [](const std::runtime_error& error) {
    return std::string_view{error.what()}.find("no-such-flag") != std::string_view::npos;
  });
  BOOST_CHECK_THROW(run_tessera({"sample-data"}), std::runtime_error);
}

BOOST_FIXTURE_TEST_CASE(a_crash_is_told_from_a_stop, sample) {
  tessera_process sut({"--store", store});
  sut.signal(SIGKILL);
  BOOST_TEST(sut.wait(10s).value() == 128 + SIGKILL);
  BOOST_TEST(!sut.ready());
}

BOOST_AUTO_TEST_SUITE_END()
