#include "actors/maintenance.hpp"

#include "actors/cache.hpp"
#include "actors/lookup.hpp"
#include "deterministic.hpp"
#include "recorders.hpp"
#include "storage/cache_key.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>

namespace {

using namespace tessera;
using namespace tessera::testing;
using namespace std::chrono_literals;

constexpr std::size_t shards = 2;
constexpr std::size_t connections = 2;

/// Returns the nth ID number of a shard.
id_number number_in(std::size_t shard, std::size_t n = 0) {
  for (std::uint64_t packed = 8001015009000;; ++packed) {
    auto made = *id_number::from_packed(packed);
    if (shard_of(made, shards) == shard && n-- == 0)
      return made;
  }
}

member_id id_in(std::size_t shard, std::uint64_t from = 100) {
  while (shard_of(member_id{from}, shards) != shard)
    ++from;
  return {from};
}

/// Every peer is scripted: the test reads what each was asked and answers in its place.
struct fixture {
  deterministic_system world;
  actor_metrics metrics;
  gateway_record answered;
  std::deque<cache_record> caches{shards};
  std::deque<lookup_record> lookups{shards};
  std::deque<redis_record> redis{connections};
  pool_record pooled;
  std::size_t writer_told = 0;
  std::shared_ptr<audit_queue> audits = std::make_shared<audit_queue>();
  gateway_actor asker = world.spawn(recording_gateway, &answered);
  maintenance_actor sut = world.spawn(maintenance, maintenance_settings{}, audits, &metrics, world.clock());
  directory here;

  fixture() {
    here.epoch = 1;
    for (auto& each : caches)
      here.caches.push_back(world.spawn(recording_cache, &each));
    for (auto& each : lookups)
      here.lookups.push_back(world.spawn(recording_lookup, &each));
    here.pool = world.spawn(recording_pool, &pooled);
    here.writer = world.spawn(counting_writer, &writer_told);
    world.send(sut, here);
  }
  void use_l2() {
    for (auto& each : redis)
      here.redis.push_back(world.spawn(recording_redis, &each));
    tell();
  }
  void tell() {
    ++here.epoch;
    world.send(sut, here);
  }
  void clear(member_id id, std::optional<id_number> number = {}) {
    world.send(sut, clear_member{
                        asker, {1, 2}, id, number.has_value(), number.value_or(id_number{}), "r-1", "key:a", "moved"});
  }
  void resolve(member_id id, std::optional<id_number> number) {
    auto shard = shard_of(id, shards);
    BOOST_REQUIRE(caches[shard].questions.size() == 1u);
    auto job = caches[shard].questions[0].job;
    caches[shard].questions.clear();
    world.send(sut, alias_resolved{
                        job, number.has_value(), number.value_or(id_number{}), static_cast<std::uint32_t>(shard), {}});
  }
  /// Acknowledges what the lookup shards were told, in their caches' place; returns how many that were.
  std::size_t acknowledge() {
    std::size_t count = 0;
    for (std::uint32_t shard = 0; shard < shards; ++shard) {
      for (const auto& each : std::exchange(lookups[shard].invalidations, {})) {
        world.send(sut, invalidated{each.job, shard});
        ++count;
      }
    }
    return count;
  }
  void expect_done(error_code error) {
    BOOST_REQUIRE(answered.done.size() == 1u);
    BOOST_TEST((answered.done[0].to == ticket{1, 2}));
    BOOST_TEST((answered.done[0].error == error), to_string(answered.done[0].error));
    answered.done.clear();
  }
  void warm(std::uint32_t limit) {
    world.send(sut, warm_cache{asker, {1, 2}, limit, "r-2", "key:a", {}});
  }
  /// Gives the stamps that the caches were asked for: 10 plus the shard.
  void give_stamps() {
    for (std::uint32_t shard = 0; shard < shards; ++shard) {
      BOOST_REQUIRE(caches[shard].questions.size() == 1u);
      BOOST_TEST((caches[shard].questions[0].id == member_id{}));
      world.send(sut, alias_resolved{caches[shard].questions[0].job, false, {}, shard, load_stamp{10 + shard}});
      caches[shard].questions.clear();
    }
  }
  void give_page(std::uint64_t newest, std::size_t count) {
    BOOST_REQUIRE(pooled.pages.size() == 1u);
    page_loaded page{pooled.pages[0].job, error_code::none, {}};
    for (std::size_t i = 0; i < count; ++i) {
      load_answer made;
      made.id = {newest - i};
      made.number = *id_number::from_packed(8001015000000 + newest - i);
      made.body = shared_body::make("text", "packed", newest - i);
      made.age_ms = 7;
      page.members.push_back(made);
    }
    pooled.pages.clear();
    world.send(sut, page);
  }
};

BOOST_FIXTURE_TEST_SUITE(clear_test, fixture)

BOOST_AUTO_TEST_CASE(a_member_whose_alias_is_known_is_cleared_in_l1_by_both_keys) {
  auto number = number_in(0);
  auto id = id_in(1);
  clear(id);
  BOOST_TEST(caches[0].questions.empty());
  resolve(id, number);
  BOOST_TEST(pooled.questions.empty());
  for (std::size_t shard : {0u, 1u}) {
    BOOST_REQUIRE(lookups[shard].invalidations.size() == 1u);
    BOOST_TEST((lookups[shard].invalidations[0].number == number));
    BOOST_TEST((lookups[shard].invalidations[0].id == id));
    BOOST_TEST((lookups[shard].invalidations[0].asker == sut));
  }
  BOOST_TEST(answered.done.empty());
  BOOST_TEST(acknowledge() == 2u);
  expect_done(error_code::none);
  BOOST_REQUIRE(audits->size() == 1u);
  auto line = audits->first(1).front();
  BOOST_TEST(line.action == "cache.clear");
  BOOST_TEST(line.subject == std::to_string(id.value));
  BOOST_TEST(line.request_id == "r-1");
  BOOST_TEST(line.actor == "key:a");
  BOOST_TEST((line.at > utc_time{}));
  BOOST_TEST(writer_told == 1u);
  world.advance(200ms);
  BOOST_TEST(!world.has_pending_timeout());
}

BOOST_AUTO_TEST_CASE(one_shard_that_owns_both_keys_is_told_once) {
  clear(id_in(0));
  resolve(id_in(0), number_in(0));
  BOOST_TEST(lookups[0].invalidations.size() == 1u);
  BOOST_TEST(lookups[1].invalidations.empty());
  acknowledge();
  expect_done(error_code::none);
}

BOOST_AUTO_TEST_CASE(l2_is_cleared_before_l1) {
  use_l2();
  auto number = number_in(0);
  auto& owner = redis[shard_of(number, connections)];
  clear(id_in(1));
  resolve(id_in(1), number);
  BOOST_REQUIRE(owner.invalidations.size() == 1u);
  BOOST_TEST((owner.invalidations[0].number == number));
  BOOST_TEST(redis[1 - shard_of(number, connections)].invalidations.empty());
  BOOST_TEST(acknowledge() == 0u);
  // Not acknowledged by the server: owed, which counts.
  world.send(sut, l2_invalidated{owner.invalidations[0].job, false});
  BOOST_TEST(acknowledge() == 2u);
  expect_done(error_code::none);
}

BOOST_AUTO_TEST_CASE(without_an_alias_the_database_is_asked) {
  auto number = number_in(1);
  clear(id_in(1));
  resolve(id_in(1), std::nullopt);
  BOOST_REQUIRE(pooled.questions.size() == 1u);
  BOOST_TEST((pooled.questions[0].id == id_in(1)));
  BOOST_TEST(acknowledge() == 0u);
  world.send(sut, id_number_found{pooled.questions[0].job, error_code::none, number});
  BOOST_TEST(acknowledge() == 1u);
  expect_done(error_code::none);
}

BOOST_AUTO_TEST_CASE(nobody_is_cleared_by_halves_when_the_number_stays_unknown) {
  for (auto [answer, expected] : {std::pair{error_code::not_found, error_code::not_found},
                                  std::pair{error_code::database_unavailable, error_code::database_unavailable},
                                  std::pair{error_code::queue_full, error_code::database_unavailable}}) {
    clear(id_in(1));
    resolve(id_in(1), std::nullopt);
    BOOST_REQUIRE(pooled.questions.size() == 1u);
    world.send(sut, id_number_found{pooled.questions[0].job, answer, {}});
    pooled.questions.clear();
    BOOST_TEST(acknowledge() == 0u);
    expect_done(expected);
  }
  BOOST_TEST(audits->size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_number_from_the_request_needs_no_database) {
  clear(id_in(1), number_in(0));
  resolve(id_in(1), std::nullopt);
  BOOST_TEST(pooled.questions.empty());
  BOOST_TEST(acknowledge() == 2u);
  expect_done(error_code::none);
}

BOOST_AUTO_TEST_CASE(when_request_and_alias_disagree_both_numbers_are_cleared) {
  use_l2();
  auto theirs = number_in(0);
  auto ours = number_in(0, 1);
  clear(id_in(0), theirs);
  resolve(id_in(0), ours);
  std::vector<id_number> cleared;
  for (auto& each : redis) {
    for (const auto& what : each.invalidations) {
      cleared.push_back(what.number);
      world.send(sut, l2_invalidated{what.job, true});
    }
  }
  BOOST_TEST(cleared.size() == 2u);
  BOOST_REQUIRE(lookups[0].invalidations.size() == 2u);
  BOOST_TEST((lookups[0].invalidations[0].number == theirs));
  BOOST_TEST((lookups[0].invalidations[1].number == ours));
  auto job = lookups[0].invalidations[0].job;
  world.send(sut, invalidated{job, 0});
  BOOST_TEST(answered.done.empty());
  world.send(sut, invalidated{job, 0});
  expect_done(error_code::none);
}

BOOST_AUTO_TEST_CASE(a_step_that_is_not_answered_in_time_ends_in_an_error) {
  clear(id_in(1), number_in(1));
  resolve(id_in(1), std::nullopt);
  world.advance(1'900ms);
  BOOST_TEST(answered.done.empty());
  world.advance(300ms);
  expect_done(error_code::database_unavailable);
  BOOST_TEST(audits->size() == 0u);
  // What comes late finds nothing.
  acknowledge();
  BOOST_TEST(answered.done.empty());

  clear(id_in(1));
  resolve(id_in(1), std::nullopt);
  world.advance(2'200ms);
  expect_done(error_code::database_unavailable);
}

BOOST_AUTO_TEST_CASE(a_silent_cache_does_not_keep_the_database_from_being_asked) {
  clear(id_in(1));
  world.advance(2'200ms);
  BOOST_REQUIRE(pooled.questions.size() == 1u);
  world.send(sut, id_number_found{pooled.questions[0].job, error_code::none, number_in(1)});
  acknowledge();
  expect_done(error_code::none);
}

BOOST_AUTO_TEST_CASE(l1_is_cleared_even_if_l2_is_silent_but_the_client_is_told) {
  use_l2();
  clear(id_in(1), number_in(1));
  resolve(id_in(1), std::nullopt);
  world.advance(2'200ms);
  BOOST_TEST(acknowledge() == 1u);
  expect_done(error_code::database_unavailable);
}

BOOST_AUTO_TEST_CASE(a_restart_of_a_peer_repeats_the_step_under_way) {
  use_l2();
  auto number = number_in(1);
  clear(id_in(1), number);
  resolve(id_in(1), std::nullopt);
  auto& owner = redis[shard_of(number, connections)];
  auto lost = owner.invalidations.at(0).job;
  redis_record successor;
  here.redis[shard_of(number, connections)] = world.spawn(recording_redis, &successor);
  tell();
  BOOST_REQUIRE(successor.invalidations.size() == 1u);
  world.send(sut, l2_invalidated{lost, true}); // late, from the predecessor
  BOOST_TEST(lookups[1].invalidations.empty());
  world.send(sut, l2_invalidated{successor.invalidations[0].job, true});
  BOOST_TEST(lookups[1].invalidations.size() == 1u);
  acknowledge();
  expect_done(error_code::none);
}

BOOST_AUTO_TEST_CASE(several_members_are_cleared_at_once) {
  clear(id_in(0), number_in(0));
  auto first = caches[0].questions.at(0).job;
  clear(id_in(0, id_in(0).value + 1), number_in(0, 1));
  auto second = caches[0].questions.at(1).job;
  world.send(sut, alias_resolved{second, false, {}, 0, {}});
  world.send(sut, alias_resolved{first, false, {}, 0, {}});
  BOOST_TEST(acknowledge() == 2u);
  BOOST_TEST(answered.done.size() == 2u);
  BOOST_TEST(audits->size() == 2u);
}

BOOST_AUTO_TEST_CASE(before_the_first_directory_jobs_are_refused) {
  auto lonely = world.spawn(maintenance, maintenance_settings{}, audits, &metrics, world.clock());
  world.send(lonely, clear_member{asker, {1, 2}, id_in(0), true, number_in(0), "", "", {}});
  expect_done(error_code::database_unavailable);
  world.send(lonely, warm_cache{asker, {1, 2}, 100, "", "", {}});
  expect_done(error_code::database_unavailable);
}

BOOST_AUTO_TEST_CASE(with_real_caches_a_cleared_member_is_gone_and_no_earlier_load_brings_it_back) {
  std::deque<cache_metrics> cache_counts(shards);
  std::deque<lookup_metrics> lookup_counts(shards);
  for (std::uint32_t i = 0; i < shards; ++i) {
    here.caches[i] = world.spawn(cache, l1_settings{.bytes = 4 << 20, .negative_bytes = 1 << 20}, i, std::uint64_t{7},
                                 &cache_counts[i], world.clock());
    here.lookups[i] = world.spawn(lookup, lookup_settings{}, i, &lookup_counts[i], world.clock());
  }
  tell();
  for (const auto& each : here.lookups)
    world.send(each, here);
  auto number = number_in(0);
  auto id = id_in(1);
  load_answer loaded;
  loaded.key = {member_key::kind::number, number.packed()};
  loaded.body = shared_body::make("text", "packed", 1);
  loaded.number = number;
  loaded.id = id;
  auto ask = [&] { world.send(here.lookups[0], lookup_batch{asker, {{{3, 4}, number, 1'000}}}); };
  ask();
  BOOST_TEST(pooled.batches.size() == 1u);
  world.send(here.lookups[0], load_answers{{loaded}});
  ask();
  BOOST_TEST(answered.answers.size() == 2u);
  BOOST_TEST(pooled.batches.size() == 1u);
  // Cleared by its id alone: the alias in the other shard knows the number.
  clear(id);
  expect_done(error_code::none);
  BOOST_TEST(pooled.questions.empty());
  ask();
  BOOST_TEST(pooled.batches.size() == 2u);
  // Cleared again while that load is under way: its result is answered, not kept.
  clear(id, number);
  expect_done(error_code::none);
  world.send(here.lookups[0], load_answers{{loaded}});
  BOOST_TEST(answered.answers.size() == 3u);
  ask();
  BOOST_TEST(pooled.batches.size() == 3u);
  BOOST_TEST(answered.answers.size() == 3u);
}

BOOST_AUTO_TEST_CASE(everything_is_cleared_in_l2_by_each_connection_and_then_in_every_shard) {
  use_l2();
  world.send(sut, clear_all{asker, {1, 2}, "r-3", "token", "new import"});
  for (const auto& lookup : lookups)
    BOOST_TEST(lookup.all_invalidations.empty());
  for (const auto& each : redis) {
    BOOST_REQUIRE(each.all_invalidations.size() == 1u);
    BOOST_TEST(answered.done.empty());
    world.send(sut, l2_invalidated{each.all_invalidations[0].job, true});
  }
  for (std::uint32_t shard = 0; shard < shards; ++shard) {
    BOOST_REQUIRE(lookups[shard].all_invalidations.size() == 1u);
    BOOST_TEST(answered.done.empty());
    world.send(sut, invalidated{lookups[shard].all_invalidations[0].job, shard});
  }
  BOOST_REQUIRE(answered.done.size() == 1u);
  BOOST_TEST(!answered.done[0].l2_owes);
  expect_done(error_code::none);
  auto lines = audits->first(10);
  BOOST_REQUIRE(lines.size() == 1u);
  BOOST_TEST(lines[0].action == "cache.clear");
  BOOST_TEST(lines[0].subject == "everything");
  BOOST_TEST(lines[0].actor == "token");
  BOOST_TEST(lines[0].reason == "new import");
}

/// Whoever follows the change feed, and what it was answered.
change_reader_actor::behavior_type recording_reader(change_reader_actor::pointer, std::vector<changes_cleared>* to) {
  return {
      [to](const changes_cleared& x) { to->push_back(x); },
      [](const tick&) {},
      [](const directory&) {},
  };
}

BOOST_AUTO_TEST_CASE(changes_of_many_members_are_cleared_in_l2_and_then_in_l1_without_a_line_in_the_audit_log) {
  use_l2();
  std::vector<changes_cleared> told;
  auto reader = world.spawn(recording_reader, &told);
  const std::vector<changed_member> changed{
      {id_in(0), number_in(0)}, {id_in(1), number_in(0, 1)}, {id_in(1), number_in(1)}};
  world.send(sut, clear_changes{reader, 7, false, false, changed});
  std::vector<std::pair<id_number, std::uint64_t>> in_l2;
  for (auto& each : redis)
    for (const auto& one : each.invalidations)
      in_l2.emplace_back(one.number, one.job);
  BOOST_REQUIRE_EQUAL(in_l2.size(), 3u);
  BOOST_TEST(acknowledge() == 0u);
  for (const auto& [number, job] : in_l2)
    world.send(sut, l2_invalidated{job, false}); // owed, which counts
  BOOST_TEST(told.empty());
  BOOST_TEST(acknowledge() == 4u); // one member's number and id lie on two shards
  BOOST_REQUIRE_EQUAL(told.size(), 1u);
  BOOST_TEST((told[0] == changes_cleared{7, error_code::none}));
  BOOST_TEST(audits->size() == 0u);
}

BOOST_AUTO_TEST_CASE(changes_of_everything_clear_everything_and_failures_are_told) {
  std::vector<changes_cleared> told;
  auto reader = world.spawn(recording_reader, &told);
  world.send(sut, clear_changes{reader, 8, true, false, {}});
  for (std::uint32_t shard = 0; shard < shards; ++shard) {
    BOOST_REQUIRE(lookups[shard].all_invalidations.size() == 1u);
    world.send(sut, invalidated{lookups[shard].all_invalidations[0].job, shard});
  }
  world.send(sut, clear_changes{reader, 9, false, false, {{id_in(0), number_in(0)}}});
  world.advance(std::chrono::seconds{3}); // nobody acknowledges
  BOOST_REQUIRE_EQUAL(told.size(), 2u);
  BOOST_TEST((told[0] == changes_cleared{8, error_code::none}));
  BOOST_TEST((told[1] == changes_cleared{9, error_code::database_unavailable}));
}

BOOST_AUTO_TEST_CASE(changes_from_before_the_start_are_cleared_in_l2_only) {
  std::vector<changes_cleared> told;
  auto reader = world.spawn(recording_reader, &told);
  world.send(sut, clear_changes{reader, 1, true, true, {}});
  BOOST_REQUIRE_EQUAL(told.size(), 1u); // there is no L2
  use_l2();
  world.send(sut, clear_changes{reader, 2, true, true, {}});
  BOOST_REQUIRE_EQUAL(told.size(), 1u);
  for (const auto& each : redis)
    world.send(sut, l2_invalidated{each.all_invalidations.at(0).job, true});
  BOOST_REQUIRE_EQUAL(told.size(), 2u);
  BOOST_TEST((told[1] == changes_cleared{2, error_code::none}));
  for (const auto& lookup : lookups)
    BOOST_TEST(lookup.all_invalidations.empty());
}

BOOST_AUTO_TEST_CASE(what_redis_owes_after_clearing_everything_is_told) {
  use_l2();
  world.send(sut, clear_all{asker, {1, 2}, "r-3", "token", "new import"});
  world.send(sut, l2_invalidated{redis[0].all_invalidations[0].job, true});
  world.send(sut, l2_invalidated{redis[1].all_invalidations[0].job, false});
  for (std::uint32_t shard = 0; shard < shards; ++shard)
    world.send(sut, invalidated{lookups[shard].all_invalidations[0].job, shard});
  BOOST_REQUIRE(answered.done.size() == 1u);
  BOOST_TEST(answered.done[0].l2_owes);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(warm_test, fixture)

BOOST_AUTO_TEST_CASE(members_are_loaded_in_pages_and_distributed_to_their_shards) {
  warm(1'200);
  BOOST_TEST(pooled.pages.empty()); // stamps first
  give_stamps();
  BOOST_REQUIRE(pooled.pages.size() == 1u);
  BOOST_TEST((pooled.pages[0].before == member_id{}));
  BOOST_TEST(pooled.pages[0].count == 500u);
  give_page(2'000, 500);
  std::size_t records = 0;
  std::size_t aliases = 0;
  for (std::uint32_t shard = 0; shard < shards; ++shard) {
    for (const auto& fill : caches[shard].fills) {
      for (const auto& member : fill.members) {
        if (fill.alias_only) {
          ++aliases;
          BOOST_TEST(shard_of(member.id, shards) == shard);
          BOOST_TEST(shard_of(member.number, shards) != shard);
          continue;
        }
        ++records;
        BOOST_TEST(shard_of(member.number, shards) == shard);
        BOOST_TEST(member.stamp.value == 10u + shard);
        BOOST_TEST(member.age_ms == 7u);
        BOOST_TEST(member.fresh_for_ms == 3'600'000u);
        if (member.id.value != 0) {
          ++aliases;
          BOOST_TEST(shard_of(member.id, shards) == shard);
        }
      }
    }
  }
  BOOST_TEST(records == 500u);
  BOOST_TEST(aliases == 500u);
  // Each page takes new stamps.
  BOOST_TEST(pooled.pages.empty());
  give_stamps();
  BOOST_REQUIRE(pooled.pages.size() == 1u);
  BOOST_TEST((pooled.pages[0].before == member_id{1'501}));
  give_page(1'500, 500);
  give_stamps();
  BOOST_REQUIRE(pooled.pages.size() == 1u);
  BOOST_TEST(pooled.pages[0].count == 200u);
  give_page(1'000, 200);
  BOOST_REQUIRE(answered.done.size() == 1u);
  BOOST_TEST(answered.done[0].warmed_members == 1'200u);
  expect_done(error_code::none);
  BOOST_REQUIRE(audits->size() == 1u);
  BOOST_TEST(audits->first(1).front().action == "cache.warm");
}

BOOST_AUTO_TEST_CASE(it_ends_where_the_members_end) {
  warm(1'000);
  give_stamps();
  give_page(300, 300);
  BOOST_REQUIRE(answered.done.size() == 1u);
  BOOST_TEST(answered.done[0].warmed_members == 300u);
  expect_done(error_code::none);
  world.advance(200ms);
  BOOST_TEST(!world.has_pending_timeout());
}

BOOST_AUTO_TEST_CASE(one_at_a_time) {
  warm(1'000);
  world.send(sut, warm_cache{asker, {1, 2}, 100, "r-3", "local", {}});
  expect_done(error_code::conflict);
  give_stamps();
  give_page(300, 300);
  expect_done(error_code::none);
  warm(1'000);
  BOOST_TEST(answered.done.empty());
}

BOOST_AUTO_TEST_CASE(a_failing_page_ends_it) {
  warm(1'000);
  give_stamps();
  give_page(2'000, 500);
  give_stamps();
  world.send(sut, page_loaded{pooled.pages[0].job, error_code::database_unavailable, {}});
  BOOST_REQUIRE(answered.done.size() == 1u);
  BOOST_TEST(answered.done[0].warmed_members == 500u);
  expect_done(error_code::database_unavailable);
  BOOST_TEST(audits->size() == 0u);
}

BOOST_AUTO_TEST_CASE(silence_ends_it) {
  warm(1'000);
  give_stamps();
  world.advance(39s);
  BOOST_TEST(answered.done.empty());
  world.advance(2s);
  expect_done(error_code::database_unavailable);
}

BOOST_AUTO_TEST_CASE(at_start_nobody_is_answered) {
  world.send(sut, warm_cache{{}, {}, 1'000, "", "", {}});
  give_stamps();
  give_page(300, 300);
  BOOST_TEST(answered.done.empty());
  BOOST_TEST(!caches[0].fills.empty());
  warm(100); // it has ended
  BOOST_TEST(answered.done.empty());
}

BOOST_AUTO_TEST_CASE(after_a_restart_of_a_peer_the_page_is_loaded_again_under_new_stamps) {
  warm(1'000);
  give_stamps();
  auto lost = pooled.pages.at(0).job;
  pooled.pages.clear();
  tell();
  world.send(sut, page_loaded{lost, error_code::none, {}});
  BOOST_TEST(answered.done.empty());
  give_stamps();
  give_page(300, 300);
  expect_done(error_code::none);
}

BOOST_AUTO_TEST_CASE(a_member_cleared_while_its_page_is_loaded_is_not_kept) {
  std::deque<cache_metrics> cache_counts(shards);
  std::deque<lookup_metrics> lookup_counts(shards);
  for (std::uint32_t i = 0; i < shards; ++i) {
    here.caches[i] = world.spawn(cache, l1_settings{.bytes = 4 << 20, .negative_bytes = 1 << 20}, i, std::uint64_t{7},
                                 &cache_counts[i], world.clock());
    here.lookups[i] = world.spawn(lookup, lookup_settings{}, i, &lookup_counts[i], world.clock());
  }
  tell();
  for (const auto& each : here.lookups)
    world.send(each, here);
  warm(100);
  BOOST_REQUIRE(pooled.pages.size() == 1u);
  auto cleared = *id_number::from_packed(8001015000000 + 42);
  clear({42}, cleared);
  expect_done(error_code::none);
  give_page(99, 99);
  expect_done(error_code::none);
  BOOST_TEST(read(cache_counts[0].entries) + read(cache_counts[1].entries) == 98u);
  world.send(here.lookups[shard_of(cleared, shards)], lookup_batch{asker, {{{3, 4}, cleared, 1'000}}});
  BOOST_TEST(answered.answers.empty());
  BOOST_TEST(pooled.batches.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
