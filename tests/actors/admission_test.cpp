#include "actors/admission.hpp"

#include "deterministic.hpp"
#include "recorders.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace {

using namespace tessera;
using namespace tessera::testing;
using namespace std::chrono_literals;

using works = std::vector<work_id>;

struct fixture {
  deterministic_system world;
  admission_metrics metrics;
  std::vector<admission_answers> told;
  std::vector<admission_answers> told_other;
  admission_client_actor asker = world.spawn(recording_client, &told);
  admission_client_actor other = world.spawn(recording_client, &told_other);
  admission_actor sut =
      world.spawn(admission, admission_queue_settings{.concurrency = 3, .limit = 5}, &metrics, world.clock());

  void ask(const works& which, admission_client_actor whose = {}, std::uint32_t time_left_ms = 30'000,
           admission_priority priority = admission_priority::lookup) {
    admission_batch made{whose ? whose : asker, priority, {}};
    for (auto each : which)
      made.requests.push_back({each, time_left_ms});
    world.send(sut, made);
  }
  void end(const works& which, admission_client_actor whose = {}) {
    world.send(sut, work_ended{whose ? whose : asker, which});
  }
  void kill(const admission_client_actor& whom) {
    caf::anon_send_exit(whom, caf::exit_reason::kill);
    world.run();
  }
  /// Returns what the last message to `whom` says, and how many there have been.
  static works granted(const std::vector<admission_answers>& to) {
    works result;
    for (const auto& each : to.back().answers)
      if (each.error == error_code::none)
        result.push_back(each.work);
    return result;
  }
};

BOOST_FIXTURE_TEST_SUITE(admission_test, fixture)

BOOST_AUTO_TEST_CASE(while_slots_are_free_all_of_a_message_is_granted_at_once_and_together) {
  ask({{1}, {2}, {3}});
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST((granted(told) == works{{1}, {2}, {3}}));
  BOOST_TEST(read(metrics.at_work) == 3u);
  BOOST_TEST(read(metrics.admitted) == 3u);
  BOOST_TEST(read(metrics.waited_us) == 0u);
  BOOST_TEST(!world.has_pending_timeout());
}

BOOST_AUTO_TEST_CASE(slots_that_come_back_go_to_those_who_wait_whoever_they_are) {
  ask({{1}, {2}, {3}, {4}});
  ask({{1}, {2}}, other); // another asker's names are its own
  BOOST_TEST(read(metrics.waiting) == 3u);
  BOOST_TEST(told_other.empty());
  world.advance(5ms);
  BOOST_TEST(read(metrics.waiting) == 3u);
  end({{1}, {2}, {3}});
  BOOST_TEST(told.size() == 2u);
  BOOST_TEST((granted(told) == works{{4}}));
  BOOST_REQUIRE(told_other.size() == 1u);
  BOOST_TEST((granted(told_other) == works{{1}, {2}}));
  BOOST_TEST(read(metrics.waited_us) == 15'000u);
  end({{1}, {2}}, other);
  end({{4}});
  BOOST_TEST(read(metrics.at_work) == 0u);
}

BOOST_AUTO_TEST_CASE(a_slot_comes_back_once_and_only_from_whoever_has_it) {
  ask({{1}, {2}, {3}, {4}});
  end({{1}}, other);
  end({{77}});
  BOOST_TEST(read(metrics.waiting) == 1u);
  end({{1}, {1}});
  BOOST_TEST(read(metrics.at_work) == 3u);
  end({{1}});
  BOOST_TEST(read(metrics.at_work) == 3u);
  BOOST_TEST(read(metrics.withdrawn) == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_withdrawn_is_not_answered) {
  ask({{1}, {2}, {3}, {4}, {5}});
  end({{4}});
  BOOST_TEST(read(metrics.withdrawn) == 1u);
  end({{1}});
  BOOST_TEST((granted(told) == works{{5}}));
}

BOOST_AUTO_TEST_CASE(beyond_the_limit_requests_are_refused_with_a_time_to_come_back) {
  works many;
  for (std::uint64_t i = 1; i <= 10; ++i)
    many.push_back({i});
  ask(many);
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST(granted(told).size() == 3u);
  auto refused = std::ranges::count_if(told[0].answers, [](const auto& each) {
    return each.error == error_code::queue_full && each.retry_after_s >= 1;
  });
  BOOST_TEST(refused == 2);
  BOOST_TEST(read(metrics.refused_full) == 2u);
  BOOST_TEST(read(metrics.waiting) == 5u);
  // What was refused is forgotten: its end means nothing.
  end({{9}, {10}});
  BOOST_TEST(told.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_waits_too_long_is_shed_without_any_further_message) {
  ask({{1}, {2}, {3}, {4}});
  world.advance(119ms);
  BOOST_TEST(told.size() == 1u);
  world.advance(3ms);
  BOOST_REQUIRE(told.size() == 2u);
  BOOST_TEST((told[1] == admission_answers{{{{4}, error_code::queue_full, told[1].answers[0].retry_after_s}}}));
  BOOST_TEST(told[1].answers[0].retry_after_s >= 1u);
  BOOST_TEST(read(metrics.shed) == 1u);
  BOOST_TEST(read(metrics.overloaded) == 1u);
  world.advance(110ms);
  BOOST_TEST(read(metrics.overloaded) == 0u);
  BOOST_TEST(!world.has_pending_timeout());
}

BOOST_AUTO_TEST_CASE(whose_deadline_passes_is_refused_then) {
  ask({{1}, {2}, {3}});
  ask({{4}}, {}, 50);
  world.advance(49ms);
  BOOST_TEST(told.size() == 1u);
  world.advance(3ms);
  BOOST_REQUIRE(told.size() == 2u);
  BOOST_TEST((told[1] == admission_answers{{{{4}, error_code::timed_out, 0}}}));
  BOOST_TEST(read(metrics.timed_out) == 1u);
}

BOOST_AUTO_TEST_CASE(the_more_urgent_goes_first) {
  ask({{1}, {2}, {3}});
  ask({{4}}, asker, 30'000, admission_priority::batch);
  ask({{5}}, asker, 30'000, admission_priority::lookup);
  ask({{6}}, asker, 30'000, admission_priority::verify);
  for (std::uint64_t next : {6, 5, 4}) {
    end({{next == 6 ? 1u : next + 1}});
    BOOST_TEST((granted(told) == works{{next}}));
  }
}

BOOST_AUTO_TEST_CASE(an_asker_that_dies_gives_back_its_slots_and_its_place) {
  ask({{1}, {2}, {3}, {4}});
  ask({{1}}, other);
  kill(asker);
  BOOST_REQUIRE(told_other.size() == 1u);
  BOOST_TEST((granted(told_other) == works{{1}}));
  BOOST_TEST(read(metrics.at_work) == 1u);
  BOOST_TEST(read(metrics.waiting) == 0u);
  // What it sent before it died may come later.
  ask({{5}, {6}, {7}});
  BOOST_TEST(read(metrics.at_work) == 1u);
  end({{1}}, other);
  BOOST_TEST(read(metrics.at_work) == 0u);
}

BOOST_AUTO_TEST_CASE(a_successor_is_told_what_is_at_work_even_if_that_is_too_much) {
  world.send(sut, work_goes_on{asker, {{1}, {2}}});
  world.send(sut, work_goes_on{other, {{1}, {2}}});
  BOOST_TEST(read(metrics.at_work) == 4u);
  ask({{3}});
  end({{1}});
  BOOST_TEST(told.empty());
  end({{1}}, other);
  BOOST_TEST((granted(told) == works{{3}}));
  kill(other);
  BOOST_TEST(read(metrics.at_work) == 2u);
}

BOOST_AUTO_TEST_CASE(ticks_of_another_generation_do_nothing) {
  ask({{1}, {2}, {3}, {4}});
  for (std::uint64_t generation : {0, 2, 99})
    world.send(sut, tick{generation});
  world.advance(122ms);
  BOOST_TEST(read(metrics.shed) == 1u);
}

BOOST_AUTO_TEST_CASE(it_survives_errors_and_ends_when_told_to) {
  caf::anon_send(caf::actor_cast<caf::actor>(sut), caf::make_error(caf::sec::runtime_error));
  world.run();
  BOOST_TEST(read(metrics.failures) == 1u);
  ask({{1}});
  BOOST_TEST(told.size() == 1u);
  caf::anon_send_exit(sut, caf::exit_reason::normal);
  world.run();
  ask({{2}});
  BOOST_TEST(told.size() == 1u);
}

BOOST_AUTO_TEST_CASE(it_has_the_settings_of_the_queue) {
  queue_settings all{.concurrency = 1, .limit = 2, .timeout = 3ms, .target = 4ms, .interval = 5ms};
  auto made = admission_settings_of(all, 6);
  BOOST_TEST(made.concurrency == 1u);
  BOOST_TEST(made.limit == 2u);
  BOOST_TEST(made.timeout.count() == 3);
  BOOST_TEST(made.target.count() == 4);
  BOOST_TEST(made.interval.count() == 5);
  BOOST_TEST(made.seed == 6u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
