#include "guard/circuit_breaker.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <vector>

using namespace std::chrono_literals;
using tessera::circuit_breaker;
using tessera::circuit_breaker_settings;

// A random life of a breaker against a model that keeps every call that counts, with its time, and reads the rules anew
// from that list after each.
namespace {

using state = circuit_breaker::state;
using reason = circuit_breaker::reason;
using time_point = circuit_breaker::time_point;

struct model {
  struct call {
    time_point ended;
    bool failed;
    bool slow;
  };
  struct running {
    circuit_breaker::epoch epoch;
    int life; ///< which of the model's lives it began in; one per change of state
    bool probe;
  };

  explicit model(std::uint64_t seed)
      : random(seed), settings{.failures = 1 + random() % 30, .recovery = 20s, .seed = seed}, sut(settings),
        failure_percent(random() % 60), slow_percent(random() % 3 == 0 ? 90 : random() % 60) {
  }

  // -- the rules --

  std::size_t failures_in_a_row() const {
    auto last_success = std::find_if(calls.rbegin(), calls.rend(), [](auto& x) { return !x.failed; });
    return static_cast<std::size_t>(last_success - calls.rbegin());
  }

  reason verdict() const {
    if (failures_in_a_row() >= settings.failures)
      return reason::failures_in_a_row;
    auto second_of = [](time_point at) { return std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()); };
    std::size_t all = 0, failed = 0, slow = 0;
    for (auto& x : calls)
      if (second_of(now) - second_of(x.ended) < 10s) {
        ++all;
        failed += x.failed;
        slow += x.slow;
      }
    if (all >= 20 && failed >= settings.failures && failed * 2 >= all)
      return reason::failure_rate;
    if (all >= 20 && slow * 10 >= all * 8)
      return reason::slow_calls;
    return reason::none;
  }

  void change(state to) {
    at = to;
    ++life;
    calls.clear();
    good_probes = 0;
  }

  void opens(reason why) {
    change(state::open);
    ++openings[why];
    BOOST_REQUIRE((sut.opened_by() == why));
    BOOST_REQUIRE((sut.retry_at() >= now + 19s && sut.retry_at() <= now + 21s));
    retry_at = sut.retry_at();
  }

  // -- steps --

  void end(std::size_t index) {
    auto which = under_way[index];
    under_way.erase(under_way.begin() + static_cast<std::ptrdiff_t>(index));
    auto count = which.probe ? 1 : 1 + random() % 3;
    bool failed = random() % 100 < (which.probe ? 20 : failure_percent);
    bool slow = random() % 100 < slow_percent;
    auto duration = std::chrono::microseconds{slow ? 1'000'001 + random() % 1'000'000 : random() % 1'000'001};
    if (failed)
      sut.failed(which.epoch, duration, now, count);
    else
      sut.succeeded(which.epoch, duration, now, count);
    if (which.life != life) {
      ++ignored;
      return;
    }
    if (which.probe)
      probing = false;
    if (at == state::half_open) {
      if (failed)
        opens(reason::probe_failed);
      else if (++good_probes == 3)
        change(state::closed);
      return;
    }
    if (now < forced_until) {
      ++ignored_by_order;
      return;
    }
    calls.insert(calls.end(), count, {now, failed, slow});
    if (auto why = verdict(); why != reason::none)
      opens(why);
  }

  void order() {
    auto to = random() % 2 == 0 ? state::open : state::closed;
    forced_until = now + std::chrono::microseconds{1 + random() % 20'000'000};
    sut.force(to, forced_until);
    opened_by_order += at == state::closed && to == state::open;
    change(to);
    ++orders[to];
    if (to == state::open)
      retry_at = forced_until;
    probing = false;
  }

  void release() {
    sut.release(now);
    if (now < forced_until && at == state::open)
      retry_at = now;
    forced_until = std::min(forced_until, now);
  }

  void step() {
    now += std::chrono::microseconds{random() % 20 == 0 ? random() % 15'000'000 : random() % 300'000};
    if (random() % 400 == 0)
      order();
    if (random() % 1'000 == 0)
      release();
    BOOST_REQUIRE((sut.forced_until(now) == (now < forced_until ? std::optional{forced_until} : std::nullopt)));
    if (random() % 2 == 0) {
      auto epoch = sut.permit();
      BOOST_REQUIRE(epoch.has_value() == (at == state::closed));
      if (epoch)
        under_way.push_back({*epoch, life, false});
    }
    bool due = (at == state::open && now >= retry_at) || (at == state::half_open && !probing);
    BOOST_REQUIRE_EQUAL(sut.probe_due(now), due);
    if (due && random() % 2 == 0) {
      if (at == state::open)
        change(state::half_open);
      under_way.push_back({sut.begin_probe(), life, true});
      probing = true;
      ++probes;
    }
    if (!under_way.empty() && random() % 5 < 3)
      end(random() % under_way.size());
    BOOST_REQUIRE((sut.current_state() == at));
    BOOST_REQUIRE_EQUAL(sut.probes(), probes);
  }

  std::mt19937_64 random;
  circuit_breaker_settings settings;
  circuit_breaker sut;
  std::uint64_t failure_percent;
  std::uint64_t slow_percent;
  time_point now = time_point{} + 1h;
  state at = state::closed;
  int life = 0;
  std::vector<call> calls; ///< of this life that count
  std::vector<running> under_way;
  bool probing = false;
  unsigned good_probes = 0;
  std::uint64_t probes = 0;
  time_point retry_at{};
  time_point forced_until{};
  std::map<state, std::uint64_t> orders;
  std::map<reason, std::uint64_t> openings;
  std::uint64_t ignored = 0;
  std::uint64_t ignored_by_order = 0;
  std::uint64_t opened_by_order = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(circuit_breaker_model_test)

BOOST_AUTO_TEST_CASE(random_lives_follow_the_rules) {
  std::map<reason, std::uint64_t> openings;
  std::uint64_t ignored = 0;
  std::uint64_t ignored_by_order = 0;
  std::map<state, std::uint64_t> orders;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      model m{seed};
      for (int i = 0; i < 2'000; ++i)
        m.step();
      for (auto& [why, count] : m.openings)
        openings[why] += count;
      for (auto& [to, count] : m.orders)
        orders[to] += count;
      ignored += m.ignored;
      ignored_by_order += m.ignored_by_order;
      BOOST_REQUIRE_EQUAL(m.sut.opened(), m.openings[reason::failures_in_a_row] + m.openings[reason::failure_rate]
                                              + m.openings[reason::slow_calls] + m.opened_by_order);
    }
  }
  // The lives were eventful.
  for (auto why : {reason::failures_in_a_row, reason::failure_rate, reason::slow_calls, reason::probe_failed})
    BOOST_TEST(openings[why] > 100u);
  BOOST_TEST(ignored > 1'000u);
  BOOST_TEST(ignored_by_order > 1'000u);
  for (auto to : {state::open, state::closed})
    BOOST_TEST(orders[to] > 100u);
}

BOOST_AUTO_TEST_SUITE_END()
