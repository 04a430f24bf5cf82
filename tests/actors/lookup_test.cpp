#include "actors/lookup.hpp"

#include "actors/cache.hpp"
#include "deterministic.hpp"
#include "recorders.hpp"
#include "storage/cache_key.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace {

using namespace tessera;
using namespace tessera::testing;
using namespace std::chrono_literals;

constexpr std::uint32_t shards = 2;
constexpr std::uint32_t own_shard = 1;

/// Returns the nth ID number of the shard under test.
id_number number(std::size_t n) {
  for (std::uint64_t packed = 8001015009000;; ++packed) {
    auto made = *id_number::from_packed(packed);
    if (shard_of(made, shards) == own_shard && n-- == 0)
      return made;
  }
}

/// Returns the first member id from `from` on whose alias belongs to `shard`.
member_id id_in(std::size_t shard, std::uint64_t from = 1) {
  while (shard_of(member_id{from}, shards) != shard)
    ++from;
  return {from};
}

struct fixture {
  deterministic_system world;
  lookup_metrics metrics;
  gateway_record answered;
  gateway_record answered_other;
  cache_record cached;
  cache_record cached_elsewhere;
  redis_record redis_0;
  redis_record redis_1;
  pool_record pooled;
  admission_record asked_for_slots;
  maintenance_record told;
  gateway_actor asker = world.spawn(recording_gateway, &answered);
  gateway_actor other = world.spawn(recording_gateway, &answered_other);
  cache_actor cache_0 = world.spawn(recording_cache, &cached_elsewhere);
  cache_actor cache_1 = world.spawn(recording_cache, &cached);
  maintenance_actor keeper = world.spawn(recording_maintenance, &told);
  lookup_actor sut = world.spawn(lookup, lookup_settings{}, own_shard, &metrics, world.clock());
  body_ptr body = shared_body::make("text", "packed", 1);
  body_ptr old_body = shared_body::make("old", "packed", 2);
  std::uint32_t last_slot = 0;
  directory here;

  fixture() {
    here.epoch = 1;
    here.caches = {cache_0, cache_1};
    here.pool = world.spawn(recording_pool, &pooled);
    world.send(sut, here);
  }
  void use_l2() {
    here.redis = {world.spawn(recording_redis, &redis_0), world.spawn(recording_redis, &redis_1)};
    tell();
  }
  void use_admission() {
    here.admission = world.spawn(recording_admission, &asked_for_slots);
    tell();
  }
  /// What the admission actor would answer to all that was last asked of it.
  void admit() {
    admission_answers made;
    for (const auto& each : asked_for_slots.batches.back().requests)
      made.answers.push_back({each.work, error_code::none, 0});
    world.send(sut, made);
  }
  void tell() {
    ++here.epoch;
    world.send(sut, here);
  }
  redis_record& redis_of(id_number n) {
    return shard_of(n, 2) == 0 ? redis_0 : redis_1;
  }
  lookup_request request(std::size_t n) {
    return {{++last_slot, 1}, number(n), 30'000};
  }
  /// What the cache would send for requests that it cannot answer.
  void miss(std::vector<std::size_t> numbers, gateway_actor whose = {}, body_ptr stale = nullptr) {
    cache_misses made{whose ? whose : asker, {}};
    for (auto n : numbers)
      made.misses.push_back({request(n), load_stamp{1}, stale, 10, 5'000});
    world.send(sut, made);
  }
  load_answer found(std::size_t n, member_id id) {
    load_answer made;
    made.key = {member_key::kind::number, number(n).packed()};
    made.body = body;
    made.number = number(n);
    made.id = id;
    return made;
  }
  load_answer refused(std::size_t n, error_code why) {
    load_answer made;
    made.key = {member_key::kind::number, number(n).packed()};
    made.error = why;
    return made;
  }
  std::size_t keys_asked() const {
    std::size_t sum = 0;
    for (const auto& batch : pooled.batches)
      sum += batch.keys.size();
    return sum;
  }
};

BOOST_FIXTURE_TEST_SUITE(lookup_test, fixture)

BOOST_AUTO_TEST_CASE(a_batch_goes_to_the_cache_of_the_shard_in_one_message) {
  lookup_batch batch{asker, {request(1), request(2)}, 7};
  world.send(sut, batch);
  BOOST_REQUIRE(cached.probes.size() == 1u);
  BOOST_TEST((cached.probes[0] == cache_probe{asker, sut, batch.requests, batch.hop}));
  BOOST_TEST(cached_elsewhere.probes.empty());
  BOOST_TEST(!world.has_pending_timeout());
}

BOOST_AUTO_TEST_CASE(misses_of_one_message_are_loaded_and_answered_together) {
  miss({1, 2, 3});
  BOOST_REQUIRE(pooled.batches.size() == 1u);
  BOOST_TEST(pooled.batches[0].keys.size() == 3u);
  BOOST_TEST(pooled.batches[0].time_left_ms == 30'000u);
  BOOST_TEST((pooled.batches[0].asker == caf::actor_cast<load_client_actor>(sut)));
  world.send(sut, load_answers{{found(1, id_in(1)), found(2, id_in(0)), refused(3, error_code::not_found)}});
  BOOST_TEST(answered.answers.size() == 3u);
  BOOST_TEST(answered.answer_messages == 1u);
  // Each alias goes to the shard that owns it.
  BOOST_REQUIRE(cached.fills.size() == 1u);
  BOOST_REQUIRE(cached.fills[0].members.size() == 3u);
  BOOST_TEST(!cached.fills[0].alias_only);
  BOOST_TEST((cached.fills[0].members[0].id == id_in(1)));
  BOOST_TEST((cached.fills[0].members[1].id == member_id{}));
  BOOST_TEST(cached.fills[0].members[1].body.get() == body.get());
  BOOST_TEST(!cached.fills[0].members[2].body);
  BOOST_REQUIRE(cached_elsewhere.fills.size() == 1u);
  BOOST_TEST(cached_elsewhere.fills[0].alias_only);
  BOOST_REQUIRE(cached_elsewhere.fills[0].members.size() == 1u);
  BOOST_TEST((cached_elsewhere.fills[0].members[0].id == id_in(0)));
  BOOST_TEST((cached_elsewhere.fills[0].members[0].number == number(2)));
  BOOST_TEST(read(metrics.loading) == 0u);
  BOOST_TEST(read(metrics.waiting) == 0u);
}

BOOST_AUTO_TEST_CASE(a_thousand_requests_for_one_member_are_one_load) {
  for (int i = 0; i < 500; ++i) {
    miss({1});
    miss({1}, other);
  }
  BOOST_TEST(keys_asked() == 1u);
  BOOST_TEST(read(metrics.loading) == 1u);
  BOOST_TEST(read(metrics.waiting) == 1000u);
  world.send(sut, load_answers{{found(1, id_in(1))}});
  BOOST_TEST(answered.answers.size() == 500u);
  BOOST_TEST(answered.answer_messages == 1u);
  BOOST_TEST(answered_other.answers.size() == 500u);
  BOOST_TEST(answered_other.answer_messages == 1u);
  BOOST_TEST(read(metrics.waiting) == 0u);
}

BOOST_AUTO_TEST_CASE(with_a_real_cache_a_member_is_loaded_once_and_then_answered_from_memory) {
  cache_metrics counted;
  here.caches[own_shard] = world.spawn(cache, l1_settings{.bytes = 4 << 20, .negative_bytes = 1 << 20}, own_shard,
                                       std::uint64_t{7}, &counted, world.clock());
  tell();
  for (int i = 0; i < 1000; ++i)
    world.send(sut, lookup_batch{asker, {request(1)}});
  BOOST_TEST(keys_asked() == 1u);
  world.send(sut, load_answers{{found(1, id_in(1))}});
  world.send(sut, lookup_batch{asker, {request(1)}});
  BOOST_TEST(answered.answers.size() == 1001u);
  BOOST_TEST(keys_asked() == 1u);
  BOOST_TEST((answered.answers.back().from == origin::l1));
  // An invalidation during a load: who waits is answered, nothing is kept.
  world.send(sut, lookup_batch{asker, {request(2)}});
  world.send(sut, invalidate{keeper, 4, number(2), {}});
  BOOST_TEST((told.cleared == std::vector{invalidated{4, own_shard}}));
  world.send(sut, load_answers{{found(2, id_in(1))}});
  BOOST_TEST(answered.answers.size() == 1002u);
  world.send(sut, lookup_batch{asker, {request(2)}});
  BOOST_TEST(answered.answers.size() == 1002u);
  BOOST_TEST(keys_asked() == 3u);
}

BOOST_AUTO_TEST_CASE(l2_is_asked_by_the_connection_that_owns_the_number) {
  use_l2();
  miss({1, 2, 3, 4, 5, 6});
  BOOST_TEST(pooled.batches.empty());
  std::size_t asked = 0;
  for (const auto* redis : {&redis_0, &redis_1}) {
    for (const auto& get : redis->gets) {
      BOOST_TEST((get.asker == sut));
      for (auto n : get.numbers)
        BOOST_TEST(&redis_of(n) == redis);
      asked += get.numbers.size();
    }
    BOOST_TEST(redis->gets.size() <= 1u);
  }
  BOOST_TEST(asked == 6u);
}

BOOST_AUTO_TEST_CASE(what_l2_has_is_answered_and_what_it_has_not_is_loaded_and_put_there) {
  use_l2();
  miss({1, 2});
  l2_answer fresh{number(1), l2_outcome::fresh, body, 10'000, 20'000, l2_generation{5}, true, id_in(1)};
  l2_answer missed{number(2), l2_outcome::miss, nullptr, 0, 0, l2_generation{6}, true, {}};
  world.send(sut, l2_answers{{fresh, missed}});
  BOOST_REQUIRE(answered.answers.size() == 1u);
  BOOST_TEST((answered.answers[0].from == origin::l2));
  BOOST_REQUIRE(cached.fills.size() == 1u);
  BOOST_TEST((cached.fills[0].members[0].id == id_in(1)));
  BOOST_TEST(keys_asked() == 1u);
  world.send(sut, load_answers{{found(2, id_in(1))}});
  BOOST_TEST(answered.answers.size() == 2u);
  BOOST_REQUIRE(redis_of(number(2)).fills.size() == 1u);
  BOOST_TEST((redis_of(number(2)).fills[0].members[0] == l2_filled_member{body, number(2), l2_generation{6}, 0}));
}

BOOST_AUTO_TEST_CASE(silence_of_l2_costs_no_more_than_its_timeout) {
  use_l2();
  miss({1});
  world.advance(45ms);
  BOOST_TEST(keys_asked() == 0u);
  world.advance(15ms);
  BOOST_TEST(keys_asked() == 1u);
  world.send(sut, l2_answers{{{number(1), l2_outcome::fresh, body, 0, 20'000, {}, true, {}}}});
  BOOST_TEST(answered.answers.empty());
  BOOST_TEST(cached.fills.empty());
  world.send(sut, load_answers{{found(1, id_in(1))}});
  BOOST_TEST(answered.answers.size() == 1u);
  BOOST_TEST(redis_of(number(1)).fills.empty());
}

BOOST_AUTO_TEST_CASE(slots_are_asked_for_and_given_back_in_one_message_each) {
  use_admission();
  miss({1, 2, 3});
  BOOST_TEST(pooled.batches.empty());
  BOOST_REQUIRE(asked_for_slots.batches.size() == 1u);
  const auto& batch = asked_for_slots.batches[0];
  BOOST_TEST((batch.asker == caf::actor_cast<admission_client_actor>(sut)));
  BOOST_TEST((batch.priority == admission_priority::lookup));
  BOOST_REQUIRE(batch.requests.size() == 3u);
  BOOST_TEST(batch.requests[0].time_left_ms == 30'000u);
  world.advance(3ms);
  admit();
  BOOST_REQUIRE(pooled.batches.size() == 1u);
  BOOST_TEST(pooled.batches[0].keys.size() == 3u);
  BOOST_TEST(asked_for_slots.ended.empty());
  world.send(sut, load_answers{{found(1, id_in(1)), found(2, id_in(0)), refused(3, error_code::not_found)}});
  BOOST_REQUIRE(answered.answers.size() == 3u);
  BOOST_TEST(answered.answers[0].times.queue_us == 3'000u);
  BOOST_REQUIRE(asked_for_slots.ended.size() == 1u);
  std::vector<work_id> works;
  for (const auto& each : batch.requests)
    works.push_back(each.work);
  BOOST_TEST((asked_for_slots.ended[0] == work_ended{batch.asker, works}));
}

BOOST_AUTO_TEST_CASE(whoever_is_refused_a_slot_is_told_when_to_come_back) {
  use_admission();
  miss({1});
  miss({1}, other);
  world.send(sut, admission_answers{{{asked_for_slots.batches[0].requests[0].work, error_code::queue_full, 2}}});
  BOOST_REQUIRE(answered.answers.size() == 1u);
  BOOST_TEST((answered.answers[0].error == error_code::queue_full));
  BOOST_TEST(answered.answers[0].retry_after_s == 2u);
  BOOST_TEST(answered_other.answers.size() == 1u);
  BOOST_TEST(asked_for_slots.ended.empty());
  BOOST_TEST(read(metrics.loading) == 0u);
}

BOOST_AUTO_TEST_CASE(whoever_leaves_before_a_slot_is_free_withdraws_at_once) {
  use_admission();
  miss({1, 2});
  world.send(sut, abandon{asker, {{last_slot, 1}}});
  BOOST_REQUIRE(asked_for_slots.ended.size() == 1u);
  BOOST_TEST((asked_for_slots.ended[0].works == std::vector{asked_for_slots.batches[0].requests[1].work}));
  admit(); // both; it had crossed the message above
  BOOST_TEST(keys_asked() == 1u);
  BOOST_TEST(read(metrics.loading) == 1u);
  BOOST_TEST(read(metrics.dropped) == 1u);
}

BOOST_AUTO_TEST_CASE(a_new_admission_actor_learns_what_is_at_work_and_is_asked_for_what_waits) {
  use_admission();
  miss({1, 2});
  admit();
  miss({3});
  admission_record successor;
  here.admission = world.spawn(recording_admission, &successor);
  tell();
  BOOST_REQUIRE(successor.going_on.size() == 1u);
  BOOST_TEST(successor.going_on[0].works.size() == 2u);
  BOOST_REQUIRE(successor.batches.size() == 1u);
  BOOST_TEST((successor.batches[0].requests[0].work == asked_for_slots.batches[1].requests[0].work));
  world.send(sut, load_answers{{found(1, id_in(1)), found(2, id_in(1))}});
  BOOST_REQUIRE(successor.ended.size() == 1u);
  BOOST_TEST(successor.ended[0].works.size() == 2u);
  BOOST_TEST(asked_for_slots.ended.empty());
  BOOST_TEST(answered.answers.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_stale_copy_answers_while_the_database_is_slow) {
  miss({1}, {}, old_body);
  world.advance(95ms);
  BOOST_TEST(answered.answers.empty());
  world.advance(15ms);
  BOOST_REQUIRE(answered.answers.size() == 1u);
  BOOST_TEST(answered.answers[0].body.get() == old_body.get());
  BOOST_TEST(answered.answers[0].stale_for_ms >= 5'100u);
  world.send(sut, load_answers{{found(1, id_in(1))}});
  BOOST_TEST(answered.answers.size() == 1u);
  BOOST_TEST(cached.fills.size() == 1u);
}

BOOST_AUTO_TEST_CASE(ticks_come_only_while_something_is_loaded) {
  BOOST_TEST(!world.has_pending_timeout());
  miss({1});
  BOOST_TEST(world.has_pending_timeout());
  world.advance(1s);
  BOOST_TEST(world.has_pending_timeout());
  world.send(sut, load_answers{{found(1, id_in(1))}});
  world.advance(20ms);
  BOOST_TEST(!world.has_pending_timeout());
  // One timer at a time, however many loads.
  for (std::size_t n = 0; n < 50; ++n)
    miss({n});
  auto before = read(metrics.messages);
  for (std::size_t n = 0; n < 50; ++n)
    world.send(sut, load_answers{{found(n, id_in(1))}});
  BOOST_TEST(read(metrics.messages) == before + 50);
  world.advance(20ms);
  BOOST_TEST(!world.has_pending_timeout());
}

BOOST_AUTO_TEST_CASE(ticks_of_another_generation_do_nothing) {
  use_l2();
  miss({1});
  world.advance(5ms);
  for (std::uint64_t generation : {0u, 2u, 99u})
    world.send(sut, tick{generation});
  BOOST_TEST(world.has_pending_timeout());
  world.advance(60ms);
  BOOST_TEST(keys_asked() == 1u);
}

BOOST_AUTO_TEST_CASE(who_is_abandoned_is_not_answered) {
  miss({1});
  auto gone = ticket{last_slot, 1};
  miss({1});
  world.send(sut, abandon{other, {gone}}); // same ticket, other gateway
  BOOST_TEST(read(metrics.waiting) == 2u);
  world.send(sut, abandon{asker, {gone}});
  BOOST_TEST(read(metrics.waiting) == 1u);
  world.send(sut, load_answers{{found(1, id_in(1))}});
  BOOST_REQUIRE(answered.answers.size() == 1u);
  BOOST_TEST((answered.answers[0].to == ticket{last_slot, 1}));
}

BOOST_AUTO_TEST_CASE(an_invalidation_is_passed_on_to_the_cache) {
  invalidate what{keeper, 3, number(1), member_id{7}};
  world.send(sut, what);
  BOOST_TEST((cached.invalidations == std::vector{what}));
  BOOST_TEST(told.cleared.empty());
}

BOOST_AUTO_TEST_CASE(a_new_pool_is_asked_again_once_then_the_load_fails) {
  miss({1});
  miss({2}, {}, old_body);
  pool_record second;
  here.pool = world.spawn(recording_pool, &second);
  tell();
  BOOST_REQUIRE(second.batches.size() == 1u);
  BOOST_TEST(second.batches[0].keys.size() == 2u);
  BOOST_TEST(answered.answers.empty());
  pool_record third;
  here.pool = world.spawn(recording_pool, &third);
  tell();
  BOOST_TEST(third.batches.empty());
  BOOST_REQUIRE(answered.answers.size() == 2u);
  auto failed = std::ranges::count(answered.answers, error_code::database_unavailable, &lookup_answer::error);
  BOOST_TEST(failed == 1);
  // Loads from now on go to the new one.
  miss({3});
  BOOST_TEST(third.batches.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_new_l2_connection_is_asked_again_by_those_who_waited_on_its_predecessor) {
  use_l2();
  miss({1, 2, 3, 4, 5, 6, 7, 8});
  std::size_t waits_on_0 = 0;
  for (const auto& get : redis_0.gets)
    waits_on_0 += get.numbers.size();
  redis_record successor;
  here.redis[0] = world.spawn(recording_redis, &successor);
  tell();
  std::size_t again = 0;
  for (const auto& get : successor.gets)
    again += get.numbers.size();
  BOOST_TEST(again == waits_on_0);
  BOOST_TEST(keys_asked() == 0u);
  here.redis.clear();
  tell();
  BOOST_TEST(keys_asked() == 8u);
}

BOOST_AUTO_TEST_CASE(loads_under_way_are_not_put_into_a_new_cache) {
  miss({1});
  cache_record successor;
  here.caches[own_shard] = world.spawn(recording_cache, &successor);
  tell();
  world.send(sut, load_answers{{found(1, id_in(1))}});
  BOOST_TEST(answered.answers.size() == 1u);
  BOOST_TEST(successor.fills.empty());
  world.send(sut, lookup_batch{asker, {request(2)}});
  BOOST_TEST(successor.probes.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_older_directory_is_ignored) {
  auto newest = here;
  pool_record second;
  here.pool = world.spawn(recording_pool, &second);
  tell();
  world.send(sut, newest);
  miss({1});
  BOOST_TEST(second.batches.size() == 1u);
  BOOST_TEST(pooled.batches.empty());
}

BOOST_AUTO_TEST_CASE(before_its_first_directory_it_refuses_instead_of_losing_requests) {
  auto lonely = world.spawn(lookup, lookup_settings{}, own_shard, &metrics, world.clock());
  world.send(lonely, lookup_batch{asker, {request(1), request(2)}, 7});
  BOOST_TEST(answered.last_hop == 7u);
  BOOST_REQUIRE(answered.answers.size() == 2u);
  BOOST_TEST((answered.answers[0].error == error_code::database_unavailable));
  world.send(lonely, invalidate{keeper, 3, number(1), {}});
  BOOST_TEST(told.cleared.size() == 1u);
}

BOOST_AUTO_TEST_CASE(it_survives_errors_and_ends_when_told_to) {
  caf::anon_send(caf::actor_cast<caf::actor>(sut), caf::make_error(caf::sec::runtime_error));
  world.run();
  BOOST_TEST(read(metrics.failures) == 1u);
  world.send(sut, lookup_batch{asker, {request(1)}});
  BOOST_TEST(cached.probes.size() == 1u);
  caf::anon_send_exit(sut, caf::exit_reason::normal);
  world.run();
  world.send(sut, lookup_batch{asker, {request(1)}});
  BOOST_TEST(cached.probes.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
