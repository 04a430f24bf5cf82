#include "actors/job_keeper.hpp"

#include "cards/member_record.hpp"
#include "tests/actors/captured_log.hpp"
#include "tests/actors/deterministic.hpp"
#include "tests/actors/job_samples.hpp"
#include "tests/actors/recorders.hpp"
#include "tests/actors/scripted_store.hpp"
#include "tests/actors/threaded.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::testing;
using tessera::test::eventually;

namespace {

struct issuer_record {
  std::vector<card_task> tasks; ///< not answered yet
  std::size_t asked = 0;
  std::size_t dropped = 0;
  card_client_actor asker;
};

card_issuer_actor::behavior_type recording_issuer(card_issuer_actor::pointer, issuer_record* to) {
  return {
      [](const lookup_answers&) {},
      [to](const card_batch& x) {
        to->asker = x.asker;
        to->asked += x.tasks.size();
        to->tasks.insert(to->tasks.end(), x.tasks.begin(), x.tasks.end());
      },
      [](const alias_resolved&) {},
      [](const load_answers&) {},
      [](const admission_answers&) {},
      [](const render_answers&) {},
      [to](const abandon_cards& x) { to->dropped += x.tickets.size(); },
      [](const invalidate_all&) {},
      [](const tick&) {},
      [](const directory&) {},
  };
}

job_client_actor::behavior_type recording_asker(job_client_actor::pointer, std::vector<job_answer>* answers,
                                                std::vector<job_file>* files) {
  return {
      [answers](const job_answer& x) { answers->push_back(x); },
      [files](const job_file& x) { files->push_back(x); },
  };
}

/// A keeper, its issuer, its renderer and who asks it, one step at a time.
struct fixture {
  fixture() {
    ledger->put(std::make_shared<const card_ledger>(std::vector<member_card_state>{{member_id{12}, {2, job_time, 0}}},
                                                    job_time));
    client = world.spawn(recording_asker, &answers, &files);
    here.epoch = 1;
    here.issuers = {world.spawn(recording_issuer, &issuer)};
    here.renderers = {world.spawn(recording_renderer, &renderer)};
    here.writer = world.spawn(counting_writer, &writer_told);
    start();
  }
  ~fixture() {
    issuer.asker = nullptr;
    renderer.files.clear();
  }

  void start() {
    auto wall = [this] { return job_time + std::chrono::floor<std::chrono::milliseconds>(world.now() - began); };
    keeper = world.spawn(job_keeper, settings,
                         job_keeper_state::surroundings{store, slot, ledger, audits, "node 1", world.clock(), wall},
                         &metrics);
    world.send(keeper, here);
  }
  void kill_keeper() {
    caf::anon_send_exit(keeper, caf::exit_reason::kill);
    world.run();
    issuer.tasks.clear();
  }

  job_answer open(batch_job job) {
    world.send(keeper, open_job{client, {1, ++asked}, std::move(job), "request-1"});
    return answers.back();
  }
  job_answer find(const std::string& id, bool follow = false, std::string owner = "key:aaaaaaaaaa") {
    world.send(keeper, find_job{client, {1, ++asked}, std::move(owner), id, follow});
    return answers.back();
  }
  void fetch(const std::string& id, job_format format = job_format::zip) {
    world.send(keeper, fetch_job{client, {1, ++asked}, "key:aaaaaaaaaa", id, format, 10'000});
  }
  void answer(const card_task& task, error_code error = error_code::none) {
    world.send(issuer.asker, card_answers{{answer_to(task, error)}});
  }
  void answer_next(error_code error = error_code::none) {
    BOOST_REQUIRE(!issuer.tasks.empty());
    auto task = issuer.tasks.front();
    issuer.tasks.erase(issuer.tasks.begin());
    answer(task, error);
  }
  void answer_all(error_code error = error_code::none) {
    while (!issuer.tasks.empty())
      answer_next(issuer.tasks.front().what == card_product::holder ? error_code::none : error);
  }
  batch_job kept(const std::string& id) {
    scripted_store::kept_job found;
    store->change([&](auto& x) {
      auto which = std::ranges::find_if(x.jobs, [&](auto& each) { return each.job.id == id; });
      BOOST_REQUIRE((which != x.jobs.end()));
      found = *which;
    });
    return found.job;
  }
  /// Another node takes a job.
  void steal(const std::string& id) {
    store->change([&](auto& x) {
      for (auto& each : x.jobs)
        if (each.job.id == id)
          each.holder = "node 2";
    });
  }
  void fail_store(error_code with) {
    store->change([&](auto& x) { x.job_calls_fail = with; });
  }

  job_keeper_settings settings;
  std::shared_ptr<scripted_store> store = std::make_shared<scripted_store>();
  std::shared_ptr<connection_slot> slot = std::make_shared<connection_slot>();
  std::shared_ptr<published<card_ledger>> ledger = std::make_shared<published<card_ledger>>();
  std::shared_ptr<audit_queue> audits = std::make_shared<audit_queue>();
  job_metrics metrics;
  issuer_record issuer;
  renderer_record renderer;
  std::size_t writer_told = 0;
  std::vector<job_answer> answers;
  std::vector<job_file> files;
  std::uint32_t asked = 0;
  deterministic_system world;
  steady_time began = world.now();
  directory here;
  job_client_actor client;
  job_keeper_actor keeper;
};

} // namespace

BOOST_AUTO_TEST_SUITE(job_keeper_test)

BOOST_AUTO_TEST_CASE(a_job_is_in_the_store_and_audited_before_it_is_answered_and_begun_at_once) {
  fixture f;
  auto answer = f.open(job_of("", {11, 12}));
  BOOST_TEST((answer.error == error_code::none));
  BOOST_TEST((answer.to == ticket{1, 1}));
  BOOST_TEST(!answer.replayed);
  BOOST_TEST(answer.job.id.size() == 26u);
  BOOST_TEST((answer.job.state == job_state::waiting));
  BOOST_TEST((answer.job.created == job_time));
  BOOST_TEST((f.kept(answer.job.id).state == job_state::running));
  BOOST_TEST(f.issuer.tasks.size() == 2u);
  auto lines = f.audits->first(9);
  BOOST_REQUIRE(lines.size() == 1u);
  BOOST_TEST((lines[0] == audit_entry{"batch.create", answer.job.id, "request-1", "key:aaaaaaaaaa", job_time}));
  BOOST_TEST(f.writer_told == 1u);
  BOOST_TEST(read(f.metrics.accepted) == 1u);
}

BOOST_AUTO_TEST_CASE(a_job_runs_to_its_end_and_the_store_has_all_of_it) {
  fixture f;
  auto id = f.open(job_of("", {11, 12, 19})).job.id;
  f.answer_all();
  auto done = f.kept(id);
  BOOST_TEST((done.state == job_state::done));
  BOOST_TEST(made_cards(done) == 3u);
  BOOST_TEST(done.cards[0].card_number == "card-11");
  BOOST_TEST((f.find(id).job == done));
  BOOST_TEST(read(f.metrics.finished) == 1u);
  BOOST_TEST(read(f.metrics.running) == 0u);
}

BOOST_AUTO_TEST_CASE(an_idempotency_key_answers_the_job_of_then) {
  fixture f;
  auto job = job_of("", {11, 12});
  job.idempotency_key = "k";
  auto first = f.open(job);
  f.answer_all();
  auto again = f.open(job);
  BOOST_TEST((again.error == error_code::none));
  BOOST_TEST(again.replayed);
  BOOST_TEST(again.job.id == first.job.id);
  BOOST_TEST((again.job.state == job_state::done));
  BOOST_TEST(f.audits->size() == 1u);
  job.concurrency = 5;
  auto other = f.open(job);
  BOOST_TEST((other.error == error_code::conflict));
  BOOST_TEST(!other.why.empty());
  BOOST_TEST(read(f.metrics.accepted) == 1u);
  BOOST_TEST(read(f.metrics.replayed) == 1u);
}

BOOST_AUTO_TEST_CASE(an_owner_with_too_many_jobs_is_told_when_to_come_again) {
  fixture f;
  for (std::size_t i = 0; i < f.settings.most_unfinished; ++i)
    BOOST_TEST((f.open(job_of("", {11})).error == error_code::none));
  auto refused = f.open(job_of("", {11}));
  BOOST_TEST((refused.error == error_code::queue_full));
  BOOST_TEST(refused.retry_after_s > 0u);
  auto other = job_of("", {11});
  other.owner = "key:bbbbbbbbbb";
  BOOST_TEST((f.open(other).error == error_code::none));
}

BOOST_AUTO_TEST_CASE(two_jobs_are_at_work_at_once_and_the_next_begins_when_one_is_done) {
  fixture f;
  f.open(job_of("", {11}));
  f.open(job_of("", {12}));
  auto third = f.open(job_of("", {13})).job.id;
  BOOST_TEST(f.issuer.asked == 2u);
  BOOST_TEST((f.find(third).job.state == job_state::waiting));
  f.world.advance(f.settings.look_interval + f.settings.interval);
  BOOST_TEST(read(f.metrics.waiting) == 1u);
  f.answer_next();
  f.answer_next();
  BOOST_REQUIRE(f.issuer.tasks.size() == 2u);
  f.answer_next();
  BOOST_REQUIRE(f.issuer.tasks.size() == 2u);
  BOOST_TEST((f.issuer.tasks[1].member == member_id{13}));
  BOOST_TEST((f.find(third).job.state == job_state::running));
}

BOOST_AUTO_TEST_CASE(somebody_elses_job_is_no_job) {
  fixture f;
  auto id = f.open(job_of("", {11})).job.id;
  BOOST_TEST((f.find(id, false, "key:bbbbbbbbbb").error == error_code::not_found));
  BOOST_TEST((f.find("nothing").error == error_code::not_found));
  f.answer_all();
  BOOST_TEST((f.find(id, false, "key:bbbbbbbbbb").error == error_code::not_found));
}

BOOST_AUTO_TEST_CASE(a_job_is_found_for_a_day) {
  fixture f;
  f.store->change([](auto& x) {
    auto old = job_of("old", {11});
    old.state = job_state::done;
    old.cards[0].finished = true;
    old.created -= job_lifetime;
    x.jobs.push_back({old});
    old.id = "younger";
    old.created += 1ms;
    x.jobs.push_back({old});
  });
  BOOST_TEST((f.find("old").error == error_code::not_found));
  BOOST_TEST((f.find("younger").error == error_code::none));
}

BOOST_AUTO_TEST_CASE(expired_jobs_are_deleted_now_and_then) {
  fixture f;
  f.store->change([](auto& x) {
    auto old = job_of("old", {11});
    old.created -= job_lifetime;
    x.jobs.push_back({old, "node 9", job_time + 1h});
  });
  f.world.advance(f.settings.clean_interval + f.settings.interval);
  std::size_t left = 1;
  f.store->change([&](auto& x) { left = x.jobs.size(); });
  BOOST_TEST(left == 0u);
}

BOOST_AUTO_TEST_CASE(progress_is_saved_soon_after_a_card_is_finished) {
  fixture f;
  auto id = f.open(job_of("", {11, 12, 13}, 1)).job.id;
  for (int i = 0; i < 4; ++i) // three records, one card
    f.answer_next();
  BOOST_TEST(finished_cards(f.kept(id)) == 0u);
  f.world.advance(500ms);
  BOOST_TEST(finished_cards(f.kept(id)) == 1u);
}

BOOST_AUTO_TEST_CASE(a_successor_goes_on_where_a_keeper_was_killed_and_makes_no_saved_card_again) {
  fixture f;
  auto id = f.open(job_of("", {11, 12, 13}, 1)).job.id;
  for (int i = 0; i < 4; ++i)
    f.answer_next();
  f.world.advance(500ms);
  f.kill_keeper();
  f.start();
  BOOST_REQUIRE(f.issuer.tasks.size() == 2u);
  BOOST_TEST((f.issuer.tasks[0].member == member_id{12}));
  f.answer_all();
  BOOST_TEST((f.kept(id).state == job_state::done));
  BOOST_TEST(made_cards(f.kept(id)) == 3u);
  BOOST_TEST(read(f.metrics.resumed) == 1u);
}

BOOST_AUTO_TEST_CASE(a_job_of_another_node_is_taken_when_its_lease_has_run_out) {
  fixture f;
  f.store->change([](auto& x) {
    x.job_time = job_time;
    x.jobs.push_back({job_of("theirs", {11}), "node 9", job_time + 10s});
  });
  f.world.advance(4s);
  BOOST_TEST(f.issuer.tasks.empty());
  f.store->change([](auto& x) { x.job_time += 10s; });
  f.world.advance(f.settings.look_interval);
  BOOST_TEST(f.issuer.tasks.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_lease_is_prolonged_while_a_job_runs) {
  fixture f;
  f.store->change([](auto& x) { x.job_time = job_time; });
  auto id = f.open(job_of("", {11})).job.id;
  f.store->change([](auto& x) { x.job_time = job_time + 9s; });
  f.world.advance(f.settings.table.renew_after + f.settings.interval);
  utc_time until{};
  f.store->change([&](auto& x) { until = x.jobs.at(0).until; });
  BOOST_TEST((until == job_time + 19s));
}

BOOST_AUTO_TEST_CASE(a_job_that_another_node_has_taken_is_given_up) {
  captured_log log;
  fixture f;
  auto id = f.open(job_of("", {11, 12})).job.id;
  f.steal(id);
  f.world.advance(f.settings.table.renew_after + f.settings.interval);
  BOOST_TEST(f.issuer.dropped == 2u);
  BOOST_TEST(read(f.metrics.lost) == 1u);
  f.answer_all();
  BOOST_TEST(finished_cards(f.kept(id)) == 0u);
  BOOST_TEST((f.find(id).error == error_code::none)); // as the store has it
}

BOOST_AUTO_TEST_CASE(an_exit_saves_and_hands_back_what_is_at_work) {
  fixture f;
  auto id = f.open(job_of("", {11, 12, 13}, 1)).job.id;
  for (int i = 0; i < 4; ++i)
    f.answer_next();
  caf::anon_send_exit(f.keeper, caf::exit_reason::user_shutdown);
  f.world.run();
  BOOST_TEST(finished_cards(f.kept(id)) == 1u);
  std::string holder{"?"};
  f.store->change([&](auto& x) { holder = x.jobs.at(0).holder; });
  BOOST_TEST(holder.empty());
  BOOST_TEST(f.store->seen().connections_now == 0u);
}

BOOST_AUTO_TEST_CASE(a_job_goes_on_while_the_store_is_away_and_is_saved_when_it_is_back) {
  captured_log log;
  fixture f;
  auto id = f.open(job_of("", {11, 12})).job.id;
  f.fail_store(error_code::database_unavailable);
  f.answer_all();
  BOOST_TEST((f.find(id).job.state == job_state::done));
  BOOST_TEST((f.find("another").error == error_code::database_unavailable));
  BOOST_TEST((f.open(job_of("", {11})).error == error_code::database_unavailable));
  f.world.advance(5s);
  BOOST_TEST(log.count("the store cannot be asked for jobs") > 0u);
  f.fail_store(error_code::none);
  f.world.advance(2s);
  BOOST_TEST((f.kept(id).state == job_state::done));
  BOOST_TEST(read(f.metrics.finished) == 1u);
  BOOST_TEST(log.count("the store answers again") > 0u);
  BOOST_TEST(log.count("8001015009087") == 0u);
}

BOOST_AUTO_TEST_CASE(a_job_that_cannot_be_read_is_logged_now_and_then_without_its_data) {
  captured_log log;
  fixture f;
  f.fail_store(error_code::internal);
  for (int i = 0; i < 5; ++i)
    BOOST_TEST((f.find("broken").error == error_code::internal));
  BOOST_TEST(log.count("a job could not be read or written (internal)") == 1u);
  BOOST_TEST(log.count("8001015009087") == 0u);
}

BOOST_AUTO_TEST_CASE(cards_that_fail_for_a_while_are_made_later) {
  fixture f;
  auto id = f.open(job_of("", {11})).job.id;
  f.answer_next(error_code::database_unavailable);
  BOOST_TEST(f.issuer.tasks.empty());
  f.world.advance(1'250ms);
  BOOST_REQUIRE(f.issuer.tasks.size() == 1u);
  f.answer_all();
  BOOST_TEST(made_cards(f.kept(id)) == 1u);
}

BOOST_AUTO_TEST_CASE(an_issuer_that_was_replaced_is_asked_again) {
  fixture f;
  f.open(job_of("", {11}));
  issuer_record next;
  auto later = f.here;
  later.epoch = 2;
  later.issuers = {f.world.spawn(recording_issuer, &next)};
  f.world.send(f.keeper, later);
  BOOST_TEST(next.tasks.size() == 1u);
  next.asker = nullptr;
}

BOOST_AUTO_TEST_CASE(a_follower_is_told_of_each_change_up_to_the_end) {
  fixture f;
  auto id = f.open(job_of("", {11, 12}, 1)).job.id;
  auto first = f.find(id, true);
  BOOST_TEST(finished_cards(first.job) == 0u);
  f.answers.clear();
  f.world.advance(1s);
  BOOST_TEST(f.answers.empty());
  BOOST_TEST(read(f.metrics.followers) == 1u);
  for (int i = 0; i < 3; ++i)
    f.answer_next();
  f.world.advance(250ms);
  BOOST_REQUIRE(f.answers.size() == 1u);
  BOOST_TEST((f.answers[0].to == first.to));
  BOOST_TEST(finished_cards(f.answers[0].job) == 1u);
  f.answer_all();
  BOOST_REQUIRE(f.answers.size() == 2u);
  BOOST_TEST((f.answers[1].job.state == job_state::done));
  f.world.advance(2s);
  BOOST_TEST(f.answers.size() == 2u);
  BOOST_TEST(read(f.metrics.followers) == 0u);
}

BOOST_AUTO_TEST_CASE(a_job_that_runs_elsewhere_is_followed_by_what_the_store_says) {
  fixture f;
  f.store->change([](auto& x) {
    x.job_time = job_time;
    x.jobs.push_back({job_of("theirs", {11}), "node 9", job_time + 1h});
  });
  f.find("theirs", true);
  f.answers.clear();
  f.store->change([](auto& x) {
    x.jobs[0].job.state = job_state::done;
    x.jobs[0].job.cards[0].finished = true;
  });
  f.world.advance(1'250ms);
  BOOST_REQUIRE(f.answers.size() == 1u);
  BOOST_TEST((f.answers[0].job.state == job_state::done));
}

BOOST_AUTO_TEST_CASE(a_follower_of_a_job_that_vanishes_is_told) {
  fixture f;
  f.store->change([](auto& x) {
    x.job_time = job_time;
    x.jobs.push_back({job_of("theirs", {11}), "node 9", job_time + 1h});
  });
  f.find("theirs", true);
  f.answers.clear();
  f.store->change([](auto& x) { x.jobs.clear(); });
  f.world.advance(1'250ms);
  BOOST_REQUIRE(f.answers.size() == 1u);
  BOOST_TEST((f.answers[0].error == error_code::not_found));
}

BOOST_AUTO_TEST_CASE(a_follower_who_has_gone_is_told_nothing) {
  fixture f;
  auto id = f.open(job_of("", {11})).job.id;
  auto first = f.find(id, true);
  f.answers.clear();
  f.world.send(f.keeper, abandon_jobs{f.client, {first.to}});
  f.answer_all();
  f.world.advance(1s);
  BOOST_TEST(f.answers.empty());
}

BOOST_AUTO_TEST_CASE(the_file_of_a_job_is_composed_from_its_members_as_they_are_now) {
  fixture f;
  auto id = f.open(job_of("", {11, 12, 11})).job.id;
  f.answer_all();
  f.fetch(id, job_format::sheets);
  BOOST_REQUIRE(f.renderer.files.size() == 1u);
  const auto& order = f.renderer.files[0];
  BOOST_TEST((order.format == job_format::sheets));
  BOOST_TEST(order.job.id == id);
  BOOST_REQUIRE(order.holders.size() == 2u);
  for (const auto& each : order.holders) {
    auto who = unpack_member(each.member->packed());
    BOOST_REQUIRE(who);
    BOOST_TEST(each.state.epoch == (who->id == member_id{12} ? 2 : 1));
  }
  auto body = shared_body::make("file", {}, 0);
  f.world.send(f.keeper, file_composed{order.work, error_code::none, {}, body});
  BOOST_REQUIRE(f.files.size() == 1u);
  BOOST_TEST((f.files[0] == job_file{{1, f.asked}, error_code::none, {}, 0, body}));
  BOOST_TEST(read(f.metrics.files) == 1u);
}

BOOST_AUTO_TEST_CASE(a_job_that_is_not_done_or_has_no_card_gives_no_file) {
  fixture f;
  auto id = f.open(job_of("", {11})).job.id;
  f.fetch(id);
  BOOST_REQUIRE(f.files.size() == 1u);
  BOOST_TEST((f.files[0].error == error_code::conflict));
  BOOST_TEST(f.files[0].retry_after_s == 1u);
  f.answer_all(error_code::conflict);
  f.fetch(id);
  BOOST_REQUIRE(f.files.size() == 2u);
  BOOST_TEST((f.files[1].error == error_code::not_found));
  BOOST_TEST(!f.files[1].why.empty());
  f.fetch("nothing");
  BOOST_REQUIRE(f.files.size() == 3u);
  BOOST_TEST((f.files[2].error == error_code::not_found));
  BOOST_TEST(f.renderer.files.empty());
}

BOOST_AUTO_TEST_CASE(files_are_few_at_once_and_end_with_their_renderer_or_their_time) {
  fixture f;
  auto id = f.open(job_of("", {11})).job.id;
  f.answer_all();
  for (std::size_t i = 0; i < f.settings.most_files; ++i)
    f.fetch(id);
  BOOST_TEST(f.files.empty());
  f.fetch(id);
  BOOST_REQUIRE(f.files.size() == 1u);
  BOOST_TEST((f.files[0].error == error_code::queue_full));
  auto later = f.here;
  later.epoch = 2;
  renderer_record next;
  later.renderers = {f.world.spawn(recording_renderer, &next)};
  f.world.send(f.keeper, later);
  BOOST_TEST(f.files.size() == 1 + f.settings.most_files);
  BOOST_TEST((f.files.back().error == error_code::interrupted));
  f.fetch(id);
  BOOST_TEST(next.files.size() == 1u);
  f.world.advance(11s);
  BOOST_TEST(f.files.size() == 2 + f.settings.most_files);
  next.files.clear();
}

BOOST_AUTO_TEST_CASE(a_call_that_hangs_can_be_interrupted_and_its_keeper_ends) {
  threaded_config config;
  auto store = std::make_shared<scripted_store>();
  auto slot = std::make_shared<connection_slot>();
  auto ledger = std::make_shared<published<card_ledger>>();
  job_metrics metrics;
  caf::actor_system system{config};
  auto keeper = system.spawn<caf::detached>(
      job_keeper, job_keeper_settings{},
      job_keeper_state::surroundings{store, slot, ledger, std::make_shared<audit_queue>(), "node 1",
                                     steady_clock_source(), [] { return job_time; }},
      &metrics);
  store->change([](auto& x) { x.hold_job_calls = true; });
  directory here;
  here.epoch = 1;
  caf::anon_send(keeper, here);
  BOOST_REQUIRE(eventually(20s, [&] { return store->seen().job_calls_held == 1; }));
  caf::anon_send_exit(keeper, caf::exit_reason::user_shutdown);
  slot->interrupt();
  keeper = nullptr;
  BOOST_TEST(eventually(20s, [&] { return store->seen().connections_now == 0; }));
}

BOOST_AUTO_TEST_SUITE_END()
