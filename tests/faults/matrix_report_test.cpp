#include "tests/faults/matrix_report.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

const sighting::time_point start{1h};

sighting seen(std::size_t group, std::chrono::microseconds asked, std::chrono::microseconds took, std::string what) {
  return {group, start + asked, start + asked + took, std::move(what)};
}

} // namespace

BOOST_AUTO_TEST_SUITE(matrix_report_test)

BOOST_AUTO_TEST_CASE(a_tally_counts_what_its_group_asked_in_time) {
  const std::vector<sighting> all{seen(0, 0ms, 1ms, "200 HIT"),    seen(0, 10ms, 90ms, "200 HIT"),
                                  seen(1, 10ms, 500ms, "200 HIT"), seen(0, 19ms, 1100us, "200 STALE"),
                                  seen(0, 20ms, 900ms, "200 HIT"), seen(0, 11ms, 2ms, "503 QUEUE_FULL")};
  auto got = tally_of(all, 0, start + 10ms, start + 20ms);
  BOOST_TEST(got.count() == 3u);
  BOOST_TEST(got.count("200") == 2u);
  BOOST_TEST(got.count("200 STALE") == 1u);
  BOOST_TEST(got.count("408") == 0u);
  BOOST_TEST(got.longest.count() == 90);
  BOOST_TEST(tally_of(all, 0, start).count() == 5u);
}

BOOST_AUTO_TEST_CASE(a_table_is_made_for_each_server) {
  matrix_row one{
      .server = "MariaDB", .fault = "freeze", .clients = "idle", .noticed = 1234ms, .noticed_by = "200 STALE"};
  one.cached.add(seen(0, 0ms, 1100us, "200 HIT"));
  one.cached.add(seen(0, 0ms, 1ms, "200 STALE"));
  one.others.counts["503 DATABASE_UNAVAILABLE"] = 1'000'000;
  one.others.longest = 12ms;
  matrix_row two{.server = "Redis", .fault = "refuse", .clients = "under load", .recovered = 5ms};
  const std::string head =
      "| fault | clients | cached members | longest, ms | other members | longest, ms | noticed, ms "
      "| by | recovered, ms |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";
  const std::vector rows{one, one, two};
  const std::string line = "| freeze | idle | HIT 1, STALE 1 | 2 | 503 DATABASE_UNAVAILABLE 1,000,000 | 12 | "
                           "1,234 | STALE | never |\n";
  BOOST_TEST(to_markdown(rows)
             == "## MariaDB\n\n" + head + line + line + "\n## Redis\n\n" + head
                    + "| refuse | under load |  | 0 |  | 0 | never |  | 5 |\n");
}

BOOST_AUTO_TEST_SUITE_END()
