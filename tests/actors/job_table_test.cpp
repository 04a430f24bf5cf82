#include "actors/job_table.hpp"

#include "actors/job_retry.hpp"
#include "tests/actors/job_samples.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::testing;

namespace {

struct fixture {
  std::vector<card_task> take_tasks() {
    return std::exchange(effects.tasks, {});
  }
  void answer(const card_task& task, error_code error = error_code::none) {
    sut.answered(answer_to(task, error), now, effects);
  }
  /// Answers whatever is asked until nothing more is.
  void answer_all(error_code error = error_code::none) {
    while (!effects.tasks.empty())
      for (const auto& each : take_tasks())
        answer(each, each.what == card_product::holder ? error_code::none : error);
  }
  const batch_job& job(std::string_view id = "a") {
    const auto* found = sut.find(id);
    BOOST_REQUIRE(found != nullptr);
    return *found;
  }

  job_metrics metrics;
  utc_time wall = job_time + 1h;
  job_table sut{{}, metrics, [this] { return wall; }};
  batch_effects effects;
  steady_time now{1h};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(job_table_test, fixture)

BOOST_AUTO_TEST_CASE(the_cards_of_a_job_are_made_as_those_of_a_batch) {
  sut.begin(job_of("a", {11, 12, 13}), now, effects);
  auto fetched = take_tasks();
  BOOST_REQUIRE(fetched.size() == 3u);
  for (const auto& each : fetched) {
    BOOST_TEST((each.what == card_product::holder));
    BOOST_TEST((each.priority == admission_priority::batch));
    answer(each);
  }
  auto made = take_tasks();
  BOOST_TEST(made.size() == 2u); // as many as may be at work
  answer(made[1]);
  BOOST_TEST(job().cards[1].finished);
  BOOST_TEST(job().cards[1].card_number == "card-12");
  BOOST_TEST(finished_cards(job()) == 1u);
  BOOST_TEST((job().state == job_state::running));
  BOOST_TEST((job().updated == wall));
  answer(made[0]);
  answer_all();
  BOOST_TEST((job().state == job_state::done));
  BOOST_TEST(made_cards(job()) == 3u);
  BOOST_TEST(read(metrics.cards) == 3u);
}

BOOST_AUTO_TEST_CASE(a_member_who_is_named_twice_is_asked_for_once) {
  sut.begin(job_of("a", {11, 11, 12}), now, effects);
  BOOST_TEST(effects.tasks.size() == 2u);
  answer_all();
  BOOST_TEST(made_cards(job()) == 3u);
  BOOST_TEST(job().cards[1].card_number == "card-11");
}

BOOST_AUTO_TEST_CASE(what_is_no_member_id_is_finished_at_once) {
  sut.begin(job_of("a", {0, 12}), now, effects);
  BOOST_TEST(job().cards[0].finished);
  BOOST_TEST((job().cards[0].error == error_code::validation));
  BOOST_TEST(effects.tasks.size() == 1u);
  sut.begin(job_of("b", {0}), now, effects);
  BOOST_TEST((job("b").state == job_state::done));
}

BOOST_AUTO_TEST_CASE(cards_that_were_finished_before_are_not_asked_for_again) {
  auto half = job_of("a", {11, 12, 13});
  half.cards[0].finished = true;
  half.cards[0].card_number = "card-11";
  half.cards[2].finished = true;
  half.cards[2].error = error_code::not_found;
  sut.begin(half, now, effects);
  BOOST_REQUIRE(effects.tasks.size() == 1u);
  BOOST_TEST((effects.tasks[0].member == member_id{12}));
  BOOST_TEST(read(metrics.resumed) == 1u);
  answer_all();
  BOOST_TEST((job().state == job_state::done));
  BOOST_TEST((job().cards[2].error == error_code::not_found));
}

BOOST_AUTO_TEST_CASE(a_job_that_is_there_already_is_not_begun_again) {
  sut.begin(job_of("a", {11}), now, effects);
  take_tasks();
  sut.begin(job_of("a", {11}), now, effects);
  BOOST_TEST(effects.tasks.empty());
  BOOST_TEST(sut.room() == 1u);
}

BOOST_AUTO_TEST_CASE(there_is_room_for_as_many_jobs_as_the_settings_say) {
  BOOST_TEST(sut.room() == 2u);
  sut.begin(job_of("a", {11}), now, effects);
  sut.begin(job_of("b", {11}), now, effects);
  BOOST_TEST(sut.room() == 0u);
  sut.begin(job_of("c", {11}), now, effects); // as one whose lease was given by an answer that was lost
  BOOST_TEST(sut.room() == 0u);
}

BOOST_AUTO_TEST_CASE(a_permanent_error_ends_its_card_at_once) {
  for (auto error : {error_code::not_found, error_code::validation, error_code::conflict, error_code::internal}) {
    job_table table{{}, metrics, [this] { return wall; }};
    table.begin(job_of("a", {11}), now, effects);
    table.answered(answer_to(take_tasks().at(0), error), now, effects);
    BOOST_TEST((table.find("a")->state == job_state::done));
    BOOST_TEST((table.find("a")->cards[0].error == error));
    BOOST_TEST(table.find("a")->cards[0].why == "why");
  }
}

BOOST_AUTO_TEST_CASE(a_temporary_error_is_tried_again_later_and_spoils_no_other_card) {
  sut.begin(job_of("a", {11, 12}), now, effects);
  for (const auto& each : take_tasks())
    answer(each);
  auto made = take_tasks();
  answer(made[0], error_code::database_unavailable);
  answer(made[1]);
  BOOST_TEST(finished_cards(job()) == 1u);
  now += 999ms;
  sut.tick(now, effects);
  BOOST_TEST(effects.tasks.empty());
  now += 1ms;
  sut.tick(now, effects);
  BOOST_REQUIRE(effects.tasks.size() == 1u);
  BOOST_TEST((effects.tasks[0].member == member_id{11}));
  answer_all();
  BOOST_TEST((job().state == job_state::done));
  BOOST_TEST(made_cards(job()) == 2u);
  BOOST_TEST(read(metrics.retries) == 1u);
}

BOOST_AUTO_TEST_CASE(after_the_last_attempt_a_temporary_error_counts) {
  sut.begin(job_of("a", {11}), now, effects);
  auto began = now;
  for (std::size_t attempt = 0; attempt < job_retry_delays.size(); ++attempt) {
    answer_all(error_code::timed_out);
    BOOST_REQUIRE(!job().cards[0].finished);
    now += job_retry_delays[attempt];
    sut.tick(now, effects);
    BOOST_REQUIRE(!effects.tasks.empty());
  }
  answer_all(error_code::timed_out);
  BOOST_TEST((job().state == job_state::done));
  BOOST_TEST((job().cards[0].error == error_code::timed_out));
  BOOST_TEST((now - began > 3min));
  BOOST_TEST((now - began < 4min));
}

BOOST_AUTO_TEST_CASE(progress_is_saved_after_some_time_or_many_cards) {
  std::vector<std::uint64_t> members;
  for (std::uint64_t id = 1; id <= 50; ++id)
    members.push_back(id);
  sut.begin(job_of("a", members, 1), now, effects);
  for (const auto& each : take_tasks())
    answer(each);
  answer(take_tasks().at(0));
  BOOST_TEST(sut.to_save(now) == nullptr);
  now += 250ms;
  BOOST_REQUIRE(sut.to_save(now) != nullptr);
  sut.saved("a", now);
  BOOST_TEST(sut.to_save(now) == nullptr);
  for (int i = 0; i < 20; ++i) {
    BOOST_TEST(sut.to_save(now) == nullptr);
    answer(take_tasks().at(0));
  }
  BOOST_TEST(sut.to_save(now) != nullptr);
}

BOOST_AUTO_TEST_CASE(a_job_without_news_is_saved_for_its_lease) {
  sut.begin(job_of("a", {11}), now, effects);
  now += 2'999ms;
  BOOST_TEST(sut.to_save(now) == nullptr);
  now += 1ms;
  BOOST_TEST(sut.to_save(now) != nullptr);
  BOOST_TEST(sut.unsaved().empty());
  sut.saved("a", now);
  BOOST_TEST(sut.to_save(now) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_save_that_failed_is_tried_again_later) {
  sut.begin(job_of("a", {11}), now, effects);
  answer_all();
  BOOST_REQUIRE(sut.to_save(now) != nullptr);
  sut.not_saved("a", now);
  BOOST_TEST(sut.to_save(now + 999ms) == nullptr);
  BOOST_TEST(sut.to_save(now + 1s) != nullptr);
  BOOST_TEST(sut.unsaved().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_job_that_is_done_leaves_when_it_is_saved) {
  sut.begin(job_of("a", {11}), now, effects);
  answer_all();
  BOOST_TEST(sut.room() == 1u);
  BOOST_REQUIRE(sut.to_save(now) != nullptr);
  BOOST_TEST((sut.to_save(now)->state == job_state::done));
  sut.saved("a", now);
  BOOST_TEST(sut.empty());
  BOOST_TEST(sut.find("a") == nullptr);
  BOOST_TEST(read(metrics.finished) == 1u);
  BOOST_TEST(read(metrics.running) == 0u);
}

BOOST_AUTO_TEST_CASE(a_job_that_another_has_is_given_up) {
  sut.begin(job_of("a", {11, 12}), now, effects);
  auto tasks = take_tasks();
  sut.lost("a", effects);
  BOOST_TEST(effects.dropped.size() == 2u);
  BOOST_TEST(sut.empty());
  for (const auto& each : tasks)
    answer(each);
  BOOST_TEST(effects.tasks.empty());
  BOOST_TEST(read(metrics.lost) == 1u);
}

BOOST_AUTO_TEST_CASE(what_an_issuer_that_died_had_is_asked_again) {
  sut.begin(job_of("a", {11, 12}), now, effects);
  take_tasks();
  sut.ask_again([](member_id member) { return member == member_id{12}; }, now, effects);
  BOOST_REQUIRE(effects.tasks.size() == 1u);
  BOOST_TEST((effects.tasks[0].member == member_id{12}));
}

BOOST_AUTO_TEST_CASE(only_errors_that_may_pass_are_tried_again) {
  using enum error_code;
  for (auto error : {timed_out, queue_full, database_unavailable, shutting_down, interrupted})
    BOOST_TEST((retry_delay(error, 1) == job_retry_delays[0]));
  for (auto error : {none, validation, not_found, conflict, internal, authorization})
    BOOST_TEST(!retry_delay(error, 1));
  BOOST_TEST((retry_delay(timed_out, 5) == job_retry_delays[4]));
  BOOST_TEST(!retry_delay(timed_out, 6));
}

BOOST_AUTO_TEST_SUITE_END()
