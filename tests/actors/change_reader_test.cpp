#include "actors/change_reader.hpp"

#include "tests/actors/captured_log.hpp"
#include "tests/actors/deterministic.hpp"
#include "tests/actors/recorders.hpp"
#include "tests/actors/scripted_store.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::testing;

namespace {

constexpr auto interval = 250ms;
constexpr utc_time some_time{1'700'000'000'000ms};

id_number number_of(std::uint64_t member) {
  return *id_number::from_packed(8001015009000 + member);
}

/// The reader, one step at a time; the test answers in the place of whoever clears.
struct fixture {
  fixture() {
    here.maintenance = world.spawn(recording_maintenance, &cleared);
  }

  void start(std::optional<change_start> from = change_start{}) {
    slot = std::make_shared<connection_slot>();
    reader = world.spawn(
        change_reader, change_reader_settings{.interval = interval, .page = 5}, store, slot, l2,
        [this] { return settled; }, from, &metrics, world.clock());
    world.send(reader, here);
  }

  void look() {
    world.advance(interval);
  }

  /// Another client commits a change of the member.
  void commit(std::uint64_t number, std::uint64_t member) {
    store->change([&](auto& x) {
      x.changes[number] = {number, member_id{member}, number_of(member), number_of(member), x.change_time};
      x.held_changes.erase(number);
    });
  }
  void commit_everything(std::uint64_t number) {
    store->change([&](auto& x) { x.changes[number] = {number, {}, {}, {}, x.change_time}; });
  }

  /// Returns the one batch that was asked for, and says that it is cleared.
  clear_changes clear(error_code error = error_code::none) {
    BOOST_REQUIRE_EQUAL(cleared.changes.size(), 1u);
    auto batch = cleared.changes.front();
    cleared.changes.clear();
    world.send(reader, changes_cleared{batch.batch, error});
    return batch;
  }

  void expect_members(const clear_changes& batch, std::vector<std::uint64_t> members) {
    BOOST_TEST(!batch.everything);
    std::vector<std::uint64_t> found;
    for (const auto& each : batch.members) {
      found.push_back(each.id.value);
      BOOST_TEST((each.number == number_of(each.id.value)));
    }
    BOOST_TEST(found == members, boost::test_tools::per_element());
  }
  void expect_nothing() {
    BOOST_TEST(cleared.changes.empty());
  }

  std::optional<std::uint64_t> position() {
    std::optional<std::uint64_t> found;
    store->change([&](auto& x) {
      if (auto saved = x.change_positions.find(l2); saved != x.change_positions.end())
        found = saved->second;
    });
    return found;
  }

  std::shared_ptr<scripted_store> store = std::make_shared<scripted_store>();
  std::shared_ptr<connection_slot> slot;
  std::string l2 = "one";
  bool settled = true;
  change_metrics metrics;
  maintenance_record cleared;
  deterministic_system world;
  directory here;
  change_reader_actor reader;
};

/// One that goes on from where it was.
struct running : fixture {
  running() {
    store->change([](auto& x) {
      x.change_time = some_time;
      x.change_positions["one"] = 0;
    });
    start(change_start{.position = 0});
    look();
    expect_nothing();
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(actors_change_reader)

BOOST_FIXTURE_TEST_CASE(changes_are_cleared_once, running) {
  commit(1, 7);
  commit(2, 8);
  look();
  expect_members(clear(), {7, 8});
  look();
  expect_nothing();
  commit(3, 9);
  look();
  expect_members(clear(), {9});
  BOOST_TEST(read(metrics.applied) == 3u);
  BOOST_TEST(read(metrics.position) == 3u);
  BOOST_TEST(read(metrics.cleared_all) == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_changed_id_number_is_cleared_under_both, running) {
  store->change([&](auto& x) { x.changes[1] = {1, member_id{7}, number_of(7), number_of(8), some_time}; });
  store->change([&](auto& x) { x.changes[2] = {2, member_id{9}, {}, number_of(9), some_time}; });
  look();
  auto batch = clear();
  BOOST_REQUIRE_EQUAL(batch.members.size(), 3u);
  BOOST_TEST((batch.members[0] == changed_member{member_id{7}, number_of(7)}));
  BOOST_TEST((batch.members[1] == changed_member{member_id{7}, number_of(8)}));
  BOOST_TEST((batch.members[2] == changed_member{member_id{9}, number_of(9)}));
}

BOOST_FIXTURE_TEST_CASE(what_is_committed_late_is_cleared_when_it_comes, running) {
  store->change([](auto& x) { x.held_changes = {1}; });
  commit(2, 8);
  look();
  expect_members(clear(), {8});
  world.advance(60s);
  expect_nothing();
  BOOST_TEST(read(metrics.gaps) == 1u);
  BOOST_TEST(position().value() == 0u);
  commit(1, 7);
  look();
  expect_members(clear(), {7});
  world.advance(2s);
  BOOST_TEST(read(metrics.gaps) == 0u);
  BOOST_TEST(position().value() == 2u);
}

BOOST_FIXTURE_TEST_CASE(what_was_rolled_back_is_given_up, running) {
  commit(2, 8);
  commit(5, 9);
  look();
  clear();
  world.advance(9s);
  BOOST_TEST(read(metrics.gaps) == 2u);
  world.advance(3s);
  BOOST_TEST(read(metrics.gaps) == 0u);
  BOOST_TEST(position().value() == 5u);
  BOOST_TEST(read(metrics.gaps_met) == 2u);
}

BOOST_FIXTURE_TEST_CASE(many_changes_at_once_clear_everything, running) {
  for (std::uint64_t i = 1; i <= 40; ++i)
    commit(i, i);
  look();
  auto batch = clear();
  BOOST_TEST(batch.everything);
  BOOST_TEST(batch.members.empty());
  BOOST_TEST(read(metrics.position) == 40u);
  look();
  expect_nothing();
  commit_everything(41);
  commit(42, 1);
  look();
  BOOST_TEST(clear().everything);
  BOOST_TEST(read(metrics.cleared_all) == 2u);
}

BOOST_FIXTURE_TEST_CASE(nothing_is_passed_before_it_is_cleared, running) {
  commit(1, 7);
  look();
  commit(2, 8);
  look();
  BOOST_REQUIRE_EQUAL(cleared.changes.size(), 1u); // the second waits for the first
  world.advance(2s);
  BOOST_TEST(position().value() == 0u);
  clear(error_code::database_unavailable);
  look();
  expect_members(clear(), {7});
  look();
  expect_members(clear(), {8});
  BOOST_TEST(read(metrics.failures) == 1u);
  world.advance(2s);
  BOOST_TEST(position().value() == 2u);
}

BOOST_FIXTURE_TEST_CASE(whoever_clears_may_die_or_be_silent, running) {
  commit(1, 7);
  look();
  BOOST_REQUIRE_EQUAL(cleared.changes.size(), 1u);
  auto late = cleared.changes.front().batch;
  cleared.changes.clear();
  maintenance_record successors;
  here.maintenance = world.spawn(recording_maintenance, &successors);
  world.send(reader, here);
  look();
  BOOST_REQUIRE_EQUAL(successors.changes.size(), 1u);
  world.send(reader, changes_cleared{late, error_code::none}); // of the batch before: it counts no more
  world.advance(6s);
  BOOST_REQUIRE_EQUAL(successors.changes.size(), 2u); // asked again
  BOOST_TEST(read(metrics.applied) == 0u);
  world.send(reader, changes_cleared{successors.changes.back().batch, error_code::none});
  BOOST_TEST(read(metrics.applied) == 1u);
}

BOOST_FIXTURE_TEST_CASE(the_position_waits_for_redis, running) {
  settled = false;
  commit(1, 7);
  look();
  clear();
  world.advance(10s);
  BOOST_TEST(position().value() == 0u);
  settled = true;
  world.advance(2s);
  BOOST_TEST(position().value() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_start_goes_on_from_the_position, fixture) {
  for (std::uint64_t i = 1; i <= 4; ++i)
    commit(i, i);
  start(change_start{.position = 2, .purged = 1, .newest = 4});
  BOOST_TEST(read(metrics.known) == 0u);
  auto batch = clear();
  expect_members(batch, {3, 4});
  BOOST_TEST(batch.l2_only); // L1 has nothing yet
  BOOST_TEST(read(metrics.known) == 1u);
  commit(5, 5);
  look();
  BOOST_TEST(!clear().l2_only);
}

BOOST_FIXTURE_TEST_CASE(a_node_that_serves_before_it_knows_has_l1_cleared_as_well, fixture) {
  commit(1, 1);
  start(change_start{.position = 0, .newest = 1});
  set(metrics.unawaited, 1);
  BOOST_TEST(clear().l2_only);
  BOOST_TEST(read(metrics.known) == 0u);
  look();
  auto batch = clear();
  expect_members(batch, {1});
  BOOST_TEST(!batch.l2_only);
  BOOST_TEST(read(metrics.known) == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_start_without_a_position_that_counts_clears_everything, fixture) {
  const std::array starts{change_start{.newest = 4}, change_start{.position = 2, .purged = 3, .newest = 4},
                          change_start{.position = 9, .newest = 4}};
  for (std::uint64_t i = 1; i <= 4; ++i)
    commit(i, i);
  for (const auto& from : starts) {
    start(from);
    look();
    BOOST_TEST(clear().everything);
    world.advance(2s);
    expect_nothing();
    BOOST_TEST(position().value() == 4u);
    store->change([](auto& x) { x.change_positions["one"] = 9; }); // what others have saved does not count
    caf::anon_send_exit(reader, caf::exit_reason::user_shutdown);
    world.run();
  }
}

BOOST_FIXTURE_TEST_CASE(without_l2_nothing_is_saved_and_a_start_clears_only_what_changed, fixture) {
  l2.clear();
  commit(1, 1);
  commit(2, 2);
  start(change_start{.newest = 2});
  look();
  expect_members(clear(), {1, 2});
  world.advance(5s);
  BOOST_TEST(!position().has_value());
}

BOOST_FIXTURE_TEST_CASE(a_successor_clears_everything, fixture) {
  store->change([](auto& x) { x.change_positions["one"] = 1; });
  commit(1, 1);
  start(std::nullopt);
  look();
  BOOST_TEST(clear().everything);
  commit(2, 2);
  look();
  expect_members(clear(), {2});
}

BOOST_FIXTURE_TEST_CASE(a_feed_that_was_emptied_or_restored_begins_anew, running) {
  commit(1, 1);
  commit(2, 2);
  look();
  clear();
  world.advance(2s);
  store->change([](auto& x) { x.changes.clear(); });
  commit(1, 7);
  look();
  look();
  BOOST_TEST(clear().everything);
  world.advance(2s);
  BOOST_TEST(position().value() == 1u);
  // Another change under the same number.
  store->change([](auto& x) { x.changes[1].member = member_id{9}; });
  look();
  look();
  BOOST_TEST(clear().everything);
}

BOOST_FIXTURE_TEST_CASE(a_database_that_fails_is_read_again_and_said_once, running) {
  captured_log log;
  store->change([](auto& x) { x.change_reads_fail = error_code::database_unavailable; });
  commit(1, 7);
  auto current = read(metrics.current_ms);
  world.advance(3s);
  expect_nothing();
  BOOST_TEST(read(metrics.current_ms) == current);
  BOOST_TEST(log.count("the change feed cannot be read") == 1u);
  store->change([](auto& x) { x.change_reads_fail = error_code::none; });
  look();
  expect_members(clear(), {7});
  BOOST_TEST(log.count("the change feed can be read again") == 1u);
  BOOST_TEST(log.count("8001015009087") == 0u);
  BOOST_TEST(read(metrics.current_ms) > current);
  BOOST_TEST(store->seen().used_after_failure == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_position_that_cannot_be_saved_stops_nobody, running) {
  captured_log log;
  store->change([](auto& x) { x.change_saves_fail = error_code::database_unavailable; });
  world.advance(61s); // old changes are to be deleted, too
  for (std::uint64_t i = 1; i <= 3; ++i) {
    commit(i, i);
    look();
    expect_members(clear(), {i});
    world.advance(2s);
  }
  BOOST_TEST(log.count("cannot be kept") == 1u);
  store->change([](auto& x) { x.change_saves_fail = error_code::none; });
  world.advance(61s);
  BOOST_TEST(position().value() == 3u);
  BOOST_TEST(store->seen().purges.back() == 3u);
}

BOOST_FIXTURE_TEST_CASE(the_lag_is_of_the_oldest_change, running) {
  commit(1, 1);
  store->change([](auto& x) { x.change_time += 300ms; });
  commit(2, 2);
  look();
  world.advance(100ms);
  clear();
  BOOST_TEST(read(metrics.lag_ms) == 400u);
}

BOOST_AUTO_TEST_SUITE_END()
