#include "actors/load_table.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <set>

namespace {

using namespace tessera;
using namespace std::chrono_literals;

id_number number(std::uint64_t n) {
  return *id_number::from_packed(8001015009000 + n);
}

member_key key(std::uint64_t n) {
  return {member_key::kind::number, number(n).packed()};
}

struct fixture {
  lookup_metrics metrics;
  load_table sut{lookup_settings{}, metrics};
  steady_time now = steady_time{} + 1h;
  load_effects out;
  std::uint32_t last_slot = 0;
  body_ptr body = shared_body::make("text", "packed", 1);
  body_ptr old_body = shared_body::make("old", "packed", 2);
  body_ptr older_body = shared_body::make("older", "packed", 3);

  cache_miss miss(std::uint64_t n, std::uint64_t stamp = 1, std::uint32_t time_left_ms = 30'000) {
    return {{{++last_slot, 1}, number(n), time_left_ms}, load_stamp{stamp}, nullptr, 0, 0};
  }
  cache_miss stale_miss(std::uint64_t n, std::uint64_t stamp = 1) {
    auto made = miss(n, stamp);
    made.stale = old_body;
    made.stale_age_s = 4000;
    made.stale_for_ms = 400'000;
    return made;
  }
  ticket open(const cache_miss& what, std::uint32_t asker = 0) {
    sut.open(asker, what, now, out);
    return what.request.asked_by;
  }
  load_effects take() {
    return std::exchange(out, {});
  }
  load_effects tick_after(std::chrono::milliseconds span) {
    now += span;
    sut.tick(now, out);
    return take();
  }
  load_effects loaded(std::uint64_t n, error_code error = error_code::none) {
    load_answer made;
    made.key = key(n);
    made.error = error;
    if (error == error_code::none) {
      made.body = body;
      made.number = number(n);
      made.id = {n};
    }
    made.age_ms = 3'000;
    made.retry_after_s = error == error_code::queue_full ? 2 : 0;
    made.queue_us = 4;
    made.database_us = 5;
    made.pool = sut.pool();
    sut.database_answered(made, now, out);
    return take();
  }
  load_effects admitted(work_id work) {
    sut.admission_answered({work, error_code::none, 0}, now, out);
    return take();
  }
  load_effects refused(work_id work, error_code why = error_code::queue_full) {
    sut.admission_answered({work, why, why == error_code::queue_full ? 2u : 0u}, now, out);
    return take();
  }
  /// Opens a load that waits for a slot; returns its work.
  work_id open_at_admission(const cache_miss& what) {
    sut.use_admission(true);
    open(what);
    auto asked = take();
    BOOST_REQUIRE(asked.ask_database.empty());
    BOOST_REQUIRE(asked.ask_admission.size() == 1u);
    return asked.ask_admission[0].work;
  }
  void abandon(ticket whose) {
    sut.abandon(0, std::vector{whose}, now, out);
  }
  load_effects l2(std::uint64_t n, l2_outcome outcome) {
    l2_answer made;
    made.number = number(n);
    made.outcome = outcome;
    if (outcome == l2_outcome::fresh || outcome == l2_outcome::stale) {
      made.body = outcome == l2_outcome::fresh ? body : old_body;
      made.age_ms = 10'000;
      made.fresh_left_ms = outcome == l2_outcome::fresh ? 20'000 : -5'000;
      made.id = {n};
    }
    made.generation = {77};
    made.may_fill = outcome != l2_outcome::failed;
    sut.l2_answered(made, now, out);
    return take();
  }
};

BOOST_FIXTURE_TEST_SUITE(load_table_test, fixture)

BOOST_AUTO_TEST_CASE(a_thousand_requests_for_one_number_are_one_load) {
  std::set<std::uint32_t> slots;
  for (int i = 0; i < 1000; ++i)
    slots.insert(open(miss(1)).slot);
  auto asked = take();
  BOOST_TEST(asked.ask_database.size() == 1u);
  BOOST_TEST(asked.answers.empty());
  BOOST_TEST(sut.size() == 1u);
  BOOST_TEST(sut.waiting() == 1000u);
  auto done = loaded(1);
  BOOST_TEST(done.answers.size() == 1000u);
  for (const auto& each : done.answers) {
    BOOST_TEST(slots.erase(each.content.to.slot) == 1u);
    BOOST_TEST(each.content.body.get() == body.get());
  }
  BOOST_TEST(done.fills.size() == 1u);
  BOOST_TEST(sut.empty());
  BOOST_TEST(sut.waiting() == 0u);
  BOOST_TEST(read(metrics.loads) == 1u);
  BOOST_TEST(read(metrics.joined) == 999u);
  BOOST_TEST(read(metrics.database_hits) == 1u);
}

BOOST_AUTO_TEST_CASE(without_l2_the_database_is_asked_at_once_and_its_answer_is_kept) {
  open(miss(1, 42, 1'000));
  open(miss(2, 42, 7'000));
  auto asked = take();
  BOOST_TEST(asked.ask_l2.empty());
  BOOST_TEST((asked.ask_database == std::vector{key(1), key(2)}));
  BOOST_TEST(asked.time_left_ms == 7'000u);
  auto done = loaded(1);
  BOOST_REQUIRE(done.answers.size() == 1u);
  const auto& answer = done.answers[0].content;
  BOOST_TEST((answer.from == origin::database));
  BOOST_TEST(answer.age_s == 3u);
  BOOST_TEST(answer.fresh_left_s == 3'597);
  BOOST_TEST(answer.stale_for_ms == 0u);
  BOOST_TEST((answer.times == stage_times{0, 4, 5}));
  BOOST_REQUIRE(done.fills.size() == 1u);
  BOOST_TEST((done.fills[0] == filled_member{number(1), member_id{1}, body, load_stamp{42}, 3'000, 3'600'000}));
  BOOST_TEST(done.l2_fills.empty());
}

BOOST_AUTO_TEST_CASE(no_such_member_is_answered_and_kept_as_such) {
  open(stale_miss(1, 42));
  take();
  auto done = loaded(1, error_code::not_found);
  BOOST_REQUIRE(done.answers.size() == 1u);
  BOOST_TEST((done.answers[0].content.error == error_code::not_found));
  BOOST_TEST(!done.answers[0].content.body);
  BOOST_REQUIRE(done.fills.size() == 1u);
  BOOST_TEST((done.fills[0] == filled_member{number(1), {}, nullptr, load_stamp{42}, 3'000, 0}));
  BOOST_TEST(done.l2_fills.empty());
  BOOST_TEST(read(metrics.not_found) == 1u);
  BOOST_TEST(read(metrics.database_hits) == 0u);
}

BOOST_AUTO_TEST_CASE(a_refusal_is_passed_on_and_nothing_kept) {
  for (auto why : {error_code::queue_full, error_code::database_unavailable, error_code::timed_out}) {
    open(miss(1));
    take();
    auto done = loaded(1, why);
    BOOST_REQUIRE(done.answers.size() == 1u);
    BOOST_TEST((done.answers[0].content.error == why));
    BOOST_TEST(done.answers[0].content.retry_after_s == (why == error_code::queue_full ? 2u : 0u));
    BOOST_TEST(done.fills.empty());
    BOOST_TEST(sut.empty());
  }
  BOOST_TEST(read(metrics.failed) == 3u);
}

BOOST_AUTO_TEST_CASE(found_without_a_body_is_a_failure) {
  open(miss(1));
  take();
  load_answer broken;
  broken.key = key(1);
  sut.database_answered(broken, now, out);
  BOOST_REQUIRE(out.answers.size() == 1u);
  BOOST_TEST((out.answers[0].content.error == error_code::database_unavailable));
}

BOOST_AUTO_TEST_CASE(a_stale_copy_stands_in_for_a_failing_database) {
  open(stale_miss(1));
  open(miss(1));
  take();
  now += 50ms;
  auto done = loaded(1, error_code::database_unavailable);
  BOOST_REQUIRE(done.answers.size() == 2u);
  for (const auto& each : done.answers) {
    BOOST_TEST((each.content.error == error_code::none));
    BOOST_TEST(each.content.body.get() == old_body.get());
    BOOST_TEST((each.content.from == origin::l1));
    BOOST_TEST(each.content.stale_for_ms == 400'050u);
    BOOST_TEST(each.content.fresh_left_s == -400);
    BOOST_TEST(each.content.age_s == 4'000u);
  }
  BOOST_TEST(done.fills.empty());
  BOOST_TEST(read(metrics.stale_served) == 2u);
  BOOST_TEST(read(metrics.failed) == 0u);
}

BOOST_AUTO_TEST_CASE(a_stale_copy_answers_after_a_while_and_the_load_goes_on) {
  open(stale_miss(1));
  take();
  BOOST_TEST(tick_after(99ms).answers.empty());
  auto served = tick_after(1ms);
  BOOST_REQUIRE(served.answers.size() == 1u);
  BOOST_TEST(served.answers[0].content.body.get() == old_body.get());
  BOOST_TEST(served.ask_database.empty());
  BOOST_TEST(sut.size() == 1u);
  BOOST_TEST(sut.waiting() == 0u);
  // Who comes later to the same load has it at once: the database has shown that it is slow.
  open(stale_miss(1));
  BOOST_TEST(take().answers.size() == 1u);
  auto done = loaded(1);
  BOOST_TEST(done.answers.empty());
  BOOST_TEST(done.fills.size() == 1u);
  BOOST_TEST(sut.empty());
}

BOOST_AUTO_TEST_CASE(a_stale_copy_that_comes_late_serves_those_who_waited_without_one) {
  open(miss(1));
  take();
  BOOST_TEST(tick_after(200ms).answers.empty());
  open(stale_miss(1));
  BOOST_TEST(take().answers.size() == 2u);
}

BOOST_AUTO_TEST_CASE(who_has_no_stale_copy_waits_for_the_database) {
  open(miss(1));
  take();
  BOOST_TEST(tick_after(5s).answers.empty());
  BOOST_TEST(loaded(1).answers.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_fresh_value_in_l2_answers_and_fills_l1) {
  sut.use_l2(true);
  open(miss(1, 42));
  auto asked = take();
  BOOST_TEST(asked.ask_database.empty());
  BOOST_TEST((asked.ask_l2 == std::vector{number(1)}));
  now += 2ms;
  auto done = l2(1, l2_outcome::fresh);
  BOOST_REQUIRE(done.answers.size() == 1u);
  const auto& answer = done.answers[0].content;
  BOOST_TEST((answer.from == origin::l2));
  BOOST_TEST(answer.body.get() == body.get());
  BOOST_TEST(answer.age_s == 10u);
  BOOST_TEST(answer.fresh_left_s == 20);
  BOOST_TEST(answer.times.l2_us == 2'000u);
  BOOST_REQUIRE(done.fills.size() == 1u);
  BOOST_TEST((done.fills[0] == filled_member{number(1), member_id{1}, body, load_stamp{42}, 10'000, 30'000}));
  BOOST_TEST(done.l2_fills.empty());
  BOOST_TEST(done.ask_database.empty());
  BOOST_TEST(sut.empty());
  BOOST_TEST(read(metrics.l2_hits) == 1u);
}

BOOST_AUTO_TEST_CASE(a_miss_in_l2_goes_to_the_database_and_fills_both_levels) {
  sut.use_l2(true);
  open(miss(1, 42));
  take();
  auto missed = l2(1, l2_outcome::miss);
  BOOST_TEST((missed.ask_database == std::vector{key(1)}));
  BOOST_TEST(missed.answers.empty());
  auto done = loaded(1);
  BOOST_TEST(done.answers.size() == 1u);
  BOOST_TEST(done.fills.size() == 1u);
  BOOST_REQUIRE(done.l2_fills.size() == 1u);
  BOOST_TEST((done.l2_fills[0] == l2_filled_member{body, number(1), l2_generation{77}, 3'000}));
  BOOST_TEST(read(metrics.l2_misses) == 1u);
}

BOOST_AUTO_TEST_CASE(a_member_that_is_gone_from_the_database_is_forgotten_by_l2_where_it_may_have_one) {
  sut.use_l2(true);
  open(miss(1, 42));
  take();
  l2(1, l2_outcome::miss);
  auto done = loaded(1, error_code::not_found);
  BOOST_REQUIRE(done.l2_fills.size() == 1u);
  BOOST_TEST((done.l2_fills[0] == l2_filled_member{nullptr, number(1), l2_generation{77}, 3'000}));
}

BOOST_AUTO_TEST_CASE(a_failure_of_l2_is_a_miss_that_counts_as_a_failure_and_does_not_fill_it) {
  sut.use_l2(true);
  open(miss(1, 42));
  take();
  BOOST_TEST(l2(1, l2_outcome::failed).ask_database.size() == 1u);
  auto done = loaded(1);
  BOOST_TEST(done.answers.size() == 1u);
  BOOST_TEST(done.fills.size() == 1u);
  BOOST_TEST(done.l2_fills.empty());
  BOOST_TEST(read(metrics.l2_failures) == 1u);
  BOOST_TEST(read(metrics.l2_misses) == 0u);
}

BOOST_AUTO_TEST_CASE(the_newer_of_two_stale_copies_stands_in) {
  sut.use_l2(true);
  open(stale_miss(1));
  take();
  BOOST_TEST(l2(1, l2_outcome::stale).ask_database.size() == 1u);
  auto done = loaded(1, error_code::database_unavailable);
  BOOST_REQUIRE(done.answers.size() == 1u);
  BOOST_TEST((done.answers[0].content.from == origin::l2));
  BOOST_TEST(done.answers[0].content.age_s == 10u);
  BOOST_TEST(done.answers[0].content.stale_for_ms == 5'000u);

  auto newer = stale_miss(2);
  newer.stale = body;
  newer.stale_age_s = 9;
  newer.stale_for_ms = 1;
  open(newer);
  take();
  l2(2, l2_outcome::stale);
  done = loaded(2, error_code::database_unavailable);
  BOOST_REQUIRE(done.answers.size() == 1u);
  BOOST_TEST((done.answers[0].content.from == origin::l1));
}

BOOST_AUTO_TEST_CASE(l2_is_not_waited_for_longer_than_its_timeout) {
  sut.use_l2(true);
  open(miss(1, 42));
  take();
  BOOST_TEST(tick_after(49ms).ask_database.empty());
  auto gone_on = tick_after(1ms);
  BOOST_TEST((gone_on.ask_database == std::vector{key(1)}));
  BOOST_TEST(read(metrics.l2_failures) == 1u);
  // The late answer is not used, even if it is fresh.
  auto late = l2(1, l2_outcome::fresh);
  BOOST_TEST(late.answers.empty());
  BOOST_TEST(late.fills.empty());
  auto done = loaded(1);
  BOOST_TEST(done.answers.size() == 1u);
  BOOST_TEST(done.l2_fills.empty());
  BOOST_TEST((done.answers[0].content.times.l2_us == 50'000u));
}

BOOST_AUTO_TEST_CASE(a_late_answer_of_l2_is_not_taken_for_that_of_a_later_load) {
  sut.use_l2(true);
  open(miss(1));
  take();
  tick_after(50ms);
  loaded(1);
  // The next load passes L2 by while it owes an answer.
  open(miss(1));
  auto again = take();
  BOOST_TEST(again.ask_l2.empty());
  BOOST_TEST(again.ask_database.size() == 1u);
  auto late = l2(1, l2_outcome::fresh);
  BOOST_TEST(late.answers.empty());
  BOOST_TEST(late.fills.empty());
  BOOST_TEST(loaded(1).answers.size() == 1u);
  open(miss(1));
  BOOST_TEST(take().ask_l2.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_load_that_an_invalidation_overtakes_answers_and_is_not_kept) {
  sut.use_l2(true);
  open(miss(1));
  take();
  l2(1, l2_outcome::miss);
  sut.invalidate(number(1));
  auto done = loaded(1);
  BOOST_TEST(done.answers.size() == 1u);
  BOOST_TEST(done.fills.empty());
  BOOST_TEST(done.l2_fills.empty());
  BOOST_TEST(sut.empty());
  // Nor is what L2 had.
  open(miss(1));
  take();
  sut.invalidate(number(1));
  done = l2(1, l2_outcome::fresh);
  BOOST_TEST(done.answers.size() == 1u);
  BOOST_TEST(done.fills.empty());
}

BOOST_AUTO_TEST_CASE(who_comes_after_an_invalidation_gets_a_load_of_their_own) {
  auto early = open(stale_miss(1, 1));
  take();
  sut.invalidate(number(1));
  auto late = open(miss(1, 2));
  BOOST_TEST(take().ask_database.empty());
  BOOST_TEST(read(metrics.loads) == 1u);
  auto first = loaded(1);
  BOOST_REQUIRE(first.answers.size() == 1u);
  BOOST_TEST((first.answers[0].content.to == early));
  BOOST_TEST(first.fills.empty());
  BOOST_TEST((first.ask_database == std::vector{key(1)}));
  BOOST_TEST(read(metrics.loads) == 2u);
  // Neither are they served the stale copy of before.
  BOOST_TEST(tick_after(1s).answers.empty());
  auto second = loaded(1);
  BOOST_REQUIRE(second.answers.size() == 1u);
  BOOST_TEST((second.answers[0].content.to == late));
  BOOST_REQUIRE(second.fills.size() == 1u);
  BOOST_TEST(second.fills[0].stamp.value == 2u);
  BOOST_TEST(sut.empty());
}

BOOST_AUTO_TEST_CASE(a_second_round_that_nobody_waits_for_does_not_begin) {
  open(miss(1));
  sut.invalidate(number(1));
  auto late = open(miss(1, 2));
  take();
  abandon(late);
  BOOST_TEST(loaded(1).ask_database.empty());
  BOOST_TEST(sut.empty());
}

BOOST_AUTO_TEST_CASE(a_stale_copy_from_before_an_invalidation_is_not_for_those_who_come_after) {
  // The miss was on its way from the cache when the invalidation passed through here.
  sut.invalidate(number(1));
  open(stale_miss(1, 1));
  open(miss(1, 2));
  take();
  auto done = loaded(1, error_code::database_unavailable);
  BOOST_REQUIRE(done.answers.size() == 2u);
  BOOST_TEST((done.answers[1].content.error == error_code::database_unavailable));
  // Of a miss that overtook another one the copy does not count either.
  open(miss(1, 2));
  open(stale_miss(1, 1));
  take();
  done = loaded(1, error_code::database_unavailable);
  BOOST_REQUIRE(done.answers.size() == 2u);
  BOOST_TEST((done.answers[0].content.error == error_code::database_unavailable));
}

BOOST_AUTO_TEST_CASE(a_second_round_has_its_own_stale_copy_and_its_own_patience) {
  open(miss(1, 1));
  sut.invalidate(number(1));
  tick_after(80ms);
  open(stale_miss(1, 2));
  take();
  BOOST_TEST(tick_after(99ms).answers.empty());
  BOOST_TEST(tick_after(1ms).answers.size() == 1u);
}

BOOST_AUTO_TEST_CASE(who_is_abandoned_is_not_answered_and_the_load_fills_all_the_same) {
  auto gone = open(miss(1));
  auto stays = open(miss(1));
  take();
  sut.abandon(1, std::vector{stays}, now, out); // another gateway's
  sut.abandon(0, std::vector{gone, ticket{99, 1}}, now, out);
  BOOST_TEST(sut.waiting() == 1u);
  auto done = loaded(1);
  BOOST_REQUIRE(done.answers.size() == 1u);
  BOOST_TEST((done.answers[0].content.to == stays));
  open(miss(2));
  gone = open(miss(3));
  take();
  abandon(gone);
  BOOST_TEST(loaded(3).fills.size() == 1u);
}

BOOST_AUTO_TEST_CASE(one_ticket_waits_once) {
  auto twice = miss(1);
  open(twice);
  open(twice);
  take();
  BOOST_TEST(loaded(1).answers.size() == 1u);
  open(twice, 0);
  open(twice, 1);
  take();
  auto done = loaded(1);
  BOOST_TEST(done.answers.size() == 2u);
}

BOOST_AUTO_TEST_CASE(whose_deadline_has_passed_is_dropped) {
  open(miss(1, 1, 200));
  open(miss(1, 1, 60'000));
  take();
  tick_after(1s);
  BOOST_TEST(sut.waiting() == 1u);
  BOOST_TEST(loaded(1).answers.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_load_that_the_database_never_answers_ends) {
  open(miss(1, 1, 60'000));
  take();
  std::size_t answers = 0;
  for (int i = 0; i < 41; ++i)
    answers += tick_after(1s).answers.size();
  BOOST_TEST(answers == 1u);
  BOOST_TEST(sut.empty());
  BOOST_TEST(read(metrics.failed) == 1u);
}

BOOST_AUTO_TEST_CASE(a_new_pool_is_asked_again_once) {
  open(miss(1));
  open(miss(2));
  take();
  loaded(2);
  sut.pool_replaced(now, out);
  auto again = take();
  BOOST_TEST((again.ask_database == std::vector{key(1)}));
  sut.pool_replaced(now, out);
  auto failed = take();
  BOOST_TEST(failed.ask_database.empty());
  BOOST_REQUIRE(failed.answers.size() == 1u);
  BOOST_TEST((failed.answers[0].content.error == error_code::database_unavailable));
  BOOST_TEST(sut.empty());
}

BOOST_AUTO_TEST_CASE(what_a_dead_pool_may_still_bring_is_ignored) {
  open(miss(1));
  take();
  load_answer late;
  late.key = key(1);
  late.body = body;
  late.pool = sut.pool();
  sut.pool_replaced(now, out);
  take();
  sut.database_answered(late, now, out);
  BOOST_TEST(take().answers.empty());
  auto done = loaded(1);
  BOOST_TEST(done.answers.size() == 1u);
  BOOST_TEST(done.fills.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_new_l2_connection_is_asked_again_once) {
  sut.use_l2(true);
  open(miss(1));
  open(miss(2));
  take();
  auto of_1 = [](id_number n) { return n == number(1); };
  sut.l2_replaced(of_1, now, out);
  auto again = take();
  BOOST_TEST((again.ask_l2 == std::vector{number(1)}));
  BOOST_TEST(again.ask_database.empty());
  sut.l2_replaced(of_1, now, out);
  auto gone_on = take();
  BOOST_TEST(gone_on.ask_l2.empty());
  BOOST_TEST((gone_on.ask_database == std::vector{key(1)}));
  // The timeout counts from the first time.
  BOOST_TEST((tick_after(50ms).ask_database == std::vector{key(2)}));
}

BOOST_AUTO_TEST_CASE(what_a_dead_l2_connection_owed_is_forgotten) {
  sut.use_l2(true);
  open(miss(1));
  take();
  tick_after(50ms);
  loaded(1);
  sut.l2_replaced([](id_number) { return true; }, now, out);
  open(miss(1));
  BOOST_TEST(take().ask_l2.size() == 1u);
  BOOST_TEST(l2(1, l2_outcome::fresh).answers.size() == 1u);
}

BOOST_AUTO_TEST_CASE(when_l2_is_no_more_loads_go_on_to_the_database) {
  sut.use_l2(true);
  open(miss(1));
  take();
  sut.use_l2(false);
  sut.l2_replaced([](id_number) { return true; }, now, out);
  BOOST_TEST(take().ask_database.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_load_waits_for_a_slot_before_the_database_is_asked) {
  sut.use_admission(true);
  open(miss(1, 1, 1'000));
  open(miss(2, 1, 7'000));
  auto asked = take();
  BOOST_TEST(asked.ask_database.empty());
  BOOST_REQUIRE(asked.ask_admission.size() == 2u);
  BOOST_TEST(asked.ask_admission[0].time_left_ms == 1'000u);
  BOOST_TEST(asked.ask_admission[1].time_left_ms == 7'000u);
  now += 6ms;
  auto going = admitted(asked.ask_admission[1].work);
  BOOST_TEST((going.ask_database == std::vector{key(2)}));
  BOOST_TEST(going.time_left_ms == 6'994u);
  auto done = loaded(2);
  BOOST_REQUIRE(done.answers.size() == 1u);
  BOOST_TEST((done.answers[0].content.times == stage_times{0, 6'004, 5}));
  BOOST_TEST((done.ended == std::vector{asked.ask_admission[1].work}));
  BOOST_TEST(done.fills.size() == 1u);
  BOOST_TEST(sut.size() == 1u);
}

BOOST_AUTO_TEST_CASE(who_joins_a_load_takes_no_slot) {
  auto work = open_at_admission(miss(1));
  open(miss(1));
  admitted(work);
  open(miss(1));
  BOOST_TEST(take().ask_admission.empty());
  auto done = loaded(1);
  BOOST_TEST(done.answers.size() == 3u);
  BOOST_TEST(done.ended.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_l2_has_takes_no_slot) {
  sut.use_l2(true);
  sut.use_admission(true);
  open(miss(1));
  open(miss(2));
  BOOST_TEST(take().ask_admission.empty());
  auto hit = l2(1, l2_outcome::fresh);
  BOOST_TEST(hit.ask_admission.empty());
  BOOST_TEST(hit.ended.empty());
  auto missed = l2(2, l2_outcome::miss);
  BOOST_TEST(missed.ask_admission.size() == 1u);
  BOOST_TEST(missed.ask_database.empty());
}

BOOST_AUTO_TEST_CASE(a_slot_comes_back_however_the_load_ends) {
  for (auto how : {error_code::none, error_code::not_found, error_code::database_unavailable, error_code::timed_out}) {
    auto work = open_at_admission(miss(1));
    BOOST_TEST(admitted(work).ended.empty());
    BOOST_TEST((loaded(1, how).ended == std::vector{work}));
    BOOST_TEST(loaded(1, how).ended.empty());
  }
  auto work = open_at_admission(miss(1, 1, 60'000));
  admitted(work);
  std::vector<work_id> ended;
  for (int i = 0; i < 41; ++i)
    for (auto each : tick_after(1s).ended)
      ended.push_back(each);
  BOOST_TEST((ended == std::vector{work}));
}

BOOST_AUTO_TEST_CASE(a_refusal_of_the_slot_says_why_and_when_to_come_back) {
  auto work = open_at_admission(miss(1));
  open(miss(1));
  now += 40ms;
  auto done = refused(work);
  BOOST_REQUIRE(done.answers.size() == 2u);
  for (const auto& each : done.answers) {
    BOOST_TEST((each.content.error == error_code::queue_full));
    BOOST_TEST(each.content.retry_after_s == 2u);
    BOOST_TEST((each.content.times == stage_times{0, 40'000, 0}));
  }
  BOOST_TEST(done.ended.empty()); // it has none
  BOOST_TEST(done.fills.empty());
  BOOST_TEST(sut.empty());
  done = refused(open_at_admission(miss(1)), error_code::timed_out);
  BOOST_REQUIRE(done.answers.size() == 1u);
  BOOST_TEST((done.answers[0].content.error == error_code::timed_out));
  BOOST_TEST(read(metrics.failed) == 3u);
}

BOOST_AUTO_TEST_CASE(a_stale_copy_stands_in_for_a_refused_slot) {
  auto work = open_at_admission(stale_miss(1));
  now += 40ms;
  auto done = refused(work);
  BOOST_REQUIRE(done.answers.size() == 1u);
  BOOST_TEST(done.answers[0].content.body.get() == old_body.get());
  BOOST_TEST(done.answers[0].content.times.queue_us == 40'000u);
  BOOST_TEST(sut.empty());
}

BOOST_AUTO_TEST_CASE(a_load_that_nobody_waits_for_any_more_is_withdrawn_before_work_is_spent) {
  sut.use_admission(true);
  auto first = open(miss(1));
  auto second = open(miss(1));
  auto work = take().ask_admission.at(0).work;
  abandon(first);
  BOOST_TEST(take().ended.empty());
  abandon(second);
  auto withdrawn = take();
  BOOST_TEST((withdrawn.ended == std::vector{work}));
  BOOST_TEST(sut.empty());
  BOOST_TEST(read(metrics.dropped) == 1u);
  // The answer that crossed it on the way means nothing, also to a new load of the same number.
  auto next = open_at_admission(miss(1));
  BOOST_TEST((next != work));
  BOOST_TEST(admitted(work).ask_database.empty());
  BOOST_TEST(refused(work).answers.empty());
  BOOST_TEST(admitted(next).ask_database.size() == 1u);
}

BOOST_AUTO_TEST_CASE(whose_deadline_passes_while_waiting_for_a_slot_is_dropped_with_its_load) {
  auto work = open_at_admission(miss(1, 1, 200));
  std::vector<work_id> ended;
  for (int i = 0; i < 8; ++i)
    for (auto each : tick_after(100ms).ended)
      ended.push_back(each);
  BOOST_TEST((ended == std::vector{work}));
  BOOST_TEST(sut.empty());
  // A slot that comes too late goes back at once.
  work = open_at_admission(miss(1, 1, 200));
  now += 200ms;
  auto late = admitted(work);
  BOOST_TEST(late.ask_database.empty());
  BOOST_TEST((late.ended == std::vector{work}));
  BOOST_TEST(sut.empty());
  BOOST_TEST(sut.waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(a_load_that_everybody_left_while_l2_was_asked_goes_no_further) {
  for (auto with_admission : {false, true}) {
    sut.use_l2(true);
    sut.use_admission(with_admission);
    auto gone = open(miss(1));
    take();
    abandon(gone);
    BOOST_TEST(sut.size() == 1u); // L2 owes an answer
    auto missed = l2(1, l2_outcome::miss);
    BOOST_TEST(missed.ask_admission.empty());
    BOOST_TEST(missed.ask_database.empty());
    BOOST_TEST(missed.ended.empty());
    BOOST_TEST(sut.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_load_whose_stale_copy_has_answered_still_gets_its_slot_for_the_cache) {
  auto work = open_at_admission(stale_miss(1));
  BOOST_TEST(tick_after(100ms).answers.size() == 1u);
  auto gone = open(miss(1));
  abandon(gone);
  BOOST_TEST(tick_after(1s).ended.empty());
  BOOST_TEST(admitted(work).ask_database.size() == 1u);
  BOOST_TEST(loaded(1).fills.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_second_round_asks_for_a_slot_of_its_own) {
  auto work = open_at_admission(miss(1));
  admitted(work);
  sut.invalidate(number(1));
  open(miss(1, 2));
  auto first = loaded(1);
  BOOST_TEST((first.ended == std::vector{work}));
  BOOST_TEST(first.ask_database.empty());
  BOOST_REQUIRE(first.ask_admission.size() == 1u);
  BOOST_TEST((first.ask_admission[0].work != work));
  BOOST_TEST(admitted(first.ask_admission[0].work).ask_database.size() == 1u);
  BOOST_TEST(loaded(1).fills.size() == 1u);
  // Who comes after an invalidation has their own even if everybody before it has left.
  sut.use_admission(true);
  auto gone = open(miss(2));
  work = take().ask_admission.at(0).work;
  sut.invalidate(number(2));
  open(miss(2, 2));
  abandon(gone);
  auto next = take();
  BOOST_TEST((next.ended == std::vector{work}));
  BOOST_TEST(next.ask_admission.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_new_admission_actor_is_asked_again_and_told_what_is_at_work) {
  auto waits = open_at_admission(miss(1));
  auto works = open_at_admission(miss(2));
  admitted(works);
  sut.admission_replaced(now, out);
  auto again = take();
  BOOST_REQUIRE(again.ask_admission.size() == 1u);
  BOOST_TEST((again.ask_admission[0].work == waits));
  BOOST_TEST((again.goes_on == std::vector{works}));
  BOOST_TEST(again.ended.empty());
  BOOST_TEST(again.ask_database.empty());
  BOOST_TEST((loaded(2).ended == std::vector{works}));
  BOOST_TEST(admitted(waits).ask_database.size() == 1u);
  BOOST_TEST((loaded(1).ended == std::vector{waits}));
}

BOOST_AUTO_TEST_CASE(without_an_admission_actor_nothing_waits_for_a_slot) {
  open_at_admission(miss(1));
  sut.use_admission(false);
  sut.admission_replaced(now, out);
  BOOST_TEST((take().ask_database == std::vector{key(1)}));
  BOOST_TEST(loaded(1).ended.empty());
}

BOOST_AUTO_TEST_CASE(a_load_keeps_its_slot_when_the_pool_is_replaced) {
  auto work = open_at_admission(miss(1));
  admitted(work);
  sut.pool_replaced(now, out);
  auto again = take();
  BOOST_TEST(again.ask_database.size() == 1u);
  BOOST_TEST(again.ask_admission.empty());
  BOOST_TEST(again.ended.empty());
  sut.pool_replaced(now, out);
  BOOST_TEST((take().ended == std::vector{work}));
}

BOOST_AUTO_TEST_CASE(stamps_of_a_dead_cache_are_not_used) {
  open(miss(1));
  take();
  sut.cache_replaced();
  auto done = loaded(1);
  BOOST_TEST(done.answers.size() == 1u);
  BOOST_TEST(done.fills.empty());
}

BOOST_AUTO_TEST_CASE(answers_that_nobody_asked_for_are_ignored) {
  BOOST_TEST(loaded(1).answers.empty());
  BOOST_TEST(l2(1, l2_outcome::fresh).fills.empty());
  open(miss(1));
  take();
  BOOST_TEST(l2(1, l2_outcome::fresh).answers.empty());
  load_answer by_id;
  by_id.key = {member_key::kind::id, number(1).packed()};
  sut.database_answered(by_id, now, out);
  BOOST_TEST(take().answers.empty());
  BOOST_TEST(sut.size() == 1u);
}

/// Random sequences against a model that knows who may still be answered and who asked for what when.
BOOST_AUTO_TEST_CASE(random_sequences_answer_each_ticket_exactly_once_keep_nothing_old_and_lose_no_slot) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random{seed};
    lookup_metrics counted;
    load_table table{lookup_settings{}, counted};
    auto with_l2 = seed % 2 == 0;
    auto with_admission = seed % 3 != 0;
    table.use_l2(with_l2);
    table.use_admission(with_admission);
    auto pick = [&](unsigned below) { return static_cast<unsigned>(random() % below); };

    struct asked {
      std::uint64_t n;
      steady_time deadline;
      std::uint64_t version; // of the member when it was asked for
    };
    std::map<std::uint32_t, asked> waiting; // by slot
    std::map<std::uint64_t, std::uint64_t> version;
    struct owed {
      std::uint64_t n;
      std::uint64_t version_read;
      std::uint32_t pool = 0;
    };
    std::vector<owed> l2_owes;
    std::vector<owed> database_owes;
    std::vector<owed> dead_pools_owe;
    std::set<std::uint64_t> want_slots; // by work
    std::set<std::uint64_t> have_slots;
    std::set<std::uint64_t> had_slots;
    std::uint64_t stamp = 1;
    std::map<std::uint64_t, std::uint64_t> invalidated_at; // the cache's stamp by member
    std::uint32_t slot = 0;
    std::uint64_t answered = 0;
    steady_time at = steady_time{} + 1h;
    load_effects effects;

    auto body_of = [](std::uint64_t value) { return shared_body::make(std::to_string(value), {}, value); };
    auto settle = [&] {
      for (const auto& each : effects.answers) {
        auto who = waiting.find(each.content.to.slot);
        BOOST_REQUIRE_MESSAGE(who != waiting.end(), "seed " << seed << ": answered twice or after being dropped");
        BOOST_REQUIRE(each.asker == who->first % 3);
        BOOST_REQUIRE((each.content.error == error_code::none) == (each.content.body != nullptr));
        if (each.content.body)
          BOOST_REQUIRE_MESSAGE(each.content.body->etag() >= who->second.version,
                                "seed " << seed << ": got a version from before the request");
        waiting.erase(who);
        ++answered;
      }
      for (const auto& fill : effects.fills) {
        auto n = fill.number.packed() - 8001015009000;
        // As the cache does: refuse if invalidated since the stamp. What is accepted must be the present version.
        if (fill.body && fill.stamp.value >= invalidated_at[n])
          BOOST_REQUIRE_MESSAGE(fill.body->etag() == version[n], "seed " << seed << ": kept an old version");
      }
      for (auto number : effects.ask_l2) {
        auto n = number.packed() - 8001015009000;
        BOOST_REQUIRE(std::ranges::none_of(l2_owes, [&](const auto& x) { return x.n == n; }));
        l2_owes.push_back({n, version[n]});
      }
      for (auto each : effects.ended)
        BOOST_REQUIRE_MESSAGE(want_slots.erase(each.value) + have_slots.erase(each.value) == 1,
                              "seed " << seed << ": ended twice, or without having begun");
      for (const auto& each : effects.ask_admission) {
        BOOST_REQUIRE(!have_slots.contains(each.work.value) && !had_slots.contains(each.work.value));
        BOOST_REQUIRE(want_slots.insert(each.work.value).second);
      }
      for (const auto& each : effects.ask_database) {
        auto n = each.value - 8001015009000;
        BOOST_REQUIRE_MESSAGE(std::ranges::none_of(database_owes, [&](const auto& x) { return x.n == n; }),
                              "seed " << seed << ": two asks for one key under way");
        database_owes.push_back({n, version[n], table.pool()});
      }
      if (with_admission)
        BOOST_REQUIRE_MESSAGE(database_owes.size() == have_slots.size(), "seed " << seed << ": work without a slot");
      effects.clear();
    };
    auto answer_database = [&](std::vector<owed>& from, std::size_t i) {
      auto owes = from[i];
      from.erase(from.begin() + static_cast<std::ptrdiff_t>(i));
      load_answer made;
      made.key = key(owes.n);
      made.pool = owes.pool;
      auto what = pick(10);
      made.error = what < 6 ? error_code::none : what < 7 ? error_code::not_found : error_code::queue_full;
      if (made.error == error_code::none)
        made.body = body_of(owes.version_read);
      table.database_answered(made, at, effects);
    };
    auto answer_l2 = [&](std::size_t i) {
      auto owes = l2_owes[i];
      l2_owes.erase(l2_owes.begin() + static_cast<std::ptrdiff_t>(i));
      l2_answer made;
      made.number = number(owes.n);
      made.outcome = static_cast<l2_outcome>(pick(4));
      made.may_fill = made.outcome != l2_outcome::failed;
      if (made.outcome == l2_outcome::fresh || made.outcome == l2_outcome::stale) {
        made.body = body_of(owes.version_read);
        made.age_ms = 1'000;
        made.fresh_left_ms = made.outcome == l2_outcome::fresh ? 1'000 : -1'000;
      }
      table.l2_answered(made, at, effects);
    };

    auto answer_admission = [&](std::uint64_t work) {
      want_slots.erase(work);
      auto granted = pick(4) != 0;
      if (granted)
        have_slots.insert(work);
      had_slots.insert(work);
      auto error = granted ? error_code::none : pick(2) == 0 ? error_code::queue_full : error_code::timed_out;
      table.admission_answered({work_id{work}, error, 1}, at, effects);
    };
    auto replace_admission = [&] {
      want_slots.clear();
      table.admission_replaced(at, effects);
      std::set<std::uint64_t> told;
      for (auto each : effects.goes_on)
        BOOST_REQUIRE(told.insert(each.value).second);
      BOOST_REQUIRE((told == have_slots));
    };

    auto replace_pool = [&] {
      dead_pools_owe.insert(dead_pools_owe.end(), database_owes.begin(), database_owes.end());
      database_owes.clear();
      table.pool_replaced(at, effects);
    };

    // Misses travel from the cache in order; an invalidation may pass the table while they do.
    std::deque<cache_miss> asked_at_cache;
    std::uint32_t arrived = 0;
    auto arrive = [&] {
      if (asked_at_cache.empty())
        return;
      arrived = asked_at_cache.front().request.asked_by.slot;
      table.open(arrived % 3, asked_at_cache.front(), at, effects);
      asked_at_cache.pop_front();
    };

    for (int step = 0; step < 400; ++step) {
      switch (pick(12)) {
      case 0:
      case 1: {
        auto n = std::uint64_t{pick(4)};
        cache_miss miss{{{++slot, 1}, number(n), 50 + pick(5'000)}, load_stamp{stamp}, nullptr, 0, 0};
        if (pick(4) == 0) {
          miss.stale = body_of(version[n]);
          miss.stale_age_s = 10;
          miss.stale_for_ms = 5'000;
        }
        waiting[slot] = {n, at + std::chrono::milliseconds{miss.request.time_left_ms}, version[n]};
        asked_at_cache.push_back(miss);
        break;
      }
      case 2:
      case 7:
        arrive();
        break;
      case 3:
        if (!database_owes.empty())
          answer_database(database_owes, pick(static_cast<unsigned>(database_owes.size())));
        break;
      case 4:
        if (!l2_owes.empty())
          answer_l2(pick(static_cast<unsigned>(l2_owes.size())));
        break;
      case 5: {
        // The member changes; then L2, lookup and cache forget it, as maintenance has them do.
        auto n = std::uint64_t{pick(4)};
        ++version[n];
        table.invalidate(number(n));
        invalidated_at[n] = ++stamp;
        break;
      }
      case 6:
        if (!waiting.empty() && waiting.begin()->first <= arrived && pick(3) == 0) {
          auto who = std::prev(waiting.upper_bound(arrived));
          table.abandon(who->first % 3, std::vector{ticket{who->first, 1}}, at, effects);
          waiting.erase(who);
        }
        break;
      case 8:
        // Whichever it is, also one that ended or was answered before.
        if (!want_slots.empty() && pick(4) != 0)
          answer_admission(*want_slots.begin());
        else if (!had_slots.empty())
          table.admission_answered({work_id{*had_slots.begin()}, error_code::none, 0}, at, effects);
        break;
      case 9:
        if (with_admission && pick(20) == 0)
          replace_admission();
        break;
      case 10:
        if (pick(10) == 0)
          replace_pool();
        else if (!dead_pools_owe.empty())
          answer_database(dead_pools_owe, pick(static_cast<unsigned>(dead_pools_owe.size())));
        break;
      default:
        at += std::chrono::milliseconds{pick(60)};
        table.tick(at, effects);
        // Who was dropped by the scan is nobody's any more; who is overdue and was not yet dropped may be answered.
        break;
      }
      settle();
    }
    while (!asked_at_cache.empty()) {
      arrive();
      settle();
    }
    // Whatever is still owed arrives; then nothing may be left but those whose deadline had passed.
    while (!database_owes.empty() || !l2_owes.empty() || !want_slots.empty()) {
      if (!l2_owes.empty())
        answer_l2(0);
      else if (!want_slots.empty())
        answer_admission(*want_slots.begin());
      else
        answer_database(database_owes, 0);
      settle();
    }
    std::erase_if(waiting, [&](const auto& each) { return each.second.deadline <= at; });
    BOOST_TEST(waiting.empty(), "seed " << seed << ": " << waiting.size() << " were never answered");
    BOOST_TEST(table.empty());
    BOOST_TEST(table.waiting() == 0u);
    BOOST_TEST(have_slots.empty());
    BOOST_TEST(answered > 0u);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
