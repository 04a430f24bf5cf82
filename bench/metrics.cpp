// Prints what measuring costs: taking down the time of one message, of one request, and a sample of a whole node.

#include "actors/stats_sampler.hpp"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>

using namespace tessera;

namespace {

double cpu_nanoseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e9 * static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec);
}

/// Prints what one call costs: the best of some rounds, as what else runs on the machine only adds.
template <class Step>
void print(const char* what, int times, Step step) {
  auto best = 1e18;
  for (int round = 0; round < 20; ++round) {
    auto before = cpu_nanoseconds();
    for (int i = 0; i < times; ++i)
      step(i);
    best = std::min(best, (cpu_nanoseconds() - before) / times);
  }
  std::printf("%-60s %10.1f ns\n", what, best);
}

} // namespace

int main() {
  actor_metrics actor;
  print("a message: count it and take down how long it took", 100'000, [&](int) { handling timed{actor}; });
  latency_histogram histogram;
  print("a duration: take it down", 1'000'000,
        [&](int i) { histogram.record(std::chrono::nanoseconds{1'000 + i % 4'096}); });
  print("a reading of the clock", 1'000'000, [&](int) {
    auto now = std::chrono::steady_clock::now();
    asm volatile("" : : "g"(&now) : "memory");
  });

  node_metrics metrics{2, 2, 2, 2};
  for (auto& one : metrics.gateways)
    note_life(one, true);
  stats_sampler sampler{{&metrics, std::make_shared<node_description>(), [] { return node_facts{}; }, nullptr}};
  auto at = std::chrono::steady_clock::now();
  print("a sample of a node of two loops", 20,
        [&](int i) { sampler.take(at + std::chrono::seconds{i}, static_cast<std::uint64_t>(i)); });
}
