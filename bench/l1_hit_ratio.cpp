// Prints the hit ratios of S3-FIFO and LRU on Zipf traces, and what finding a body in L1 costs.

#include "storage/l1_store.hpp"
#include "storage/lru.hpp"
#include "storage/s3_fifo.hpp"
#include "tests/support/zipf_trace.hpp"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

using namespace tessera;

namespace {

struct mixed {
  std::uint64_t operator()(std::uint64_t key) const noexcept {
    return mix64(key);
  }
};

void print_hit_ratios() {
  constexpr std::size_t keys = 100'000;
  constexpr std::size_t requests = 5'000'000;
  std::printf("hit ratio, %zu keys, %zu requests, the first tenth not counted\n", keys, requests);
  std::printf("%6s %14s %10s %10s %12s\n", "zipf", "cache/keys", "S3-FIFO", "LRU", "misses/LRU's");
  for (auto skew : {0.8, 0.99, 1.1}) {
    auto trace = test::zipf_trace(keys, skew, requests, 42);
    for (auto percent : {1, 10}) {
      auto capacity = keys * static_cast<std::size_t>(percent) / 100;
      s3_fifo<std::uint64_t, int, mixed> ours{capacity};
      lru<std::uint64_t, int, mixed> reference{capacity};
      auto our_ratio = test::hit_ratio(ours, trace);
      auto reference_ratio = test::hit_ratio(reference, trace);
      std::printf("%6.2f %12d %% %8.2f %% %8.2f %% %12.2f\n", skew, percent, our_ratio * 100, reference_ratio * 100,
                  (1 - our_ratio) / (1 - reference_ratio));
    }
  }
}

double cpu_nanoseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e9 * static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec);
}

void print_find_cost(std::size_t entries) {
  auto now = l1_store::time_point{} + std::chrono::hours{1000};
  l1_store store{{.bytes = entries * 1000}, 7};
  std::string text(300, 'x');
  for (std::uint64_t number = 0; number < entries; ++number)
    store.fill(cache_key::of_member(*id_number::from_packed(number)), shared_body::make(text, "", 0), store.stamp(),
               now, std::chrono::hours{1}, now);
  std::vector<cache_key> asked(1 << 20);
  std::mt19937_64 random{5};
  for (auto& key : asked)
    key = cache_key::of_member(*id_number::from_packed(random() % entries));
  auto measure = [&](const char* what, std::uint64_t offset) {
    // CPU time of this thread, the best of several rounds: what else runs on the machine disturbs least.
    auto best = 1e9;
    std::size_t found = 0;
    for (int round = 0; round < 7; ++round) {
      found = 0;
      auto begin = cpu_nanoseconds();
      for (auto key : asked) {
        key.subject += offset;
        found += store.find(key, now).body != nullptr ? 1 : 0;
      }
      best = std::min(best, (cpu_nanoseconds() - begin) / static_cast<double>(asked.size()));
    }
    std::printf("%9zu entries, %5.1f %% found, %s: %.1f ns\n", entries,
                100.0 * static_cast<double>(found) / static_cast<double>(asked.size()), what, best);
  };
  measure("hits", 0);
  measure("misses", 10'000'000);
}

} // namespace

int main() {
  print_hit_ratios();
  std::printf("\nfind, keys in random order\n");
  for (std::size_t entries : {10'000, 100'000, 1'000'000})
    print_find_cost(entries);
}
