#include "actors/job_followers.hpp"

#include "tests/actors/job_samples.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::testing;

namespace {

using followers = std::vector<job_followers::follower>;

struct fixture {
  static job_followers::follower who(std::uint32_t number) {
    return {number, {number, 1}};
  }
  static batch_job with_finished(batch_job job, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      job.cards[i].finished = true;
    return job;
  }

  job_followers sut;
  batch_job job = job_of("a", {11, 12});
  steady_time now{1h};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(job_followers_test, fixture)

BOOST_AUTO_TEST_CASE(each_follower_is_told_what_they_do_not_know_and_once) {
  sut.add(who(1), job, now);
  sut.add(who(2), with_finished(job, 1), now);
  BOOST_TEST(sut.seen(job, now).size() == 1u); // no news for the first
  BOOST_TEST((sut.seen(with_finished(job, 1), now) == followers{who(1), who(2)}));
  BOOST_TEST(sut.seen(with_finished(job, 1), now).empty());
  auto running = with_finished(job, 1);
  running.state = job_state::running;
  BOOST_TEST(sut.seen(running, now).size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_job_that_is_done_is_told_for_the_last_time) {
  sut.add(who(1), job, now);
  sut.add(who(2), job, now);
  auto done = with_finished(job, 2);
  done.state = job_state::done;
  BOOST_TEST((sut.seen(done, now) == followers{who(1), who(2)}));
  BOOST_TEST(sut.seen(done, now).empty());
  BOOST_TEST(sut.size() == 0u);
  BOOST_TEST(sut.ids().empty());
}

BOOST_AUTO_TEST_CASE(those_who_have_gone_are_told_nothing) {
  sut.add(who(1), job, now);
  sut.add(who(2), job, now);
  std::array gone{who(1).asked_by, who(2).asked_by};
  sut.drop(1, gone);
  BOOST_TEST(sut.size() == 1u);
  BOOST_TEST((sut.seen(with_finished(job, 1), now) == followers{who(2)}));
  sut.drop(2, gone);
  BOOST_TEST(sut.ids().empty());
}

BOOST_AUTO_TEST_CASE(all_followers_of_a_job_that_is_no_more_are_told) {
  sut.add(who(1), job, now);
  BOOST_TEST((sut.gone("a") == followers{who(1)}));
  BOOST_TEST(sut.gone("a").empty());
  BOOST_TEST(sut.size() == 0u);
}

BOOST_AUTO_TEST_CASE(jobs_are_looked_at_in_turn) {
  sut.add(who(1), job_of("a", {1}), now);
  sut.add(who(1), job_of("b", {1}), now - 1ms);
  sut.add(who(1), job_of("c", {1}), now + 1ms);
  auto due = sut.unseen_for(1s, 2, now + 1001ms);
  BOOST_REQUIRE(due.size() == 2u);
  BOOST_TEST(due[0].id == "b");
  BOOST_TEST(due[1].id == "a");
  BOOST_TEST(due[1].owner == "key:aaaaaaaaaa");
  static_cast<void>(sut.seen(job_of("b", {1}), now + 1001ms));
  due = sut.unseen_for(1s, 2, now + 1001ms);
  BOOST_REQUIRE(due.size() == 2u);
  BOOST_TEST(due[0].id == "a");
  BOOST_TEST(due[1].id == "c");
  BOOST_TEST(sut.unseen_for(1s, 9, now + 900ms).empty());
}

BOOST_AUTO_TEST_SUITE_END()
