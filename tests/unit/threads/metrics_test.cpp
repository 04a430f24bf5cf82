#include "actors/metrics.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>
#include <vector>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(metrics_threads)

BOOST_AUTO_TEST_CASE(a_counter_of_one_writer_is_read_by_others_and_never_runs_backwards) {
  cache_metrics metrics;
  std::atomic<bool> done{false};
  std::thread reader{[&] {
    std::uint64_t last = 0;
    while (!done) {
      auto now = read(metrics.hits);
      BOOST_REQUIRE(now >= last);
      last = now;
    }
  }};
  for (int i = 0; i < 200'000; ++i)
    add(metrics.hits);
  done = true;
  reader.join();
  BOOST_TEST(read(metrics.hits) == 200'000u);
}

BOOST_AUTO_TEST_CASE(a_counter_of_several_writers_loses_nothing) {
  pool_metrics metrics;
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i)
    writers.emplace_back([&] {
      for (int n = 0; n < 50'000; ++n)
        add_shared(metrics.failures);
    });
  for (auto& writer : writers)
    writer.join();
  BOOST_TEST(read(metrics.failures) == 200'000u);
}

BOOST_AUTO_TEST_SUITE_END()
