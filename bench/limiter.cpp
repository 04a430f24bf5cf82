// Prints what a decision of the rate limiter costs, by threads and clients and for newcomers to a full table, and what
// one of the enumeration guard does.

#include "guard/enumeration_guard.hpp"
#include "guard/rate_limiter.hpp"

#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

using namespace tessera;

namespace {

constexpr std::size_t asks_per_round = 1 << 18; // some milliseconds: short enough to run undisturbed

double cpu_nanoseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e9 * static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec);
}

std::vector<client_key> random_clients(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  std::vector<client_key> all(count);
  for (auto& client : all)
    client.value = random();
  return all;
}

struct cost {
  double nanoseconds = 0; ///< of processor time, for each decision
  std::chrono::steady_clock::time_point begin;
  std::chrono::steady_clock::time_point end;
};

/// Calls `ask` with each of `asked`; the clock is not read for each.
template <class Ask>
cost measure(const std::vector<client_key>& asked, Ask ask) {
  cost out;
  out.begin = std::chrono::steady_clock::now();
  auto before = cpu_nanoseconds();
  for (auto client : asked)
    ask(client);
  out.nanoseconds = (cpu_nanoseconds() - before) / static_cast<double>(asked.size());
  out.end = std::chrono::steady_clock::now();
  return out;
}

cost measure(rate_limiter& sut, const std::vector<client_key>& asked, rate_limiter::time_point now) {
  return measure(asked, [&](client_key client) { sut.ask(client, limit_kind::lookup, 1, now); });
}

/// Returns whether the threads ran, and mostly at the same time.
bool together(const std::vector<cost>& all) {
  auto begin = all.front().begin;
  auto end = all.front().end;
  for (auto& one : all) {
    begin = std::max(begin, one.begin);
    end = std::min(end, one.end);
  }
  return std::ranges::all_of(all, [&](auto& one) {
    auto ran = one.nanoseconds * static_cast<double>(asks_per_round);
    auto wall = static_cast<double>(std::chrono::nanoseconds{one.end - one.begin}.count());
    return ran > 0.9 * wall && end - begin > (one.end - one.begin) / 2;
  });
}

/// The slowest thread in the best of several rounds: what else runs on the machine disturbs least.
void print_known_clients(unsigned threads, std::size_t clients) {
  auto all = random_clients(clients, 3);
  auto now = rate_limiter::time_point{} + std::chrono::hours{1000};
  rate_limiter sut{{}, clients, 7};
  for (auto client : all)
    sut.ask(client, limit_kind::lookup, 1, now);
  std::vector<std::vector<client_key>> asked(threads);
  std::mt19937_64 random{5};
  for (auto& mine : asked) {
    mine.resize(asks_per_round);
    std::generate(mine.begin(), mine.end(), [&] { return all[random() % clients]; });
  }
  auto best = 1e9;
  unsigned counted = 0;
  for (int round = 0; round < 1'000 && counted < 20; ++round) {
    std::atomic<unsigned> ready{0};
    std::vector<cost> costs(threads);
    std::vector<std::thread> running;
    for (unsigned i = 0; i < threads; ++i)
      running.emplace_back([&, i] {
        for (++ready; ready < threads;)
          ;
        costs[i] = measure(sut, asked[i], now);
      });
    for (auto& thread : running)
      thread.join();
    if (threads > 1 && !together(costs))
      continue;
    ++counted;
    auto slowest = std::ranges::max_element(costs, {}, &cost::nanoseconds);
    best = std::min(best, slowest->nanoseconds);
  }
  if (counted == 0) {
    std::fprintf(stderr, "%u threads never ran at the same time: something else keeps the processors busy\n", threads);
    std::exit(1);
  }
  std::printf("%u threads, %7zu clients, known: %.1f ns\n", threads, clients, best);
}

void print_newcomers(std::size_t clients) {
  auto now = rate_limiter::time_point{} + std::chrono::hours{1000};
  rate_limiter sut{{}, clients, 7};
  for (auto client : random_clients(8 * clients, 11)) // no place is free then
    sut.ask(client, limit_kind::lookup, 1, now);
  auto best = 1e9;
  for (std::uint64_t round = 0; round < 20; ++round)
    best = std::min(best, measure(sut, random_clients(asks_per_round, 100 + round), now).nanoseconds);
  std::printf("1 threads, %7zu clients, newcomers: %.1f ns\n", clients, best);
}

/// Lookups of numbers at random: 50 for each client or fewer, so that none is refused.
void print_guard(std::size_t clients) {
  auto all = random_clients(clients, 3);
  auto now = enumeration_guard::time_point{} + std::chrono::hours{1000};
  std::vector<client_key> asked(asks_per_round);
  std::mt19937_64 random{5};
  std::generate(asked.begin(), asked.end(), [&] { return all[random() % clients]; });
  auto best = 1e9;
  for (int round = 0; round < 9; ++round) {
    enumeration_guard sut{{.clients = clients}};
    for (auto client : all)
      sut.look_up(client, {}, 1, now);
    auto number = std::uint64_t{8'001'015'009'087};
    auto look_up = [&](client_key client) {
      number = number * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407; // Knuth's MMIX: cheap
      sut.look_up(client, *id_number::from_packed(number >> 21), 1, now);
    };
    best = std::min(best, measure(asked, look_up).nanoseconds);
  }
  std::printf("1 threads, %7zu clients, guard: %.1f ns\n", clients, best);
}

} // namespace

int main() {
  for (std::size_t clients : {20'000, 200'000})
    for (unsigned threads : {1U, 2U})
      print_known_clients(threads, clients);
  for (std::size_t clients : {20'000, 200'000})
    print_newcomers(clients);
  for (std::size_t clients : {20'000, 200'000})
    print_guard(clients);
}
