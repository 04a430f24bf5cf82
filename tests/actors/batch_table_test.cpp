#include "actors/batch_table.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>

using namespace tessera;

namespace {

struct fixture {
  batch_metrics metrics;
  batch_table sut{metrics};
  batch_effects effects;
  steady_time now{std::chrono::hours{1}};

  static generate_cards batch_of(std::vector<std::uint64_t> members, std::uint32_t concurrency, ticket by = {1, 1}) {
    generate_cards made;
    made.asked_by = by;
    for (auto id : members)
      made.members.push_back(member_id{id});
    made.card.issued_by = "desk";
    made.concurrency = concurrency;
    made.time_left_ms = 30'000;
    return made;
  }
  std::vector<card_task> take_tasks() {
    return std::exchange(effects.tasks, {});
  }
  void answer(const card_task& task, error_code error = error_code::none, std::string why = {}) {
    card_answer made;
    made.to = task.asked_by;
    made.error = error;
    made.why = std::move(why);
    sut.answered(made, now, effects);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(batch_table_test, fixture)

BOOST_AUTO_TEST_CASE(all_members_are_fetched_before_the_first_card_is_made) {
  sut.open(4, batch_of({11, 12, 13}, 2), now, effects);
  auto fetched = take_tasks();
  BOOST_REQUIRE(fetched.size() == 3u);
  for (const auto& each : fetched) {
    BOOST_TEST((each.what == card_product::holder));
    BOOST_TEST((each.priority == admission_priority::batch));
    BOOST_TEST(each.time_left_ms == 29'000u);
  }
  answer(fetched[0]);
  answer(fetched[2]);
  BOOST_TEST(effects.tasks.empty());
  answer(fetched[1]);
  auto made = take_tasks();
  BOOST_REQUIRE(made.size() == 2u);
  BOOST_TEST((made[0].what == card_product::bundle));
  BOOST_TEST((made[0].member == member_id{11}));
  BOOST_TEST(made[0].card.issued_by == "desk");
  BOOST_TEST(read(metrics.at_work) == 2u);
  answer(made[1]);
  auto last = take_tasks();
  BOOST_REQUIRE(last.size() == 1u);
  BOOST_TEST((last[0].member == member_id{13}));
  answer(made[0]);
  BOOST_TEST(effects.results.empty());
  answer(last[0]);
  BOOST_REQUIRE(effects.results.size() == 1u);
  BOOST_TEST(effects.results[0].asker == 4u);
  BOOST_TEST((effects.results[0].content.to == ticket{1, 1}));
  BOOST_TEST(sut.empty());
  BOOST_TEST(read(metrics.made) == 3u);
  BOOST_TEST(read(metrics.at_work) == 0u);
}

BOOST_AUTO_TEST_CASE(results_come_in_the_order_of_the_request_and_a_member_twice_is_made_once) {
  sut.open(0, batch_of({7, 0, 8, 7, 9}, 20), now, effects);
  auto fetched = take_tasks();
  BOOST_REQUIRE(fetched.size() == 3u);
  answer(fetched[0]);
  answer(fetched[1], error_code::not_found);
  answer(fetched[2]);
  auto made = take_tasks();
  BOOST_REQUIRE(made.size() == 2u);
  answer(made[1], error_code::conflict, "revoked");
  answer(made[0]);
  BOOST_REQUIRE(effects.results.size() == 1u);
  const auto& results = effects.results[0].content.results;
  BOOST_REQUIRE(results.size() == 5u);
  BOOST_TEST((results[0] == batch_result{}));
  BOOST_TEST((results[1].error == error_code::validation));
  BOOST_TEST((results[2].error == error_code::not_found));
  BOOST_TEST((results[3] == batch_result{}));
  BOOST_TEST((results[4] == batch_result{error_code::conflict, "revoked"}));
  BOOST_TEST(read(metrics.made) == 1u);
  BOOST_TEST(read(metrics.failed) == 3u);
}

BOOST_AUTO_TEST_CASE(a_batch_without_one_good_id_is_answered_at_once) {
  sut.open(0, batch_of({0, 0}, 1), now, effects);
  BOOST_TEST(effects.tasks.empty());
  BOOST_REQUIRE(effects.results.size() == 1u);
  BOOST_TEST(effects.results[0].content.results.size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_begins_late_has_what_is_left_of_the_time) {
  sut.open(0, batch_of({1, 2}, 1), now, effects);
  for (const auto& each : take_tasks())
    answer(each);
  auto first = take_tasks();
  BOOST_REQUIRE(first.size() == 1u);
  now += std::chrono::seconds{20};
  answer(first[0]);
  auto second = take_tasks();
  BOOST_REQUIRE(second.size() == 1u);
  BOOST_TEST(second[0].time_left_ms == 9'000u);
  answer(second[0], error_code::timed_out);
  BOOST_REQUIRE(effects.results.size() == 1u);
  BOOST_TEST((effects.results[0].content.results[0].error == error_code::none));
  BOOST_TEST((effects.results[0].content.results[1].error == error_code::timed_out));
}

BOOST_AUTO_TEST_CASE(what_nobody_waits_for_is_dropped_and_never_begins) {
  sut.open(3, batch_of({1, 2, 3}, 1), now, effects);
  for (const auto& each : take_tasks())
    answer(each);
  auto made = take_tasks();
  BOOST_REQUIRE(made.size() == 1u);
  const ticket gone{1, 1};
  sut.abandon(4, {&gone, 1}, effects); // somebody else's
  BOOST_TEST(!sut.empty());
  sut.abandon(3, {&gone, 1}, effects);
  BOOST_TEST(sut.empty());
  BOOST_REQUIRE(effects.dropped.size() == 1u);
  BOOST_TEST((effects.dropped[0].which == made[0].asked_by));
  answer(made[0]);
  BOOST_TEST(effects.tasks.empty());
  BOOST_TEST(effects.results.empty());
  BOOST_TEST(read(metrics.at_work) == 0u);
}

BOOST_AUTO_TEST_CASE(a_lost_issuer_is_asked_again_once_per_card) {
  sut.open(0, batch_of({1, 2}, 2), now, effects);
  auto fetched = take_tasks();
  auto lost = [](member_id member) { return member.value == 1; };
  sut.ask_again(lost, now, effects);
  auto again = take_tasks();
  BOOST_REQUIRE(again.size() == 1u);
  BOOST_TEST((again[0] == fetched[0]));
  sut.ask_again(lost, now, effects);
  BOOST_TEST(effects.tasks.empty());
  answer(fetched[1]);
  for (const auto& each : take_tasks())
    answer(each);
  BOOST_REQUIRE(effects.results.size() == 1u);
  BOOST_TEST((effects.results[0].content.results[0].error == error_code::interrupted));
  BOOST_TEST((effects.results[0].content.results[1].error == error_code::none));
}

/// Random batches, answers in random order, some twice: never more at work than allowed, each card once, each batch
/// answered exactly once and in order.
BOOST_AUTO_TEST_CASE(random_batches_are_answered_exactly_once) {
  std::mt19937 random{5};
  for (int round = 0; round < 200; ++round) {
    struct expected {
      generate_cards what;
      std::map<std::uint64_t, error_code> fate; ///< by member
      std::size_t at_work = 0;
      bool answered = false;
    };
    std::map<std::uint32_t, expected> model;        ///< by the ticket's slot
    std::map<std::uint32_t, std::uint32_t> numbers; ///< the model's slot, by the table's number
    std::set<std::pair<std::uint32_t, std::uint64_t>> made;
    std::vector<card_task> open;
    std::vector<card_task> old;
    auto collect = [&](std::uint32_t newest) {
      for (auto& task : take_tasks()) {
        numbers.try_emplace(task.asked_by.slot, newest);
        auto& batch = model.at(numbers.at(task.asked_by.slot));
        if (task.what == card_product::bundle) {
          BOOST_REQUIRE(++batch.at_work <= batch.what.concurrency);
          BOOST_REQUIRE(made.emplace(task.asked_by.slot, task.member.value).second);
        }
        open.push_back(task);
      }
      for (auto& result : std::exchange(effects.results, {})) {
        auto& batch = model.at(result.content.to.slot);
        BOOST_REQUIRE(!std::exchange(batch.answered, true));
        BOOST_REQUIRE(result.content.results.size() == batch.what.members.size());
        for (std::size_t i = 0; i < batch.what.members.size(); ++i) {
          auto id = batch.what.members[i].value;
          auto fate = id == 0 ? error_code::validation : batch.fate[id];
          BOOST_REQUIRE((result.content.results[i].error == fate));
        }
      }
    };
    for (std::uint32_t slot = 1; slot < 6; ++slot) {
      std::vector<std::uint64_t> members(1 + random() % 30);
      for (auto& id : members)
        id = random() % 20;
      auto& batch = model[slot];
      batch.what = batch_of(members, static_cast<std::uint32_t>(1 + random() % 20), {slot, 1});
      sut.open(0, batch.what, now, effects);
      collect(slot);
    }
    while (!open.empty()) {
      auto i = random() % open.size();
      auto task = open[i];
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(i));
      auto& batch = model.at(numbers.at(task.asked_by.slot));
      if (task.what == card_product::bundle)
        --batch.at_work;
      auto error = random() % 4 == 0 ? error_code::not_found : error_code::none;
      if (error != error_code::none || task.what == card_product::bundle)
        batch.fate[task.member.value] = error;
      answer(task, error);
      collect(0);
      old.push_back(task);
      if (random() % 3 == 0 && sut.empty()) // a late answer to a batch that is no more
        answer(old[random() % old.size()]);
    }
    BOOST_TEST(sut.empty());
    for (const auto& [slot, batch] : model)
      BOOST_TEST(batch.answered);
  }
}

BOOST_AUTO_TEST_SUITE_END()
