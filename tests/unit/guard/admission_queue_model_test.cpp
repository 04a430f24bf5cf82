#include "guard/admission_queue.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>
#include <vector>

using namespace std::chrono_literals;
using tessera::admission_priority;
using tessera::admission_queue;
using tessera::admission_queue_settings;

// A random life of a queue against a model that keeps its own books: who waits, who is at work, and since when each
// priority has had nobody who waited too long. From them it tells for every decision whether it was the right one.
namespace {

using item = admission_queue::item;
using reason = admission_queue::reason;
using time_point = admission_queue::time_point;

struct model {
  struct asked {
    time_point since;
    time_point deadline;
  };
  struct lane {
    std::map<item, asked> waiting;
    bool young = true;       ///< at the last look nobody had waited for the target
    time_point young_at{};   ///< last time that this was so
    time_point refused_at{}; ///< last time that somebody was refused for lack of room or time
    bool overloaded = false;
  };

  explicit model(std::uint64_t seed)
      : random(seed), settings{.concurrency = random() % 8 == 0 ? 0 : 1 + random() % 20,
                               .limit = random() % 8 == 0 ? 0 : 1 + random() % 60,
                               .timeout = random() % 8 == 0 ? 0ms : 400ms,
                               .target = random() % 8 == 0 ? 0ms : 20ms,
                               .interval = 100ms,
                               .seed = seed},
        sut(settings) {
  }

  bool controlled() const {
    return settings.target.count() > 0;
  }
  time_point give_up_at(const asked& x) const {
    return settings.timeout.count() > 0 ? std::min(x.deadline, x.since + settings.timeout) : x.deadline;
  }
  std::size_t waiting() const {
    std::size_t sum = 0;
    for (auto& x : lanes)
      sum += x.waiting.size();
    return sum;
  }
  lane& lane_of(item which) {
    auto i = std::find_if(lanes.begin(), lanes.end(), [&](auto& x) { return x.waiting.count(which) > 0; });
    BOOST_REQUIRE(i != lanes.end()); // neither granted nor refused nor withdrawn before
    return *i;
  }

  /// To be called whenever somebody has come or left: in between, the oldest of a lane only gets older.
  void look(lane& in) {
    auto old_at = in.waiting.empty() ? time_point::max() : in.waiting.begin()->second.since + settings.target;
    if (in.young)
      in.young_at = std::min(now, old_at);
    in.young = now < old_at;
    if (!in.young && controlled() && now - in.young_at >= settings.interval)
      in.overloaded = true;
    if (in.young && now - in.refused_at >= settings.interval)
      in.overloaded = false;
  }

  void check_timed_out(const admission_queue::refusal& x) {
    auto& from = lane_of(x.which);
    BOOST_REQUIRE((now >= give_up_at(from.waiting.at(x.which))));
    BOOST_REQUIRE(x.retry_after.count() == 0);
    from.waiting.erase(x.which);
  }

  void check_shed(const admission_queue::refusal& x) {
    auto& from = lane_of(x.which);
    BOOST_REQUIRE(from.overloaded);
    BOOST_REQUIRE(x.which == from.waiting.begin()->first);
    BOOST_REQUIRE((now - from.waiting.begin()->second.since >= 2 * settings.target));
    from.waiting.erase(x.which);
    from.refused_at = now;
    look(from);
  }

  void check_granted(const admission_queue::grant& x) {
    auto& from = lane_of(x.which);
    BOOST_REQUIRE((settings.concurrency == 0 || at_work.size() < settings.concurrency));
    for (auto* urgent = &lanes.front(); urgent != &from; ++urgent)
      BOOST_REQUIRE(urgent->waiting.empty());
    BOOST_REQUIRE(x.which == (from.overloaded ? from.waiting.rbegin()->first : from.waiting.begin()->first));
    BOOST_REQUIRE(x.waited.count() * 1us == now - from.waiting.at(x.which).since);
    from.waiting.erase(x.which);
    at_work.insert(x.which);
    look(from);
    ++granted;
  }

  void check_too_many(const admission_queue::refusal& x) {
    BOOST_REQUIRE((settings.limit > 0 && waiting() > settings.limit));
    auto& from = lane_of(x.which);
    for (auto* below = &from + 1; below != &lanes.back() + 1; ++below)
      BOOST_REQUIRE(below->waiting.empty());
    BOOST_REQUIRE(x.which == (from.overloaded ? from.waiting.begin()->first : from.waiting.rbegin()->first));
    from.waiting.erase(x.which);
    from.refused_at = now;
    look(from);
  }

  void carry_out() {
    auto done = sut.decide(now);
    auto& refused = done.refused;
    auto shed_from = std::find_if(refused.begin(), refused.end(), [](auto& x) { return x.why != reason::timed_out; });
    auto too_many_from = std::find_if(shed_from, refused.end(), [](auto& x) { return x.why != reason::shed; });
    std::for_each(refused.begin(), shed_from, [&](auto& x) { check_timed_out(x); });
    for (auto& x : lanes)
      look(x);
    std::for_each(shed_from, too_many_from, [&](auto& x) { check_shed(x); });
    for (auto& x : done.granted)
      check_granted(x);
    std::for_each(too_many_from, refused.end(), [&](auto& x) { check_too_many(x); });
    for (auto i = shed_from; i != refused.end(); ++i) {
      BOOST_REQUIRE((i->why == (i < too_many_from ? reason::shed : reason::queue_full)));
      BOOST_REQUIRE((i->retry_after.count() >= 1 && i->retry_after.count() <= 20));
      ++shed;
    }
    // Nothing was left undone.
    BOOST_REQUIRE((settings.limit == 0 || waiting() <= settings.limit));
    BOOST_REQUIRE((waiting() == 0 || (settings.concurrency > 0 && at_work.size() >= settings.concurrency)));
    auto next = sut.next_look();
    bool any_overloaded = false;
    for (auto& x : lanes) {
      any_overloaded |= x.overloaded;
      for (auto& [which, one] : x.waiting) {
        BOOST_REQUIRE((now < give_up_at(one) && next <= give_up_at(one)));
        if (x.overloaded)
          BOOST_REQUIRE((now - one.since < 2 * settings.target && next <= one.since + 2 * settings.target));
      }
      if (controlled() && !x.waiting.empty() && !x.overloaded)
        BOOST_REQUIRE(
            (next <= (x.young ? x.waiting.begin()->second.since + settings.target : x.young_at) + settings.interval));
    }
    BOOST_REQUIRE_EQUAL(sut.overloaded(), any_overloaded);
    BOOST_REQUIRE_EQUAL(sut.at_work(), at_work.size());
    BOOST_REQUIRE_EQUAL(sut.waiting(), waiting());
    overloaded_at += any_overloaded;
  }

  void add_some() {
    auto burst = random() % 6 == 0 ? random() % 80 : random() % 4;
    auto priority = random() % 3;
    for (std::uint64_t i = 0; i < burst; ++i) {
      asked x{now, now + std::chrono::milliseconds{1 + random() % 600}};
      sut.add(++last, static_cast<admission_priority>(priority), x.deadline, now);
      lanes[priority].waiting.emplace(last, x);
    }
  }

  void end_some() {
    for (auto count = random() % 6; count > 0; --count) {
      // Whatever number comes up: only what is at work can be released, only what waits withdrawn, each once.
      auto which = at_work.empty() || random() % 5 == 0 ? random() % (last + 2) : *at_work.begin();
      BOOST_REQUIRE_EQUAL(sut.release(which, now), at_work.erase(which) > 0);
    }
    if (random() % 3 == 0) {
      auto which = last - std::min<item>(last, random() % 30);
      bool waited = std::any_of(lanes.begin(), lanes.end(), [&](auto& x) { return x.waiting.erase(which) > 0; });
      BOOST_REQUIRE_EQUAL(sut.withdraw(which), waited);
    }
  }

  void step() {
    now += std::chrono::microseconds{random() % 8 == 0 ? random() % 60'000 : random() % 3'000};
    if (random() % 3 == 0)
      now = std::max(now, std::min(sut.next_look(), now + 200ms));
    auto what = random() % 20;
    if (what < 10)
      add_some();
    else if (what < 19)
      end_some();
    else
      adopt_one();
    carry_out();
  }

  void adopt_one() {
    sut.adopt(++last);
    at_work.insert(last);
  }

  std::mt19937_64 random;
  admission_queue_settings settings;
  admission_queue sut;
  time_point now = time_point{} + 1h;
  item last = 0;
  std::array<lane, admission_queue::priority_count> lanes;
  std::set<item> at_work;
  std::uint64_t granted = 0;
  std::uint64_t shed = 0;
  std::uint64_t overloaded_at = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(admission_queue_model_test)

BOOST_AUTO_TEST_CASE(random_lives_keep_every_promise) {
  std::uint64_t granted = 0;
  std::uint64_t shed = 0;
  std::uint64_t overloaded_at = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      model m{seed};
      for (int i = 0; i < 2'000; ++i)
        m.step();
      granted += m.granted;
      shed += m.shed;
      overloaded_at += m.overloaded_at;
      // Everything that came leaves.
      while (m.waiting() > 0 || !m.at_work.empty()) {
        m.now += 1ms;
        if (!m.at_work.empty()) {
          BOOST_REQUIRE(m.sut.release(*m.at_work.begin(), m.now));
          m.at_work.erase(m.at_work.begin());
        }
        m.carry_out();
      }
    }
  }
  // The lives were eventful.
  BOOST_TEST(granted > 20'000u);
  BOOST_TEST(shed > 2'000u);
  BOOST_TEST(overloaded_at > 4'000u);
}

BOOST_AUTO_TEST_SUITE_END()
