#include "guard/rate_limiter.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <latch>
#include <map>
#include <random>
#include <thread>
#include <vector>

using namespace tessera;
using namespace std::chrono_literals;

namespace {

constexpr unsigned threads = 4;
constexpr std::uint64_t clients = 4;
constexpr unsigned limit = 200'000; // so high that the threads run at the same time for a while
constexpr auto now = rate_limiter::time_point{} + 1h;

rate_rules lookups_only() {
  rate_rules rules;
  rules.general.requests = 0;
  rules.lookup.requests = limit;
  return rules;
}

client_key key_of(std::uint64_t number) {
  return {number * 0x9e37'79b9'7f4a'7c15};
}

/// Has the threads ask, together, twice as often as all clients may. Returns how many were admitted, by client.
std::vector<std::atomic<unsigned>> ask_from_all_threads(rate_limiter& sut) {
  std::vector<std::atomic<unsigned>> admitted(clients);
  std::latch start{threads};
  std::vector<std::thread> running;
  for (unsigned i = 0; i < threads; ++i)
    running.emplace_back([&, i] {
      std::mt19937_64 random{i};
      start.arrive_and_wait();
      for (std::uint64_t n = 0; n < 2 * limit * clients / threads; ++n) {
        auto which = random() % clients;
        if (sut.ask(key_of(which), limit_kind::lookup, 1, now).admitted)
          ++admitted[which];
      }
    });
  for (auto& thread : running)
    thread.join();
  return admitted;
}

} // namespace

BOOST_AUTO_TEST_SUITE(rate_limiter_threads)

BOOST_AUTO_TEST_CASE(of_the_requests_of_several_threads_exactly_as_many_pass_as_the_limit_says) {
  rate_limiter sut{lookups_only(), 40, 1};
  for (auto& count : ask_from_all_threads(sut))
    BOOST_TEST(count == limit);
  BOOST_TEST(sut.evictions() == 0u);
}

BOOST_AUTO_TEST_CASE(whoever_collects_meanwhile_sees_every_count) {
  rate_limiter sut{lookups_only(), 40, 1};
  std::map<std::uint64_t, std::uint32_t> collected; // the last count of each client
  bool only_grow = true;
  std::atomic<bool> done{false};
  std::thread collector{[&] {
    std::vector<rate_limiter::shared_count> some;
    for (bool last = false; !last;) {
      last = done;
      some.clear();
      sut.collect(some, 8, now);
      last = last && some.empty();
      for (auto& x : some) {
        only_grow = only_grow && x.own > collected[x.client.value];
        collected[x.client.value] = x.own;
        sut.merge(x, x.own, x.left, now);
      }
    }
  }};
  ask_from_all_threads(sut);
  done = true;
  collector.join();
  BOOST_TEST(only_grow);
  BOOST_TEST(collected.size() == clients);
  for (auto& [client, count] : collected)
    BOOST_TEST(count == limit);
}

BOOST_AUTO_TEST_SUITE_END()
