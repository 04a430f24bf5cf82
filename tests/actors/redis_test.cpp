#include "actors/redis.hpp"

#include "cards/member_record.hpp"
#include "tests/actors/captured_log.hpp"
#include "tests/actors/threaded.hpp"
#include "tests/integration/redis/l2_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>

using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::test;
using tessera::testing::captured_log;
using tessera::testing::inbox;

namespace {

using answer_box = inbox<l2_answer>;
using job_box = inbox<l2_invalidated>;

lookup_actor::behavior_type collecting_lookup(lookup_actor::pointer, answer_box* to) {
  return {
      [](const load_answers&) {},
      [](const admission_answers&) {},
      [](const lookup_batch&) {},
      [](const cache_misses&) {},
      [to](const l2_answers& x) {
        for (const auto& each : x.answers)
          to->put(each);
      },
      [](const abandon&) {},
      [](const invalidate&) {},
      [](const invalidate_all&) {},
      [](const tick&) {},
      [](const directory&) {},
  };
}

maintenance_actor::behavior_type collecting_maintenance(maintenance_actor::pointer, job_box* to) {
  return {
      [](const clear_member&) {},    [](const clear_all&) {},      [](const clear_changes&) {},
      [](const warm_cache&) {},  [](const alias_resolved&) {},
      [](const id_number_found&) {}, [](const invalidated&) {}, [to](const l2_invalidated& x) { to->put(x); },
      [](const page_loaded&) {},     [](const tick&) {},        [](const directory&) {},
  };
}

struct fixture {
  captured_log log;
  redis_server server{"hunter2"};
  std::shared_ptr<const l2_sealer> sealer = sample_sealer();
  redis_metrics metrics;
  answer_box answers;
  job_box jobs;
  tessera::testing::threaded_config config;
  std::optional<caf::actor_system> system;
  lookup_actor asker;
  maintenance_actor maintenance;
  redis_actor sut;
  std::size_t asked = 0;
  std::size_t invalidated = 0;

  fixture() {
    config.add_message_types<caf::id_block::tessera>();
    system.emplace(config);
    asker = system->spawn(collecting_lookup, &answers);
    maintenance = system->spawn(collecting_maintenance, &jobs);
  }
  ~fixture() {
    stop();
  }
  void start(std::chrono::milliseconds timeout = 5s) {
    auto settings = settings_for(server.url(), timeout);
    settings.backoff_max = 200ms;
    sut = system->spawn<caf::detached>(redis, settings, sealer, cache_settings{}, &metrics);
  }
  void stop() {
    if (!system)
      return;
    if (sut)
      caf::anon_send_exit(std::exchange(sut, {}), caf::exit_reason::user_shutdown);
    caf::anon_send_exit(std::exchange(asker, {}), caf::exit_reason::user_shutdown);
    caf::anon_send_exit(std::exchange(maintenance, {}), caf::exit_reason::user_shutdown);
    system.reset();
  }
  void wait_connected() {
    BOOST_REQUIRE(eventually(30s, [&] { return read(metrics.connected) == 1; }));
  }
  void wait_lost() {
    BOOST_REQUIRE(eventually(30s, [&] { return read(metrics.connected) == 0; }));
  }

  void send_get(id_number number) {
    caf::anon_send(sut, l2_get{asker, {number}});
    ++asked;
  }
  l2_answer get(id_number number) {
    send_get(number);
    BOOST_REQUIRE(answers.wait_for(asked));
    BOOST_REQUIRE(answers.size() == asked);
    auto got = answers.all().back();
    BOOST_TEST((got.number == number));
    BOOST_TEST((got.body != nullptr) == (got.outcome == l2_outcome::fresh || got.outcome == l2_outcome::stale));
    return got;
  }
  /// Asks until the answer is not a failure.
  l2_answer get_when_back(id_number number) {
    l2_answer got;
    BOOST_REQUIRE(eventually(30s, [&] {
      got = get(number);
      return got.outcome != l2_outcome::failed;
    }));
    return got;
  }
  void fill(const member& subject, l2_generation generation) {
    caf::anon_send(sut, l2_fill{{{make_member_body(subject, sealer->etags()), subject.number, generation, 0}}});
  }
  bool invalidate(id_number number) {
    caf::anon_send(sut, l2_invalidate{maintenance, ++invalidated, number});
    BOOST_REQUIRE(jobs.wait_for(invalidated));
    BOOST_TEST(jobs.all().back().job == invalidated);
    return jobs.all().back().acknowledged;
  }
  bool invalidate_all() {
    caf::anon_send(sut, l2_invalidate_all{maintenance, ++invalidated});
    BOOST_REQUIRE(jobs.wait_for(invalidated));
    BOOST_TEST(jobs.all().back().job == invalidated);
    return jobs.all().back().acknowledged;
  }
};

const member subject = sample_member(1);

} // namespace

BOOST_FIXTURE_TEST_SUITE(redis_test, fixture)

BOOST_AUTO_TEST_CASE(what_a_load_brought_is_found_by_the_next_one) {
  start();
  auto missed = get(subject.number);
  BOOST_TEST((missed.outcome == l2_outcome::miss));
  BOOST_TEST(missed.may_fill);
  fill(subject, missed.generation);
  BOOST_REQUIRE(eventually(20s, [&] { return get(subject.number).outcome == l2_outcome::fresh; }));
  auto got = get(subject.number);
  BOOST_TEST((got.body == make_member_body(subject, sealer->etags())));
  BOOST_TEST((got.id == subject.id));
  BOOST_TEST(got.fresh_left_ms > 3'500'000);
  BOOST_TEST(got.fresh_left_ms <= 3'600'000);
  BOOST_TEST(got.age_ms < 60'000u);
  BOOST_TEST(eventually(20s, [&] { return read(metrics.used_bytes) > 0; }));
}

BOOST_AUTO_TEST_CASE(nothing_counts_after_everything_was_invalidated_not_even_a_load_from_before) {
  start();
  fill(subject, get(subject.number).generation);
  BOOST_REQUIRE(eventually(20s, [&] { return get(subject.number).outcome == l2_outcome::fresh; }));
  auto from_before = get(subject.number).generation;
  BOOST_TEST(invalidate_all());
  auto after = get(subject.number);
  BOOST_TEST((after.outcome == l2_outcome::miss));
  fill(subject, from_before);
  BOOST_TEST((get(subject.number).outcome == l2_outcome::miss));
  BOOST_TEST((get(subject.number).outcome == l2_outcome::miss)); // the fill is there by now
  fill(subject, after.generation);
  BOOST_TEST(eventually(20s, [&] { return get(subject.number).outcome == l2_outcome::fresh; }));
}

BOOST_AUTO_TEST_CASE(what_gathers_in_the_mailbox_goes_out_together) {
  start();
  get(subject.number);
  BOOST_REQUIRE(eventually(20s, [&] { return read(metrics.used_bytes) > 0; }));
  server.freeze();
  auto before = read(metrics.pipelines);
  send_get(subject.number);
  BOOST_REQUIRE(eventually(20s, [&] { return read(metrics.pipelines) > before; }));
  for (std::uint64_t i = 0; i < 1'000; ++i)
    send_get(sample_member(i).number);
  server.thaw();
  BOOST_REQUIRE(answers.wait_for(asked));
  for (const auto& each : answers.all())
    BOOST_TEST((each.outcome == l2_outcome::miss));
  // One while it was frozen, two of 512 keys at most, and the server may have been asked for its figures.
  BOOST_TEST(read(metrics.pipelines) - before <= 4u);
  BOOST_TEST(read(metrics.messages) >= 1'000u);
}

BOOST_AUTO_TEST_CASE(an_invalidation_wins_over_a_load_that_began_before) {
  start();
  fill(subject, get(subject.number).generation);
  BOOST_REQUIRE(eventually(20s, [&] { return get(subject.number).outcome == l2_outcome::fresh; }));
  auto generation = get(subject.number).generation;
  BOOST_TEST(invalidate(subject.number));
  auto after = get(subject.number);
  BOOST_TEST((after.outcome == l2_outcome::miss));
  BOOST_TEST((after.generation != generation));
  fill(subject, generation);
  get(subject.number);
  BOOST_TEST((get(subject.number).outcome == l2_outcome::miss));
  fill(subject, after.generation);
  BOOST_TEST(eventually(20s, [&] { return get(subject.number).outcome == l2_outcome::fresh; }));
  BOOST_TEST(read(metrics.owed_invalidations) == 0u);
}

BOOST_AUTO_TEST_CASE(a_killed_server_fails_at_once_and_one_that_is_back_works) {
  start();
  wait_connected();
  server.kill_hard();
  BOOST_TEST((get(subject.number).outcome == l2_outcome::failed));
  wait_lost();
  auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 200; ++i) {
    auto got = get(subject.number);
    BOOST_TEST((got.outcome == l2_outcome::failed));
    BOOST_TEST(!got.may_fill);
  }
  BOOST_TEST((std::chrono::steady_clock::now() - begin < 4s));
  BOOST_TEST(!invalidate(subject.number));
  BOOST_TEST(read(metrics.owed_invalidations) == 1u);
  server.restart();
  auto got = get_when_back(subject.number);
  BOOST_TEST((got.outcome == l2_outcome::miss));
  BOOST_TEST(got.generation.value != 0u, "what was owed has been paid");
  BOOST_TEST(read(metrics.owed_invalidations) == 0u);
  fill(subject, got.generation);
  BOOST_TEST(eventually(20s, [&] { return get(subject.number).outcome == l2_outcome::fresh; }));
  BOOST_TEST(read(metrics.connects) == 2u);
  BOOST_TEST(log.count("redis: connected") == 2u, log.text.str());
  BOOST_TEST(log.count("redis: cannot be used") == 1u, log.text.str());
  BOOST_TEST(log.count("hunter2") == 0u);
  BOOST_TEST(log.count(subject.number.str()) == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_owed_is_paid_before_anything_is_read) {
  start(100ms);
  auto missed = get_when_back(subject.number);
  fill(subject, missed.generation);
  BOOST_REQUIRE(eventually(20s, [&] { return get(subject.number).outcome == l2_outcome::fresh; }));
  server.freeze();
  BOOST_REQUIRE(eventually(20s, [&] { return get(subject.number).outcome == l2_outcome::failed; }));
  BOOST_TEST(!invalidate(subject.number));
  server.thaw();
  auto got = get_when_back(subject.number);
  BOOST_TEST((got.outcome == l2_outcome::miss));
}

BOOST_AUTO_TEST_CASE(an_invalidation_that_is_not_acknowledged_in_time_is_owed) {
  start(100ms);
  fill(subject, get_when_back(subject.number).generation);
  BOOST_REQUIRE(eventually(20s, [&] { return get(subject.number).outcome == l2_outcome::fresh; }));
  server.freeze();
  BOOST_TEST(!invalidate(subject.number));
  BOOST_TEST(read(metrics.owed_invalidations) == 1u);
  server.thaw();
  BOOST_TEST((get_when_back(subject.number).outcome == l2_outcome::miss));
}

BOOST_AUTO_TEST_CASE(a_long_backlog_is_paid_while_gets_fail) {
  start();
  wait_connected();
  server.kill_hard();
  get(subject.number);
  wait_lost();
  constexpr std::uint64_t many = 10'000;
  for (std::uint64_t i = 0; i < many; ++i)
    caf::anon_send(sut, l2_invalidate{maintenance, ++invalidated, sample_member(i).number});
  BOOST_REQUIRE(jobs.wait_for(many));
  for (const auto& each : jobs.all())
    BOOST_TEST(!each.acknowledged);
  BOOST_TEST(read(metrics.owed_invalidations) == many);
  server.restart();
  BOOST_TEST(get_when_back(subject.number).generation.value != 0u);
  BOOST_TEST(read(metrics.owed_invalidations) == 0u);
  BOOST_TEST(server.command({"DBSIZE"}).integer == static_cast<long long>(many));
}

BOOST_AUTO_TEST_CASE(a_load_without_a_generation_does_not_survive_the_connection) {
  start();
  BOOST_REQUIRE((get(subject.number).generation == l2_generation{}));
  server.kill_hard();
  BOOST_REQUIRE((get(subject.number).outcome == l2_outcome::failed));
  server.restart();
  wait_connected();
  fill(subject, {});
  get(subject.number);
  BOOST_TEST((get(subject.number).outcome == l2_outcome::miss));
  BOOST_TEST(server.command({"DBSIZE"}).integer == 0);
}

BOOST_AUTO_TEST_CASE(the_successor_of_one_who_died_owing_believes_nothing) {
  l2_node other{server.url()};
  BOOST_REQUIRE(other.client.connect().has_value());
  BOOST_REQUIRE(other.put(subject, {}));
  set(metrics.owed_invalidations, 1);
  start();
  wait_connected();
  for (int i = 0; i < 20; ++i)
    BOOST_TEST((get(subject.number).outcome == l2_outcome::failed));
  BOOST_TEST(invalidate(subject.number));
  BOOST_TEST(read(metrics.owed_invalidations) == 1u);
}

BOOST_AUTO_TEST_CASE(a_server_that_refuses_to_write_is_still_read) {
  start();
  fill(subject, get(subject.number).generation);
  BOOST_REQUIRE(eventually(20s, [&] { return get(subject.number).outcome == l2_outcome::fresh; }));
  auto other = get(sample_member(2).number).generation;
  server.command({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
  server.command({"CONFIG", "SET", "maxmemory", "1"});
  fill(sample_member(2), other);
  BOOST_REQUIRE(eventually(20s, [&] { return log.count("OOM") == 1; }));
  BOOST_TEST((get(subject.number).outcome == l2_outcome::fresh));
  BOOST_TEST(read(metrics.connects) == 1u);
  BOOST_TEST(!invalidate(subject.number));
  BOOST_TEST(eventually(20s, [&] { return get(subject.number).outcome == l2_outcome::failed; }));
  // A connection over which nothing can be paid is none, and is not announced as one.
  auto failures = read(metrics.failures);
  BOOST_REQUIRE(eventually(20s, [&] { return read(metrics.failures) > failures + 3; }));
  BOOST_TEST(log.count("redis: connected") == 1u);
  server.command({"CONFIG", "SET", "maxmemory", "0"});
  BOOST_TEST((get_when_back(subject.number).outcome == l2_outcome::miss));
}

BOOST_AUTO_TEST_CASE(a_body_that_is_another_members_is_not_kept) {
  start();
  auto generation = get(subject.number).generation;
  caf::anon_send(sut, l2_fill{{{make_member_body(sample_member(2), sealer->etags()), subject.number, generation, 0},
                               {nullptr, subject.number, generation, 0}}});
  get(subject.number);
  get(subject.number);
  BOOST_TEST(server.command({"DBSIZE"}).integer == 0);
}

BOOST_AUTO_TEST_CASE(it_starts_without_a_server_and_finds_it_later) {
  server.kill_hard();
  start();
  BOOST_TEST((get(subject.number).outcome == l2_outcome::failed));
  server.restart();
  BOOST_TEST((get_when_back(subject.number).outcome == l2_outcome::miss));
}

BOOST_AUTO_TEST_CASE(it_stops_at_once) {
  start();
  wait_connected();
  get(subject.number);
  auto begin = std::chrono::steady_clock::now();
  stop();
  BOOST_TEST((std::chrono::steady_clock::now() - begin < 3s));
}

BOOST_AUTO_TEST_SUITE_END()
