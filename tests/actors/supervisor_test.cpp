#include "actors/supervisor.hpp"

#include "tests/actors/scripted_store.hpp"
#include "tests/actors/threaded.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::testing;
using tessera::test::eventually;

namespace {

gateway_actor::behavior_type collecting_gateway(gateway_actor::pointer, inbox<directory>* directories,
                                                inbox<lookup_answer>* answers, inbox<maintenance_done>* done) {
  return {
      [answers](const lookup_answers& x) {
        for (auto& answer : x.answers)
          answers->put(answer);
      },
      [](const card_answers&) {},
      [](const card_changed&) {},
      [](const cards_generated&) {},
      [](const job_answer&) {},
      [](const job_file&) {},
      [done](const maintenance_done& x) { done->put(x); },
      [directories](const directory& x) { directories->put(x); },
  };
}

settings small_node() {
  settings all;
  all.cache.shards = 2;
  all.cache.bytes = 4 * 1024 * 1024;
  all.cache.negative_bytes = 128 * 1024;
  all.redis.connections = 1;
  all.cards.renderers = 1;
  all.feed.enabled = false;
  return all;
}

card_keys must_parse(const std::string& lines) {
  auto keys = card_keys::parse(lines);
  BOOST_REQUIRE(keys.has_value());
  return std::move(*keys);
}

/// A supervisor and a gateway that subscribed to it.
struct fixture {
  explicit fixture(settings with = small_node(), std::shared_ptr<rate_limiter> limiter = nullptr)
      : all(std::move(with)) {
    context.settings = all;
    context.limiter = std::move(limiter);
    context.store = store;
    context.sealer = std::make_shared<l2_sealer>(l2_sealer::secret{});
    context.keys = keys;
    context.maker = std::make_shared<const card_maker>(card_maker_settings{}, [] {
      return std::make_shared<const card_keys>(must_parse(make_card_key({}, {}).line));
    });
    context.ledger = std::make_shared<published<card_ledger>>();
    context.metrics = &metrics;
    context.on_fatal = [this](std::string why) { fatal.put(std::move(why)); };
    gateway = system.spawn(collecting_gateway, &directories, &answers, &done);
    root = system.spawn(supervisor, context);
    caf::anon_send(root, subscribe_directory{gateway});
    BOOST_REQUIRE(directories.wait_for(1));
  }
  ~fixture() {
    store->change([](auto& x) { x = {}; });
    end();
  }

  /// Ends the node and drops all handles; the actor system's end then waits for all of its threads.
  void end() {
    caf::anon_send_exit(gateway, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
    directories.clear();
  }

  directory last() const {
    return directories.all().back();
  }

  void ask(std::uint64_t number) {
    auto where = last();
    lookup_request request;
    request.asked_by.slot = static_cast<std::uint32_t>(number);
    request.number = *id_number::from_packed(number);
    request.time_left_ms = 20'000;
    caf::anon_send(where.lookups.at(0), lookup_batch{gateway, {request}});
  }

  /// Has `count` members cleared, each of which is a line for the audit log, by its member id.
  void clear(std::uint64_t count) {
    for (std::uint64_t i = 1; i <= count; ++i)
      caf::anon_send(last().maintenance,
                     clear_member{gateway, {}, member_id{i}, true, *id_number::from_packed(i), "request", "local", {}});
    BOOST_REQUIRE(done.wait_for(count));
    for (auto& x : done.all())
      BOOST_TEST((x.error == error_code::none));
  }

  std::size_t audited() const {
    std::size_t lines = 0;
    for (auto& x : store->seen().appends)
      lines += x.size();
    return lines;
  }

  settings all;
  threaded_config config;
  std::shared_ptr<scripted_store> store = std::make_shared<scripted_store>();
  std::shared_ptr<key_ring_slot> keys = std::make_shared<key_ring_slot>(std::make_shared<const key_ring>());
  node_metrics metrics{2, 1, 1};
  inbox<directory> directories;
  inbox<lookup_answer> answers;
  inbox<maintenance_done> done;
  inbox<std::string> fatal;
  node_context context;
  caf::actor_system system{config};
  gateway_actor gateway;
  supervisor_actor root;
};

/// Before any actor system.
const std::size_t threads_at_start = thread_count();

template <class Handle>
void kill(const Handle& whom) {
  caf::anon_send_exit(whom, caf::exit_reason::kill);
}

} // namespace

BOOST_AUTO_TEST_SUITE(supervisor_test)

BOOST_AUTO_TEST_CASE(a_subscriber_learns_where_everyone_is) {
  fixture f;
  auto where = f.last();
  BOOST_TEST(where.epoch == 1u);
  BOOST_TEST(where.lookups.size() == 2u);
  BOOST_TEST(where.caches.size() == 2u);
  BOOST_TEST(where.redis.empty());
  for (auto& x : where.lookups)
    BOOST_TEST(static_cast<bool>(x));
  for (auto& x : where.caches)
    BOOST_TEST(static_cast<bool>(x));
  BOOST_TEST(static_cast<bool>(where.admission));
  BOOST_TEST(static_cast<bool>(where.pool));
  BOOST_TEST(static_cast<bool>(where.maintenance));
  BOOST_TEST(static_cast<bool>(where.writer));
  BOOST_TEST(static_cast<bool>(where.key_keeper));
  BOOST_TEST(!where.limit_sharer);
}

BOOST_AUTO_TEST_CASE(the_actors_know_each_other) {
  fixture f;
  f.ask(1234);
  BOOST_REQUIRE(f.answers.wait_for(1));
  auto first = f.answers.all().at(0);
  BOOST_TEST((first.error == error_code::none));
  BOOST_TEST((first.from == origin::database));
  BOOST_TEST(eventually(20s, [&] { // the fill is on its way
    f.ask(1234);
    return f.answers.all().back().from == origin::l1;
  }));
  BOOST_TEST(f.store->seen().statements.size() == 1u);
  // The slot that the load took came back.
  BOOST_TEST(read(f.metrics.admission.admitted) == 1u);
  BOOST_TEST(eventually(20s, [&] { return read(f.metrics.admission.at_work) == 0; }));
}

BOOST_AUTO_TEST_CASE(every_child_that_is_killed_is_replaced_and_announced) {
  fixture f;
  auto before = f.last();
  std::size_t seen = 1;
  auto next = [&] {
    BOOST_REQUIRE(f.directories.wait_for(++seen));
    auto now = f.last();
    BOOST_TEST(now.epoch == before.epoch + 1);
    return now;
  };
  kill(before.lookups[1]);
  auto now = next();
  BOOST_TEST((now.lookups[1] != before.lookups[1]));
  BOOST_TEST((now.lookups[0] == before.lookups[0]));
  BOOST_TEST(read(f.metrics.lookups[1].restarts) == 1u);
  before = now;
  kill(before.caches[0]);
  now = next();
  BOOST_TEST((now.caches[0] != before.caches[0]));
  BOOST_TEST(read(f.metrics.caches[0].restarts) == 1u);
  before = now;
  kill(before.admission);
  now = next();
  BOOST_TEST((now.admission != before.admission));
  BOOST_TEST(read(f.metrics.admission.restarts) == 1u);
  before = now;
  kill(before.pool);
  now = next();
  BOOST_TEST((now.pool != before.pool));
  before = now;
  kill(before.maintenance);
  now = next();
  BOOST_TEST((now.maintenance != before.maintenance));
  before = now;
  kill(before.writer);
  now = next();
  BOOST_TEST((now.writer != before.writer));
  before = now;
  kill(before.key_keeper);
  now = next();
  BOOST_TEST((now.key_keeper != before.key_keeper));
  before = now;
  kill(before.jobs);
  now = next();
  BOOST_TEST((now.jobs != before.jobs));
  BOOST_TEST(read(f.metrics.jobs.restarts) == 1u);
  BOOST_TEST(read(f.metrics.keys.restarts) == 1u);
  BOOST_TEST(read(f.metrics.writer.restarts) == 1u);
  BOOST_TEST(read(f.metrics.pool.restarts) == 1u);
  BOOST_TEST(read(f.metrics.maintenance.restarts) == 1u);
  // All of them work together as before.
  f.ask(77);
  BOOST_REQUIRE(f.answers.wait_for(1));
  BOOST_TEST((f.answers.all().at(0).error == error_code::none));
  BOOST_TEST(f.fatal.size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_successor_follows_the_change_feed_and_has_everything_cleared_first) {
  auto all = small_node();
  all.feed = {.enabled = true, .interval = 10ms};
  fixture f{all};
  auto& metrics = f.metrics.changes;
  BOOST_REQUIRE(eventually(20s, [&] { return read(metrics.cleared_all) == 1; })); // the context knows of no beginning
  f.store->change([](auto& x) { x.changes[1] = {1, member_id{5}, {}, *id_number::from_packed(5), {}}; });
  BOOST_REQUIRE(eventually(20s, [&] { return read(metrics.applied) == 1; }));
  BOOST_TEST(read(metrics.cleared_all) == 1u);
  kill(f.last().change_reader);
  BOOST_REQUIRE(f.directories.wait_for(2));
  BOOST_TEST(read(metrics.restarts) == 1u);
  BOOST_TEST(eventually(20s, [&] { return read(metrics.cleared_all) == 2; }));
  f.end();
  BOOST_TEST(eventually(20s, [&] { return f.store->seen().connections_now == 0; }));
}

BOOST_AUTO_TEST_CASE(whoever_waits_for_a_pool_that_is_killed_is_answered_by_its_successor) {
  fixture f;
  f.store->change([](auto& x) { x.held = {55}; });
  f.ask(55);
  BOOST_REQUIRE(eventually(20s, [&] { return f.store->seen().statements.size() == 1; }));
  kill(f.last().pool);
  BOOST_REQUIRE(f.directories.wait_for(2));
  f.store->change([](auto& x) { x.held.clear(); });
  BOOST_REQUIRE(f.answers.wait_for(1));
  BOOST_TEST((f.answers.all().at(0).error == error_code::none));
  BOOST_TEST(f.store->seen().interrupts == 1u);
  // Those of its successor, of the key keeper, of the card keeper and of the job keeper.
  BOOST_TEST(eventually(20s, [&] { return f.store->seen().connections_now == 4; }));
}

BOOST_AUTO_TEST_CASE(audit_lines_that_wait_outlive_a_writer_that_is_killed) {
  fixture f;
  f.store->change([](auto& x) { x.refuse_connects = true; });
  f.clear(5);
  kill(f.last().writer);
  BOOST_REQUIRE(f.directories.wait_for(2));
  f.store->change([](auto& x) { x.refuse_connects = false; });
  BOOST_TEST(eventually(20s, [&] { return f.audited() == 5; }));
}

BOOST_AUTO_TEST_CASE(a_subscriber_that_has_ended_is_forgotten) {
  fixture f;
  inbox<directory> directories;
  auto subscriber = f.system.spawn(collecting_gateway, &directories, &f.answers, &f.done);
  auto address = subscriber.address();
  caf::anon_send(f.root, subscribe_directory{subscriber});
  BOOST_REQUIRE(directories.wait_for(1));
  kill(subscriber);
  subscriber = nullptr;
  BOOST_TEST(eventually(20s, [&] { return !caf::actor_cast<caf::actor>(address); })); // nobody holds it any more
}

BOOST_AUTO_TEST_CASE(a_key_in_the_store_comes_into_force_also_after_the_keeper_has_died) {
  fixture f;
  f.store->change([](auto& x) { x.kill_key_readers = 1; });
  BOOST_REQUIRE(eventually(20s, [&] { return read(f.metrics.keys.restarts) == 1; }));
  f.store->change([](auto& x) { x.keys.emplace_back().id = "abcdefghij"; });
  BOOST_TEST(eventually(20s, [&] { return f.keys->get()->configured(); }));
  BOOST_TEST(f.fatal.size() == 0u);
}

/// One slot, and no refusal for waiting.
settings one_slot() {
  auto all = small_node();
  all.queue.concurrency = 1;
  all.queue.target = 0ms;
  return all;
}

BOOST_AUTO_TEST_CASE(a_new_admission_actor_knows_what_is_at_work_and_serves_those_who_waited) {
  fixture f{one_slot()};
  f.store->change([](auto& x) { x.held = {55}; });
  f.ask(55);
  BOOST_REQUIRE(eventually(20s, [&] { return f.store->seen().statements.size() == 1; }));
  f.ask(77);
  BOOST_REQUIRE(eventually(20s, [&] { return read(f.metrics.admission.waiting) == 1; }));
  auto before = read(f.metrics.admission.messages);
  kill(f.last().admission);
  BOOST_REQUIRE(f.directories.wait_for(2));
  // One message says what is at work, one asks again for what waits.
  BOOST_TEST(eventually(20s, [&] { return read(f.metrics.admission.messages) == before + 2; }));
  BOOST_TEST(eventually(
      20s, [&] { return read(f.metrics.admission.at_work) == 1 && read(f.metrics.admission.waiting) == 1; }));
  BOOST_TEST(f.answers.size() == 0u);
  f.store->change([](auto& x) { x.held.clear(); });
  BOOST_REQUIRE(f.answers.wait_for(2));
  for (auto& x : f.answers.all())
    BOOST_TEST((x.error == error_code::none));
  BOOST_TEST(eventually(20s, [&] { return read(f.metrics.admission.at_work) == 0; }));
}

BOOST_AUTO_TEST_CASE(the_slots_of_a_lookup_actor_that_is_killed_come_back) {
  fixture f{one_slot()};
  f.store->change([](auto& x) { x.held = {55}; });
  f.ask(55);
  BOOST_REQUIRE(eventually(20s, [&] { return f.store->seen().statements.size() == 1; }));
  kill(f.last().lookups.at(0));
  BOOST_REQUIRE(f.directories.wait_for(2));
  BOOST_TEST(eventually(20s, [&] { return read(f.metrics.admission.at_work) == 0; }));
  f.ask(77);
  BOOST_REQUIRE(f.answers.wait_for(1));
  BOOST_TEST((f.answers.all().at(0).error == error_code::none));
}

BOOST_AUTO_TEST_CASE(the_sixth_death_of_a_child_within_ten_seconds_is_fatal) {
  auto now = std::make_shared<std::atomic<steady_time>>(steady_time{} + 1h);
  fixture f;
  // A clock that stands still: the machine's load must not let ten seconds pass.
  node_context context = f.context;
  context.clock = [now] { return now->load(); };
  auto root = f.system.spawn(supervisor, context);
  inbox<directory> directories;
  inbox<lookup_answer> answers;
  auto gateway = f.system.spawn(collecting_gateway, &directories, &answers, &f.done);
  caf::anon_send(root, subscribe_directory{gateway});
  for (std::size_t i = 1; i <= 5; ++i) {
    BOOST_REQUIRE(directories.wait_for(i));
    kill(directories.all().back().lookups.at(0));
  }
  BOOST_REQUIRE(directories.wait_for(6));
  BOOST_TEST(f.fatal.size() == 0u);
  kill(directories.all().back().lookups.at(1)); // another child has a budget of its own
  BOOST_REQUIRE(directories.wait_for(7));
  kill(directories.all().back().lookups.at(0));
  BOOST_REQUIRE(f.fatal.wait_for(1));
  BOOST_TEST(f.fatal.all().at(0).find("lookup 0") != std::string::npos);
  kill(directories.all().back().lookups.at(1));
  BOOST_TEST(directories.wait_for(8)); // the others are looked after until the process ends
  BOOST_TEST(f.fatal.size() == 1u);
  directories.clear();
  caf::anon_send_exit(gateway, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_CASE(a_stop_ends_everyone_flushes_the_writer_and_restarts_nobody) {
  {
    fixture f;
    f.ask(1);
    BOOST_REQUIRE(f.answers.wait_for(1));
    f.store->change([](auto& x) { x.held = {2}; });
    f.ask(2);
    BOOST_REQUIRE(eventually(20s, [&] { return f.store->seen().statements.size() == 2; }));
    f.clear(20);
    inbox<int> ended;
    auto watch = f.root;
    caf::actor_cast<caf::actor>(watch)->attach_functor([&] { ended.put(1); });
    watch = nullptr;
    f.end();
    BOOST_TEST(ended.wait_for(1));
    BOOST_TEST(f.store->seen().interrupts == 2u); // the keepers
    BOOST_TEST(f.audited() == 20u);
    for (auto& x : f.metrics.lookups)
      BOOST_TEST(read(x.restarts) == 0u);
    BOOST_TEST(read(f.metrics.pool.restarts) == 0u);
    BOOST_TEST(eventually(20s, [&] { return f.store->seen().connections_now == 0; }));
  }
  BOOST_TEST(eventually(20s, [&] { return thread_count() == threads_at_start; }));
}

BOOST_AUTO_TEST_CASE(a_writer_that_hangs_does_not_hang_a_stop) {
  fixture f;
  f.store->change([](auto& x) { x.hold_statements = true; });
  f.clear(1);
  BOOST_REQUIRE(eventually(20s, [&] { return f.store->seen().append_attempts == 1; }));
  inbox<int> ended;
  caf::actor_cast<caf::actor>(f.root)->attach_functor([&] { ended.put(1); });
  f.end();
  BOOST_TEST(ended.wait_for(1));
  BOOST_TEST(f.store->seen().interrupts == 2u);
  BOOST_TEST(eventually(20s, [&] { return read(f.metrics.writer.dropped) == 1; }));
}

BOOST_AUTO_TEST_CASE(limits_are_shared_if_there_are_any_and_they_are_to_be) {
  auto all = small_node();
  all.redis.url = "redis://127.0.0.1:1"; // refuses, and that is counted
  auto failures_after = [](const settings& with, std::shared_ptr<rate_limiter> limiter) {
    fixture f{with, std::move(limiter)};
    BOOST_REQUIRE(eventually(20s, [&] { return read(f.metrics.redis[0].failures) > 0; }));
    inbox<int> ended;
    caf::actor_cast<caf::actor>(f.root)->attach_functor([&] { ended.put(1); });
    f.end();
    BOOST_REQUIRE(ended.wait_for(1));
    return read(f.metrics.limit_sharer.failures);
  };
  auto limiter = std::make_shared<rate_limiter>(rate_rules{}, 1'000, 1);
  BOOST_TEST(failures_after(all, limiter) > 0u);
  BOOST_TEST(failures_after(all, nullptr) == 0u);
  all.limits.shared = false;
  BOOST_TEST(failures_after(all, limiter) == 0u);
}

BOOST_AUTO_TEST_CASE(a_reading_of_keys_that_hangs_does_not_hold_up_a_stop) {
  {
    fixture f;
    f.store->change([](auto& x) { x.hold_key_reads = true; });
    BOOST_REQUIRE(eventually(20s, [&] { return f.store->seen().key_reads_held == 1; }));
    f.end();
    BOOST_TEST(eventually(20s, [&] { return f.store->seen().connections_now == 0; }));
    BOOST_TEST(f.store->seen().key_interrupts == 1u);
  }
  BOOST_TEST(eventually(20s, [&] { return thread_count() == threads_at_start; }));
}

BOOST_AUTO_TEST_CASE(a_supervisor_that_is_killed_takes_its_children_along_which_is_fatal) {
  fixture f;
  f.ask(1);
  BOOST_REQUIRE(f.answers.wait_for(1));
  kill(f.root);
  BOOST_TEST(eventually(20s, [&] { return f.store->seen().connections_now == 0; }));
  BOOST_REQUIRE(f.fatal.wait_for(1));
  BOOST_TEST(f.fatal.all().at(0).find("supervisor") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
