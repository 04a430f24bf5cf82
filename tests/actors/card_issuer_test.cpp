#include "actors/card_issuer.hpp"

#include "storage/cache_key.hpp"
#include "tests/actors/card_samples.hpp"
#include "tests/actors/deterministic.hpp"
#include "tests/actors/recorders.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>

namespace {

using namespace tessera;
using namespace tessera::testing;
using namespace std::chrono_literals;

constexpr std::size_t shards = 2;

/// Returns the first member id whose alias belongs to one shard and whose record to another, or the same.
std::uint64_t id_in(std::size_t alias_shard, std::size_t record_shard, std::uint64_t from = 1) {
  while (shard_of(member_id{from}, shards) != alias_shard || shard_of(number_of(from), shards) != record_shard)
    ++from;
  return from;
}

card_table_settings small_settings() {
  card_table_settings settings;
  settings.caches.fill({4 << 20, 10min});
  return settings;
}

const body_ptr product = shared_body::make("a card", "000123-01S-X", 9);

struct fixture {
  deterministic_system world;
  card_metrics metrics;
  std::shared_ptr<const card_ledger> ledger = ledger_of();
  gateway_record answered;
  gateway_record answered_other;
  std::array<cache_record, shards> cached;
  std::array<lookup_record, shards> looked_up;
  std::array<renderer_record, 2> drawn;
  pool_record pooled;
  admission_record asked_for_slots;
  gateway_actor asker = world.spawn(recording_gateway, &answered);
  gateway_actor other = world.spawn(recording_gateway, &answered_other);
  card_issuer_actor sut = spawn();
  directory here;
  std::uint32_t last_slot = 0;

  fixture() {
    for (std::size_t i = 0; i < shards; ++i) {
      here.caches.push_back(world.spawn(recording_cache, &cached[i]));
      here.lookups.push_back(world.spawn(recording_lookup, &looked_up[i]));
    }
    for (auto& each : drawn)
      here.renderers.push_back(world.spawn(recording_renderer, &each));
    here.pool = world.spawn(recording_pool, &pooled);
    tell();
  }

  card_issuer_actor spawn() {
    card_table::surroundings around{[this] { return ledger; }, [] { return card_day; }, [] { return card_key_id{1}; }};
    return world.spawn(card_issuer, small_settings(), around, std::uint64_t{7}, &metrics, world.clock());
  }
  void tell() {
    ++here.epoch;
    world.send(sut, here);
  }
  void use_admission() {
    here.admission = world.spawn(recording_admission, &asked_for_slots);
    tell();
  }

  card_task make(std::uint64_t id, card_product what = card_product::pdf) {
    card_task task;
    task.asked_by = {++last_slot, 1};
    task.what = what;
    task.member = {id};
    task.time_left_ms = 30'000;
    return task;
  }
  card_task verify(std::string presented) {
    auto task = make(0, card_product::verification);
    task.presented = std::move(presented);
    task.priority = admission_priority::verify;
    return task;
  }
  void open(std::vector<card_task> tasks, gateway_actor whose = {}) {
    world.send(sut, card_batch{whose ? whose : asker, std::move(tasks)});
  }
  void open(const std::vector<std::uint64_t>& ids) {
    std::vector<card_task> tasks;
    for (auto id : ids)
      tasks.push_back(make(id));
    open(std::move(tasks));
  }

  /// Answers all questions for aliases that are new.
  void answer_aliases(bool known) {
    for (auto& each : cached) {
      for (const auto& question : std::exchange(each.questions, {})) {
        alias_resolved answer;
        answer.job = question.job;
        answer.known = known;
        if (known)
          answer.number = number_of(question.id.value);
        caf::anon_send(question.asker, answer);
      }
    }
    world.run();
  }
  /// Answers all lookups that are new, each shard's in one message.
  void answer_lookups() {
    for (auto& each : looked_up) {
      lookup_answers answers;
      for (const auto& batch : std::exchange(each.batches, {})) {
        for (const auto& request : batch.requests) {
          auto& answer = answers.answers.emplace_back();
          answer.to = request.asked_by;
          answer.body = record_of(request.number.packed() - number_of(0).packed());
        }
      }
      if (!answers.answers.empty())
        world.send(sut, answers);
    }
  }
  /// Grants all that is wanted, in one message.
  void admit() {
    admission_answers answers;
    for (const auto& batch : asked_for_slots.batches)
      for (const auto& each : batch.requests)
        answers.answers.push_back({each.work, error_code::none, 0});
    asked_for_slots.batches.clear();
    world.send(sut, answers);
  }
  load_answer loaded(std::uint64_t id) const {
    load_answer answer;
    answer.key = {member_key::kind::id, id};
    answer.body = record_of(id);
    answer.number = number_of(id);
    answer.id = {id};
    answer.age_ms = 2;
    answer.pool = pooled.batches.empty() ? 0 : pooled.batches.back().pool;
    return answer;
  }
  std::vector<render_job> jobs_drawn() const {
    std::vector<render_job> all;
    for (const auto& each : drawn)
      for (const auto& batch : each.batches)
        all.insert(all.end(), batch.jobs.begin(), batch.jobs.end());
    return all;
  }
  void answer_renderings() {
    render_answers answers;
    for (const auto& job : jobs_drawn())
      answers.answers.push_back({job.work, error_code::none, {}, product, {}, 250});
    world.send(sut, answers);
  }
};

BOOST_FIXTURE_TEST_SUITE(card_issuer_test, fixture)

BOOST_AUTO_TEST_CASE(each_task_of_a_batch_is_one_question_to_the_cache_of_its_members_shard) {
  std::vector ids{id_in(0, 0), id_in(0, 1), id_in(1, 0)};
  open(ids);
  BOOST_REQUIRE(cached[0].questions.size() == 2u);
  BOOST_REQUIRE(cached[1].questions.size() == 1u);
  BOOST_TEST((cached[0].questions[0].id == member_id{ids[0]}));
  BOOST_TEST((cached[0].questions[1].id == member_id{ids[1]}));
  BOOST_TEST((cached[1].questions[0].id == member_id{ids[2]}));
  BOOST_TEST(read(metrics.jobs) == 3u);
  BOOST_TEST(read(metrics.waiting) == 3u);
}

BOOST_AUTO_TEST_CASE(a_member_is_looked_up_in_the_shard_of_the_number_and_what_comes_together_is_drawn_together) {
  std::vector ids{id_in(0, 0), id_in(1, 0, 100), id_in(0, 1)};
  open(ids);
  answer_aliases(true);
  BOOST_TEST(looked_up[0].batches.size() == 2u);
  BOOST_REQUIRE(looked_up[1].batches.size() == 1u);
  BOOST_TEST((looked_up[1].batches[0].asker == caf::actor_cast<lookup_client_actor>(sut)));
  BOOST_TEST((looked_up[1].batches[0].requests.at(0).number == number_of(ids[2])));
  answer_lookups();
  BOOST_TEST(jobs_drawn().size() == 3u);
  // The two that came in one message went to one renderer each.
  BOOST_TEST(!drawn[0].batches.empty());
  BOOST_TEST(!drawn[1].batches.empty());
  answer_renderings();
  BOOST_TEST(answered.cards.size() == 3u);
  BOOST_TEST(answered.card_messages == 1u);
  BOOST_TEST(read(metrics.jobs) == 0u);
  BOOST_TEST(read(metrics.caches[2].entries) == 3u);
  open(ids);
  answer_aliases(true);
  answer_lookups();
  BOOST_TEST(answered.cards.size() == 6u);
  BOOST_TEST(answered.cards.back().made_before);
  BOOST_TEST(jobs_drawn().size() == 3u);
}

BOOST_AUTO_TEST_CASE(members_without_an_alias_are_loaded_in_one_batch_when_they_are_admitted_together) {
  use_admission();
  std::vector<std::uint64_t> ids{1, 2, 3, 4, 5};
  open(ids);
  answer_aliases(false);
  BOOST_TEST(pooled.batches.empty());
  admit();
  BOOST_REQUIRE(pooled.batches.size() == 1u);
  BOOST_TEST(pooled.batches[0].keys.size() == ids.size());
  BOOST_TEST(pooled.batches[0].time_left_ms == 30'000u);
  BOOST_TEST((pooled.batches[0].asker == caf::actor_cast<load_client_actor>(sut)));
}

BOOST_AUTO_TEST_CASE(what_was_loaded_goes_to_the_number_s_cache_by_its_age_and_its_alias_to_the_id_s) {
  auto same = id_in(1, 1);
  auto elsewhere = id_in(0, 1);
  open(std::vector{same, elsewhere});
  answer_aliases(false);
  world.send(sut, load_answers{{loaded(same), loaded(elsewhere)}});
  BOOST_REQUIRE(cached[1].fills.size() == 1u);
  const auto& bodies = cached[1].fills[0];
  BOOST_TEST(bodies.by_age);
  BOOST_TEST(!bodies.alias_only);
  BOOST_REQUIRE(bodies.members.size() == 2u);
  BOOST_TEST((bodies.members[0] == filled_member{number_of(same), {same}, record_of(same), {}, 2, 3'600'000}));
  BOOST_TEST((bodies.members[1] == filled_member{number_of(elsewhere), {}, record_of(elsewhere), {}, 2, 3'600'000}));
  BOOST_REQUIRE(cached[0].fills.size() == 1u);
  const auto& aliases = cached[0].fills[0];
  BOOST_TEST(aliases.alias_only);
  BOOST_REQUIRE(aliases.members.size() == 1u);
  BOOST_TEST((aliases.members[0] == filled_member{number_of(elsewhere), {elsewhere}, nullptr, {}, 2, 0}));
}

BOOST_AUTO_TEST_CASE(slots_are_asked_for_by_priority_and_given_back) {
  use_admission();
  auto batch = make(1);
  batch.priority = admission_priority::batch;
  open({make(2), batch, verify("A"), verify("B")});
  answer_aliases(false);
  std::map<admission_priority, std::size_t> asked;
  for (const auto& each : asked_for_slots.batches)
    asked[each.priority] += each.requests.size();
  BOOST_TEST(asked[admission_priority::verify] == 2u);
  BOOST_TEST(asked[admission_priority::lookup] == 1u);
  BOOST_TEST(asked[admission_priority::batch] == 1u);
  BOOST_TEST(asked_for_slots.batches.size() == 3u);
  admit();
  world.send(sut, load_answers{{loaded(1), loaded(2)}});
  BOOST_TEST(asked_for_slots.ended.empty());
  answer_renderings(); // of the verifications, too: as if they claimed nothing
  std::size_t ended = 0;
  for (const auto& each : asked_for_slots.ended)
    ended += each.works.size();
  BOOST_TEST(ended == 4u);
}

BOOST_AUTO_TEST_CASE(a_verification_is_checked_before_what_waits_to_be_drawn) {
  here.renderers.resize(1);
  tell();
  open(std::vector<std::uint64_t>{1});
  answer_aliases(true);
  lookup_answers found;
  auto& answer = found.answers.emplace_back();
  answer.to = looked_up[shard_of(number_of(1), shards)].batches.at(0).requests.at(0).asked_by;
  answer.body = record_of(1);
  // The issuer handles both before the renderer has its turn.
  caf::anon_send(sut, found);
  caf::anon_send(sut, card_batch{asker, {verify("TOKEN")}});
  world.run();
  BOOST_REQUIRE(drawn[0].batches.size() == 2u);
  BOOST_TEST(drawn[0].batches[0].jobs.at(0).presented == "TOKEN");
  BOOST_TEST((drawn[0].batches[0].asker == caf::actor_cast<render_client_actor>(sut)));
  BOOST_TEST((drawn[0].batches[1].jobs.at(0).what == card_product::pdf));
}

BOOST_AUTO_TEST_CASE(answers_go_to_those_who_asked_each_in_one_message) {
  open({make(1), make(2)});
  open({make(1), make(3)}, other);
  answer_aliases(true);
  answer_lookups();
  answer_renderings();
  BOOST_TEST(answered.cards.size() == 2u);
  BOOST_TEST(answered.card_messages == 1u);
  BOOST_TEST(answered_other.cards.size() == 2u);
  BOOST_TEST(answered_other.card_messages == 1u);
  BOOST_TEST((answered_other.cards[0].to.slot + answered_other.cards[1].to.slot == 7u));
}

BOOST_AUTO_TEST_CASE(who_has_gone_is_not_answered) {
  auto task = make(1);
  open({task, make(2)});
  world.send(sut, abandon_cards{other, {task.asked_by}}); // another's ticket of the same name
  BOOST_TEST(read(metrics.waiting) == 2u);
  world.send(sut, abandon_cards{asker, {task.asked_by}});
  BOOST_TEST(read(metrics.waiting) == 1u);
  answer_aliases(true);
  answer_lookups();
  answer_renderings();
  BOOST_TEST(answered.cards.size() == 1u);
}

BOOST_AUTO_TEST_CASE(time_runs_out_only_while_somebody_waits) {
  BOOST_TEST(!world.has_pending_timeout());
  open(std::vector<std::uint64_t>{1});
  world.advance(29'999ms);
  BOOST_TEST(answered.cards.empty());
  world.advance(101ms);
  BOOST_REQUIRE(answered.cards.size() == 1u);
  BOOST_TEST((answered.cards[0].error == error_code::timed_out));
  world.advance(100ms);
  BOOST_TEST(!world.has_pending_timeout());
}

BOOST_AUTO_TEST_CASE(before_its_first_directory_it_refuses_instead_of_losing_requests) {
  auto lonely = spawn();
  world.send(lonely, card_batch{asker, {make(1), verify("TOKEN")}});
  BOOST_REQUIRE(answered.cards.size() == 2u);
  for (const auto& each : answered.cards)
    BOOST_TEST((each.error == error_code::database_unavailable || each.error == error_code::interrupted));
  BOOST_TEST(!world.has_pending_timeout());
}

BOOST_AUTO_TEST_CASE(a_new_cache_is_asked_again_by_those_who_waited_on_its_predecessor) {
  open(std::vector{id_in(0, 0), id_in(1, 1)});
  cache_record successor;
  here.caches[0] = world.spawn(recording_cache, &successor);
  tell();
  BOOST_REQUIRE(successor.questions.size() == 1u);
  BOOST_TEST((successor.questions[0].id == member_id{id_in(0, 0)}));
  BOOST_TEST(cached[1].questions.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_lookup_is_asked_again_when_its_actor_or_its_cache_is_new) {
  open(std::vector{id_in(0, 0), id_in(1, 1)});
  answer_aliases(true);
  lookup_record successor;
  here.lookups[0] = world.spawn(recording_lookup, &successor);
  tell();
  BOOST_REQUIRE(successor.batches.size() == 1u);
  BOOST_TEST((successor.batches[0].requests.at(0).number == number_of(id_in(0, 0))));
  cache_record fresh;
  here.caches[1] = world.spawn(recording_cache, &fresh);
  tell();
  BOOST_TEST(looked_up[1].batches.size() == 2u);
  // All answers come, also those to what was asked before: each job takes one.
  answer_lookups();
  BOOST_TEST(jobs_drawn().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_new_pool_is_asked_again_by_its_own_count) {
  open(std::vector<std::uint64_t>{1});
  answer_aliases(false);
  auto late = loaded(1);
  pool_record successor;
  here.pool = world.spawn(recording_pool, &successor);
  tell();
  BOOST_REQUIRE(successor.batches.size() == 1u);
  BOOST_TEST(successor.batches[0].pool == pooled.batches[0].pool + 1);
  world.send(sut, load_answers{{late}});
  BOOST_TEST(jobs_drawn().empty());
  late.pool = successor.batches[0].pool;
  world.send(sut, load_answers{{late}});
  BOOST_TEST(jobs_drawn().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_new_admission_actor_is_told_what_is_at_work_and_asked_for_the_rest) {
  use_admission();
  open(std::vector<std::uint64_t>{1});
  answer_aliases(false);
  admit();
  open(std::vector<std::uint64_t>{2});
  answer_aliases(false);
  admission_record successor;
  here.admission = world.spawn(recording_admission, &successor);
  tell();
  BOOST_REQUIRE(successor.going_on.size() == 1u);
  BOOST_TEST(successor.going_on[0].works.size() == 1u);
  BOOST_REQUIRE(successor.batches.size() == 1u);
  BOOST_TEST(successor.batches[0].requests.size() == 1u);
  BOOST_TEST((successor.batches[0].requests[0].work != successor.going_on[0].works[0]));
}

BOOST_AUTO_TEST_CASE(a_new_renderer_takes_over_what_its_predecessor_had) {
  open(std::vector<std::uint64_t>{1, 2});
  answer_aliases(true);
  answer_lookups();
  BOOST_TEST(drawn[0].batches.size() == 1u);
  renderer_record successor;
  here.renderers[0] = world.spawn(recording_renderer, &successor);
  tell();
  BOOST_REQUIRE(successor.batches.size() == 1u);
  BOOST_TEST((successor.batches[0].jobs == drawn[0].batches[0].jobs));
  BOOST_TEST(drawn[1].batches.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_older_directory_is_ignored) {
  auto newest = here;
  pool_record second;
  here.pool = world.spawn(recording_pool, &second);
  tell();
  world.send(sut, newest);
  open(std::vector<std::uint64_t>{1});
  answer_aliases(false);
  BOOST_TEST(second.batches.size() == 1u);
  BOOST_TEST(pooled.batches.empty());
}

BOOST_AUTO_TEST_CASE(it_survives_errors_and_ends_when_told_to) {
  caf::anon_send(caf::actor_cast<caf::actor>(sut), caf::make_error(caf::sec::runtime_error));
  world.run();
  BOOST_TEST(read(metrics.failures) == 1u);
  open(std::vector<std::uint64_t>{id_in(0, 0)});
  BOOST_TEST(cached[0].questions.size() == 1u);
  caf::anon_send_exit(sut, caf::exit_reason::normal);
  world.run();
  open(std::vector<std::uint64_t>{id_in(0, 0)});
  BOOST_TEST(cached[0].questions.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
