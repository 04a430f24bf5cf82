#include "guard/rate_limiter.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>

using namespace std::chrono_literals;
using tessera::client_key;
using tessera::limit_kind;
using tessera::rate_limiter;
using tessera::rate_rules;

// Several processes, whose clocks began at different times, and a store between them: the obvious one, which keeps a
// window's counts by name until its earliest end. Exchanges take time, are lost on the way there or on the way back,
// and the store may lose everything. The truth is known: how many requests of the one client passed, and when.
namespace {

using time_point = rate_limiter::time_point;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr milliseconds period = 100ms;
constexpr client_key anna{0x0123'4567'89ab'cdef};

struct answer {
  std::uint64_t total = 0;
  milliseconds left{0};
};

struct simulated_store {
  std::map<std::uint64_t, std::uint64_t> counts;
  std::int64_t end = 0; ///< in milliseconds of its own clock
  microseconds clock_offset{0};

  answer exchange(const rate_limiter::shared_count& x, time_point now) {
    auto tick = std::chrono::duration_cast<milliseconds>(now.time_since_epoch() + clock_offset).count();
    if (tick >= end) {
      counts.clear();
      end = tick + x.left.count();
    }
    end = std::min(end, tick + x.left.count());
    counts[x.name] = x.own;
    std::uint64_t total = 0;
    for (auto& [name, count] : counts)
      total += count;
    return {total, milliseconds{end - tick}};
  }
};

struct process {
  process(const rate_rules& rules, std::uint64_t seed, microseconds offset)
      : limiter(std::make_unique<rate_limiter>(rules, 100, seed)), clock_offset(offset) {
  }

  /// When its exchange goes on, or the next begins.
  time_point due() const {
    return !under_way ? next_exchange : answers ? ends : executes;
  }

  std::unique_ptr<rate_limiter> limiter;
  microseconds clock_offset;
  time_point next_exchange{};
  // The exchange under way.
  std::vector<rate_limiter::shared_count> sent;
  std::optional<std::vector<answer>> answers;
  time_point executes{};
  time_point ends{};
  bool under_way = false;
  bool arrives = true;
  bool is_answered = true;
  std::vector<time_point> admitted;
};

struct world {
  world(std::uint64_t seed, unsigned requests, milliseconds window, std::size_t processes) : random(seed) {
    rules.general = {requests, window};
    store.clock_offset = any(1s);
    for (std::size_t i = 0; i < processes; ++i) {
      all.emplace_back(rules, random(), any(1h));
      all.back().next_exchange = now + any(period);
    }
  }

  microseconds any(microseconds below) {
    return microseconds{random() % static_cast<std::uint64_t>(below.count())};
  }

  void advance(microseconds by) {
    for (auto until = now + by; now < until;) {
      auto next = until;
      for (auto& x : all)
        next = std::min(next, x.due());
      now = std::max(now, next);
      for (auto& x : all)
        exchange(x);
    }
  }

  void exchange(process& x) {
    if (!x.under_way && now >= x.next_exchange) {
      x.next_exchange = now + period;
      x.sent.clear();
      x.limiter->collect(x.sent, 1'000, now + x.clock_offset);
      x.executes = now + any(slowest / 2);
      x.ends = x.executes + any(slowest / 2);
      x.arrives = random() % 100 >= lost_percent;
      x.is_answered = x.arrives && random() % 100 >= lost_percent;
      x.under_way = true;
      x.answers.reset();
    }
    if (x.under_way && !x.answers && now >= x.executes) {
      x.answers.emplace();
      if (x.arrives)
        for (auto& sent : x.sent)
          x.answers->push_back(store.exchange(sent, now));
    }
    if (x.under_way && now >= x.ends) {
      x.under_way = false;
      for (std::size_t i = 0; i < x.sent.size(); ++i) {
        if (x.is_answered)
          x.limiter->merge(x.sent[i], (*x.answers)[i].total, (*x.answers)[i].left, now + x.clock_offset);
        else
          x.limiter->put_back(x.sent[i]);
      }
    }
  }

  rate_limiter::verdict ask(process& x) {
    auto out = x.limiter->ask(anna, std::nullopt, 1, now + x.clock_offset);
    if (out.admitted)
      x.admitted.push_back(now);
    return out;
  }

  process& any_process() {
    return all[random() % all.size()];
  }

  std::size_t passed() const {
    std::size_t sum = 0;
    for (auto& x : all)
      sum += x.admitted.size();
    return sum;
  }

  std::mt19937_64 random;
  rate_rules rules;
  simulated_store store;
  std::vector<process> all;
  time_point now = time_point{} + 1000h;
  microseconds slowest{20ms}; ///< an exchange takes less
  unsigned lost_percent = 0;  ///< of exchanges, and of answers
};

} // namespace

BOOST_AUTO_TEST_SUITE(rate_sharing_model_test)

BOOST_AUTO_TEST_CASE(whatever_gets_lost_all_know_in_the_end_exactly_what_passed) {
  constexpr unsigned plenty = 1'000'000;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      world w{seed, plenty, 1h, 1 + seed % 4};
      w.lost_percent = 30;
      for (int i = 0; i < 300; ++i) {
        w.advance(w.any(30ms));
        for (auto burst = w.random() % 5; burst > 0; --burst)
          w.ask(w.any_process());
        if (w.random() % 100 == 0)
          w.store.counts.clear(); // restarted, empty
        if (w.random() % 200 == 0)
          w.all.emplace_back(w.rules, w.random(), w.any(1h)); // starts later
      }
      w.lost_percent = 0;
      for (auto& x : w.all)
        w.ask(x); // so that it writes its count again if the store has lost it
      w.advance(1s);
      for (auto& x : w.all) {
        w.ask(x);
        w.advance(1s);
        auto known = plenty - w.ask(x).remaining;
        BOOST_REQUIRE_EQUAL(known, w.passed());
        w.advance(1s);
      }
    }
  }
}

// What the header promises: after N requests have passed, a process admits more only within `tail`, and within `tail`
// from its first one after that. And never more than N.
BOOST_AUTO_TEST_CASE(no_more_pass_than_the_stated_overshoot) {
  std::size_t overshoot = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      auto limit = static_cast<unsigned>(1 + seed % 50);
      world w{seed, limit, 1h, 2 + seed % 3};
      w.slowest = rate_limiter::tail - period;
      auto pace = w.any(50ms) + 1us;
      std::optional<time_point> reached;
      for (int i = 0; i < 400; ++i) {
        w.advance(w.random() % 100 == 0 ? w.any(1s) : w.any(pace));
        w.ask(w.any_process());
        if (!reached && w.passed() >= limit)
          reached = w.now;
      }
      BOOST_REQUIRE(reached.has_value());
      for (auto& x : w.all) {
        BOOST_REQUIRE(x.admitted.size() <= limit);
        auto first = std::ranges::find_if(x.admitted, [&](auto at) { return at > *reached + rate_limiter::tail; });
        if (first != x.admitted.end())
          BOOST_REQUIRE((x.admitted.back() <= *first + rate_limiter::tail));
      }
      overshoot += w.passed() - limit;
    }
  }
  BOOST_TEST(overshoot > 0u); // else nothing was shown
}

BOOST_AUTO_TEST_CASE(thousands_of_exchanges_leave_the_end_of_a_window_where_it_was) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      world w{seed, 1'000'000, 15min, 3};
      w.slowest = seed % 2 == 0 ? 1ms : 20ms;
      w.ask(w.all[0]);
      auto end = w.now + 15min;
      w.advance(150ms);
      for (auto& x : w.all)
        w.ask(x);
      w.advance(1s);
      while (w.now < end - 1s) {
        auto& x = w.any_process();
        auto ends = w.now + w.ask(x).reset;
        BOOST_REQUIRE((ends >= end - 2ms)); // a process and the store cut off one each
        BOOST_REQUIRE((ends <= end + w.slowest + 2ms));
        w.advance(w.any(200ms));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(after_a_silence_every_process_begins_anew) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      auto window = 400ms + milliseconds{seed * 10};
      world w{seed, 20, window, 3};
      w.lost_percent = seed % 2 == 0 ? 20 : 0;
      for (int life = 0; life < 10; ++life) {
        for (int i = 0; i < 200; ++i) {
          w.advance(w.any(10ms));
          w.ask(w.any_process());
        }
        w.advance(window + rate_limiter::tail);
        auto& x = w.any_process();
        BOOST_REQUIRE_EQUAL(w.ask(x).remaining, 19u);
        w.advance(150ms); // an exchange, whose answer holds nothing of the windows before
        BOOST_REQUIRE_EQUAL(w.ask(x).remaining, 18u);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
