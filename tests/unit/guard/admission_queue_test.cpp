#include "guard/admission_queue.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace std::chrono_literals;
using tessera::admission_priority;
using tessera::admission_queue;
using tessera::admission_queue_settings;

namespace {

using item = admission_queue::item;
using reason = admission_queue::reason;
using time_point = admission_queue::time_point;
using items = std::vector<item>;

constexpr auto verify = admission_priority::verify;
constexpr auto lookup = admission_priority::lookup;
constexpr auto batch = admission_priority::batch;

struct fixture {
  explicit fixture(admission_queue_settings with = {}) : sut(with) {
  }

  items add(std::size_t count, admission_priority priority = lookup, std::chrono::milliseconds time_left = 60s) {
    items added;
    for (std::size_t i = 0; i < count; ++i) {
      sut.add(++last, priority, now + time_left, now);
      added.push_back(last);
    }
    return added;
  }
  admission_queue::decisions decide() {
    return sut.decide(now);
  }
  items granted() {
    items result;
    for (auto& x : decide().granted)
      result.push_back(x.which);
    return result;
  }
  std::vector<admission_queue::refusal> refused() {
    return decide().refused;
  }
  void release(const items& which) {
    for (auto x : which)
      BOOST_TEST(sut.release(x, now));
  }
  /// Lets the oldest of `priority`, which has just come, wait until that is overload. Nothing is shed yet.
  void overload() {
    now += 120ms;
    decide();
    BOOST_REQUIRE(sut.overloaded());
  }

  admission_queue sut;
  time_point now = time_point{} + 1h;
  item last = 0;
};

/// One slot, which is taken.
struct one_slot : fixture {
  explicit one_slot(admission_queue_settings with = {})
      : fixture([&] {
          with.concurrency = 1;
          return with;
        }()) {
    at_work = add(1).front();
    BOOST_REQUIRE(granted() == items{at_work});
  }
  /// Returns what is granted when the slot gets free; that takes it.
  item next() {
    BOOST_REQUIRE(sut.release(at_work, now));
    auto done = granted();
    BOOST_REQUIRE_EQUAL(done.size(), 1u);
    return at_work = done.front();
  }
  item at_work = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(admission_queue_test)

// -- slots ------------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_finds_a_free_slot_is_granted_at_once) {
  fixture f;
  auto first = f.add(60);
  BOOST_TEST(f.granted() == first);
  f.add(60);
  BOOST_TEST(f.granted().size() == 40u);
  BOOST_TEST(f.sut.at_work() == 100u);
  BOOST_TEST(f.sut.waiting() == 20u);
  BOOST_TEST(f.granted().empty());
}

BOOST_AUTO_TEST_CASE(slots_that_come_back_go_to_those_who_wait_together_and_oldest_first) {
  fixture f;
  auto first = f.add(100);
  f.decide();
  auto second = f.add(30);
  f.decide();
  f.now += 5ms;
  f.release({first.begin(), first.begin() + 20});
  auto done = f.decide();
  BOOST_REQUIRE_EQUAL(done.granted.size(), 20u);
  for (std::size_t i = 0; i < 20; ++i) {
    BOOST_TEST(done.granted[i].which == second[i]);
    BOOST_TEST(done.granted[i].waited.count() == 5'000);
  }
  BOOST_TEST(f.sut.at_work() == 100u);
}

BOOST_AUTO_TEST_CASE(a_slot_comes_back_once) {
  one_slot f;
  f.add(2);
  BOOST_TEST(f.sut.release(f.at_work, f.now));
  BOOST_TEST(!f.sut.release(f.at_work, f.now));
  BOOST_TEST(!f.sut.release(99, f.now));
  BOOST_TEST(f.granted().size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_was_at_work_before_takes_slots_even_too_many) {
  fixture f{{.concurrency = 2}};
  for (item x : {1, 2, 3})
    f.sut.adopt(x);
  f.last = 3;
  f.add(1);
  BOOST_TEST(f.granted().empty());
  BOOST_TEST(f.sut.at_work() == 3u);
  f.release({1});
  BOOST_TEST(f.granted().empty());
  f.release({2});
  BOOST_TEST(f.granted() == items{4});
}

BOOST_AUTO_TEST_CASE(who_withdraws_is_neither_granted_nor_refused) {
  one_slot f;
  auto waiting = f.add(2);
  BOOST_TEST(f.sut.withdraw(waiting[0]));
  BOOST_TEST(!f.sut.withdraw(waiting[0]));
  BOOST_TEST(!f.sut.withdraw(f.at_work));
  BOOST_TEST(f.next() == waiting[1]);
}

BOOST_AUTO_TEST_CASE(without_a_limit_at_work_nothing_waits) {
  fixture f{{.concurrency = 0}};
  f.add(10'000);
  BOOST_TEST(f.granted().size() == 10'000u);
  BOOST_TEST(f.sut.at_work() == 10'000u);
  BOOST_TEST(f.sut.waiting() == 0u);
}

// -- priorities -------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_more_urgent_goes_first) {
  one_slot f;
  auto third = f.add(1, batch).front();
  auto second = f.add(1, lookup).front();
  auto first = f.add(1, verify).front();
  BOOST_TEST(f.next() == first);
  BOOST_TEST(f.next() == second);
  BOOST_TEST(f.next() == third);
}

BOOST_AUTO_TEST_CASE(an_unknown_priority_is_the_least_urgent) {
  one_slot f;
  auto second = f.add(1, static_cast<admission_priority>(77)).front();
  auto first = f.add(1, lookup).front();
  BOOST_TEST(f.next() == first);
  BOOST_TEST(f.next() == second);
}

BOOST_AUTO_TEST_CASE(who_is_starved_is_shed_while_those_who_are_served_are_not) {
  one_slot f;
  f.add(1, batch);
  for (int i = 0; i < 119; ++i) {
    f.add(1, lookup);
    f.now += 1ms;
    f.next();
    BOOST_TEST(!f.sut.overloaded());
  }
  f.add(1, lookup);
  f.now += 1ms;
  auto done = f.refused();
  BOOST_REQUIRE_EQUAL(done.size(), 1u);
  BOOST_TEST(done[0].which == 2u);
  BOOST_TEST((done[0].why == reason::shed));
}

// -- overload ---------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_burst_is_served_oldest_first_and_nothing_is_shed) {
  one_slot f;
  auto waiting = f.add(100);
  f.decide();
  for (auto x : waiting) {
    f.now += 1ms;
    BOOST_TEST(f.next() == x);
  }
  BOOST_TEST(!f.sut.overloaded());
}

BOOST_AUTO_TEST_CASE(in_overload_what_waited_long_is_shed_and_the_newest_goes_first) {
  one_slot f;
  auto old = f.add(3);
  f.now += 100ms;
  auto fresh = f.add(3);
  f.now += 20ms;
  auto done = f.refused();
  BOOST_REQUIRE_EQUAL(done.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    BOOST_TEST(done[i].which == old[i]);
    BOOST_TEST((done[i].why == reason::shed));
    BOOST_TEST(done[i].waited.count() == 120'000);
  }
  BOOST_TEST(f.sut.overloaded());
  BOOST_TEST(f.next() == fresh[2]);
  BOOST_TEST(f.next() == fresh[1]);
  auto newest = f.add(1).front();
  BOOST_TEST(f.next() == newest);
  // Whoever is skipped is told so early.
  f.now += 19ms;
  BOOST_TEST(f.refused().empty());
  f.now += 1ms;
  done = f.refused();
  BOOST_REQUIRE_EQUAL(done.size(), 1u);
  BOOST_TEST(done[0].which == fresh[0]);
}

BOOST_AUTO_TEST_CASE(after_overload_the_oldest_goes_first_again) {
  one_slot f;
  f.add(1);
  f.overload();
  f.now += 100ms;
  auto waiting = f.add(2);
  BOOST_TEST(f.next() == waiting[0]);
  BOOST_TEST(!f.sut.overloaded());
}

BOOST_AUTO_TEST_CASE(overload_of_one_priority_is_none_of_another) {
  one_slot f;
  f.add(1, batch);
  f.overload();
  auto waiting = f.add(2, lookup);
  BOOST_TEST(f.next() == waiting[0]);
}

BOOST_AUTO_TEST_CASE(without_a_target_nothing_is_shed) {
  one_slot f{{.target = 0ms}};
  auto waiting = f.add(2);
  f.now += 29s;
  BOOST_TEST(f.refused().empty());
  BOOST_TEST(f.next() == waiting[0]);
}

// -- limit ------------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(beyond_the_limit_the_newest_is_refused) {
  one_slot f{{.limit = 3}};
  auto waiting = f.add(5);
  auto done = f.refused();
  BOOST_REQUIRE_EQUAL(done.size(), 2u);
  BOOST_TEST(done[0].which == waiting[4]);
  BOOST_TEST(done[1].which == waiting[3]);
  BOOST_TEST((done[0].why == reason::queue_full));
  BOOST_TEST(f.sut.waiting() == 3u);
  BOOST_TEST(f.next() == waiting[0]);
}

BOOST_AUTO_TEST_CASE(beyond_the_limit_in_overload_the_oldest_is_refused) {
  one_slot f{{.limit = 3}};
  f.add(1);
  f.overload();
  auto waiting = f.add(4);
  auto done = f.refused();
  BOOST_REQUIRE_EQUAL(done.size(), 1u);
  BOOST_TEST(done[0].which == waiting[0]);
  BOOST_TEST((done[0].why == reason::queue_full));
  BOOST_TEST(f.next() == waiting[3]);
}

BOOST_AUTO_TEST_CASE(beyond_the_limit_the_least_urgent_is_refused) {
  one_slot f{{.limit = 2}};
  auto lookups = f.add(2, lookup);
  f.decide();
  auto low = f.add(1, batch).front();
  auto done = f.refused();
  BOOST_REQUIRE_EQUAL(done.size(), 1u);
  BOOST_TEST(done[0].which == low);
  f.add(1, verify);
  done = f.refused();
  BOOST_REQUIRE_EQUAL(done.size(), 1u);
  BOOST_TEST(done[0].which == lookups[1]);
}

BOOST_AUTO_TEST_CASE(what_finds_a_free_slot_does_not_count_for_the_limit) {
  fixture f{{.concurrency = 5, .limit = 2}};
  f.add(8);
  auto done = f.decide();
  BOOST_TEST(done.granted.size() == 5u);
  BOOST_TEST(done.refused.size() == 1u);
}

BOOST_AUTO_TEST_CASE(without_a_limit_any_number_may_wait) {
  one_slot f{{.limit = 0}};
  f.add(50'000);
  BOOST_TEST(f.refused().empty());
  BOOST_TEST(f.sut.waiting() == 50'000u);
}

// -- time -------------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_waited_for_the_timeout_is_refused) {
  one_slot f{{.timeout = 30s, .target = 0ms}};
  f.add(1);
  f.now += 10s;
  f.add(1);
  f.now += 20s - 1us;
  BOOST_TEST(f.refused().empty());
  f.now += 1us;
  auto done = f.refused();
  BOOST_REQUIRE_EQUAL(done.size(), 1u);
  BOOST_TEST(done[0].which == 2u);
  BOOST_TEST((done[0].why == reason::timed_out));
  BOOST_TEST(done[0].retry_after.count() == 0);
  BOOST_TEST(done[0].waited.count() == 30'000'000);
}

BOOST_AUTO_TEST_CASE(what_has_passed_its_deadline_is_refused_even_if_a_slot_is_free) {
  one_slot f;
  f.add(1, lookup, 10ms);
  auto stays = f.add(1, lookup, 11ms).front();
  f.now += 10ms;
  BOOST_TEST(f.sut.release(f.at_work, f.now));
  auto done = f.decide();
  BOOST_REQUIRE_EQUAL(done.refused.size(), 1u);
  BOOST_TEST((done.refused[0].why == reason::timed_out));
  BOOST_REQUIRE_EQUAL(done.granted.size(), 1u);
  BOOST_TEST(done.granted[0].which == stays);
}

BOOST_AUTO_TEST_CASE(without_a_timeout_deadlines_still_count) {
  one_slot f{{.timeout = 0ms, .target = 0ms}};
  f.add(1, lookup, 1h);
  f.now += 1h - 1us;
  BOOST_TEST(f.refused().empty());
  f.now += 1us;
  BOOST_TEST(f.refused().size() == 1u);
}

BOOST_AUTO_TEST_CASE(it_tells_when_to_look_again) {
  one_slot f;
  BOOST_TEST((f.sut.next_look() == time_point::max()));
  f.add(1, lookup, 10ms);
  BOOST_TEST((f.sut.next_look() == f.now + 10ms));
  f.now += 10ms;
  f.decide();
  f.add(1);
  BOOST_TEST((f.sut.next_look() == f.now + 120ms)); // overload
  f.now += 90ms;
  f.add(1);
  f.now += 30ms;
  f.decide();
  BOOST_TEST((f.sut.next_look() == f.now + 10ms)); // shed
  f.now += 10ms;
  f.decide();
  BOOST_TEST((f.sut.next_look() == f.now + 100ms)); // the end of overload
  f.now += 100ms;
  f.decide();
  BOOST_TEST(!f.sut.overloaded());
  BOOST_TEST((f.sut.next_look() == time_point::max()));
}

BOOST_AUTO_TEST_CASE(it_tells_how_long_the_oldest_has_waited) {
  one_slot f;
  BOOST_TEST(f.sut.oldest_age(f.now).count() == 0);
  f.add(1, batch);
  f.now += 3ms;
  f.add(1, verify);
  f.now += 2ms;
  BOOST_TEST(f.sut.oldest_age(f.now).count() == 5'000);
}

// -- when to come back ------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(those_who_are_refused_are_told_to_come_back_at_different_times) {
  one_slot f{{.limit = 10}};
  f.add(1'010);
  std::set<std::chrono::seconds::rep> told;
  for (auto& x : f.refused())
    told.insert(x.retry_after.count());
  BOOST_TEST((told == std::set<std::chrono::seconds::rep>{1, 2}));
}

BOOST_AUTO_TEST_CASE(the_slower_the_queue_drains_the_later_they_are_to_come_back) {
  one_slot f{{.limit = 10, .target = 0ms}};
  f.add(20);
  f.decide();
  for (int i = 0; i < 6; ++i) { // two a second
    f.now += 500ms;
    f.next();
    f.add(1);
    f.decide();
  }
  f.add(100);
  auto done = f.refused();
  auto [least, most] =
      std::minmax_element(done.begin(), done.end(), [](auto& x, auto& y) { return x.retry_after < y.retry_after; });
  BOOST_TEST(least->retry_after.count() >= 5);
  BOOST_TEST(most->retry_after.count() > least->retry_after.count());
  // A queue that is stuck sends nobody away for long.
  f.now += 25s;
  f.add(100);
  for (auto& x : f.refused())
    BOOST_TEST(x.retry_after.count() <= 20);
}

BOOST_AUTO_TEST_SUITE_END()
