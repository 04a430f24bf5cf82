#include "actors/card_keeper.hpp"

#include "tests/actors/captured_log.hpp"
#include "tests/actors/deterministic.hpp"
#include "tests/actors/recorders.hpp"
#include "tests/actors/scripted_store.hpp"
#include "tests/actors/threaded.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>

using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::testing;
using tessera::test::eventually;

namespace {

bool same_entries(const card_ledger& left, const card_ledger& right) {
  return left.entries().data() == right.entries().data();
}

constexpr utc_time some_time{1'700'000'000'123ms};
constexpr auto interval = 500ms;

using published_ledger = std::shared_ptr<published<card_ledger>>;

card_state reissued(card_epoch epoch, card_epoch revoked_up_to = 0) {
  return {epoch, some_time, revoked_up_to};
}

/// What a client was answered, and what the ledger said of the member at that moment.
struct answered {
  card_changed answer;
  card_state in_ledger;
};

card_change_client_actor::behavior_type asking_client(card_change_client_actor::pointer, inbox<answered>* to,
                                                      published_ledger ledger) {
  return {
      [to, ledger](const card_changed& x) {
        auto known = ledger->get();
        to->put({x, known ? known->of(x.member) : card_state{}});
      },
  };
}

/// The keeper, one step at a time.
struct fixture {
  void start() {
    keeper = world.spawn(card_keeper, settings, store, std::make_shared<connection_slot>(), ledger, audits, &metrics,
                         world.clock(), [] { return some_time; });
    here.writer = world.spawn(counting_writer, &writer_told);
    client = world.spawn(asking_client, &answers, ledger);
    world.send(keeper, here);
  }

  /// Asks for a change and returns what was answered.
  answered change(change_cards what) {
    what.asker = client;
    what.asked_by = {3, ++asked};
    world.send(keeper, what);
    auto all = answers.all();
    BOOST_REQUIRE_EQUAL(all.size(), asked);
    BOOST_TEST((all.back().answer.to == what.asked_by));
    BOOST_TEST((all.back().answer.member == what.member));
    BOOST_TEST(all.back().answer.revoked == what.revoke);
    return all.back();
  }
  answered reissue(std::uint64_t id) {
    change_cards what;
    what.member = member_id{id};
    what.request_id = "request-1";
    what.actor = "key:aaaaaaaaaa";
    return change(what);
  }
  answered revoke(std::uint64_t id) {
    change_cards what;
    what.member = member_id{id};
    what.revoke = true;
    what.reason = "lost on a train";
    what.request_id = "request-2";
    what.actor = "local";
    return change(what);
  }

  /// Another node changes a card.
  void elsewhere(std::uint64_t id, card_state state) {
    store->change([&](auto& x) {
      x.cards.push_back({member_id{id}, state});
      ++x.card_mark;
    });
  }

  card_state known_of(std::uint64_t id) {
    auto known = ledger->get();
    BOOST_REQUIRE(known);
    return known->of(member_id{id});
  }

  card_keeper_settings settings{.interval = interval, .full_interval = 1h};
  std::shared_ptr<scripted_store> store = std::make_shared<scripted_store>();
  published_ledger ledger = std::make_shared<published<card_ledger>>();
  std::shared_ptr<audit_queue> audits = std::make_shared<audit_queue>();
  card_keeper_metrics metrics;
  std::size_t writer_told = 0;
  inbox<answered> answers;
  std::uint32_t asked = 0;
  deterministic_system world;
  directory here;
  card_keeper_actor keeper;
  card_change_client_actor client;
};

/// The keeper on a thread of its own, as the service runs it.
struct threaded_fixture {
  explicit threaded_fixture(card_keeper_settings settings) {
    keeper = system.spawn<caf::detached>(card_keeper, settings, store, slot, ledger, std::make_shared<audit_queue>(),
                                         &metrics, steady_clock_source(), [] { return some_time; });
  }
  ~threaded_fixture() {
    store->change([](auto& x) { x = {}; });
    caf::anon_send_exit(keeper, caf::exit_reason::user_shutdown);
  }

  threaded_config config;
  std::shared_ptr<scripted_store> store = std::make_shared<scripted_store>();
  std::shared_ptr<connection_slot> slot = std::make_shared<connection_slot>();
  published_ledger ledger = std::make_shared<published<card_ledger>>();
  card_keeper_metrics metrics;
  caf::actor_system system{config};
  card_keeper_actor keeper;
};

/// Before any actor system.
const std::size_t threads_at_start = thread_count();

} // namespace

BOOST_AUTO_TEST_SUITE(card_keeper_test)

BOOST_FIXTURE_TEST_CASE(the_first_ledger_is_published_at_once, fixture) {
  elsewhere(7, reissued(2));
  BOOST_TEST(!ledger->get());
  start();
  BOOST_TEST((known_of(7) == reissued(2)));
  BOOST_TEST((known_of(8) == card_state{}));
  BOOST_TEST(read(metrics.known) == 1u);
  BOOST_TEST(read(metrics.entries) == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_store_that_has_nothing_makes_a_ledger_too, fixture) {
  start();
  BOOST_TEST((known_of(7) == card_state{}));
  BOOST_TEST(read(metrics.known) == 1u);
}

BOOST_FIXTURE_TEST_CASE(what_has_not_changed_is_not_read_again, fixture) {
  elsewhere(7, reissued(2));
  start();
  auto before = ledger->get();
  world.advance(10 * interval);
  BOOST_TEST(store->seen().card_marks == 11u);
  BOOST_TEST(store->seen().card_lists == 1u);
  BOOST_TEST(same_entries(*ledger->get(), *before));
  BOOST_TEST(store->seen().connections_opened == 1u);
  BOOST_TEST(read(metrics.refreshes) == 11u);
}

BOOST_FIXTURE_TEST_CASE(a_change_of_another_node_is_known_after_an_interval, fixture) {
  start();
  elsewhere(7, reissued(2));
  world.advance(interval - 1ms);
  BOOST_TEST((known_of(7) == card_state{}));
  world.advance(1ms);
  BOOST_TEST((known_of(7) == reissued(2)));
  BOOST_TEST(store->seen().card_lists == 2u);
}

BOOST_FIXTURE_TEST_CASE(all_is_read_again_after_the_full_interval, fixture) {
  settings.full_interval = 3 * interval;
  start();
  // A change that the mark does not show: in the same millisecond as the one before.
  store->change([](auto& x) { x.cards.push_back({member_id{7}, reissued(2)}); });
  world.advance(2 * interval);
  BOOST_TEST((known_of(7) == card_state{}));
  world.advance(interval);
  BOOST_TEST((known_of(7) == reissued(2)));
  world.advance(3 * interval);
  BOOST_TEST(store->seen().card_lists == 3u);
}

BOOST_FIXTURE_TEST_CASE(the_last_ledger_stays_in_force_while_the_store_is_away, fixture) {
  elsewhere(7, reissued(2));
  start();
  auto before = ledger->get();
  captured_log log;
  store->change([](auto& x) {
    x.refuse_connects = true;
    x.card_reads_fail = error_code::database_unavailable;
  });
  elsewhere(8, reissued(5));
  world.advance(5 * interval);
  BOOST_TEST(same_entries(*ledger->get(), *before));
  BOOST_TEST(read(metrics.failures) == 5u);
  BOOST_TEST(read(metrics.known) == 1u);
  BOOST_TEST(log.count("those known so far stay in force") == 1u);
  store->change([](auto& x) {
    x.refuse_connects = false;
    x.card_reads_fail = error_code::none;
  });
  world.advance(interval);
  BOOST_TEST((known_of(8) == reissued(5)));
  BOOST_TEST(log.count("can be read again") == 1u);
  BOOST_TEST(store->seen().used_after_failure == 0u);
}

BOOST_FIXTURE_TEST_CASE(without_a_first_reading_there_is_no_ledger, fixture) {
  captured_log log;
  store->change([](auto& x) { x.refuse_connects = true; });
  start();
  world.advance(2 * interval);
  BOOST_TEST(!ledger->get());
  BOOST_TEST(read(metrics.known) == 0u);
  BOOST_TEST(log.count("no card is made or verified until then") == 1u);
  store->change([](auto& x) { x.refuse_connects = false; });
  world.advance(interval);
  BOOST_TEST((known_of(7) == card_state{}));
}

BOOST_FIXTURE_TEST_CASE(a_store_that_throws_has_failed_like_any_other, fixture) {
  elsewhere(7, reissued(2));
  start();
  captured_log log;
  store->change([](auto& x) { x.throw_at_card_calls = true; });
  world.advance(2 * interval);
  BOOST_TEST(read(metrics.failures) == 2u);
  BOOST_TEST((known_of(7) == reissued(2)));
  BOOST_TEST((reissue(7).answer.error == error_code::database_unavailable));
  BOOST_TEST(log.count("8001015009087") == 0u);
  store->change([](auto& x) { x.throw_at_card_calls = false; });
  elsewhere(8, reissued(3));
  world.advance(interval);
  BOOST_TEST((known_of(8) == reissued(3)));
  BOOST_TEST(store->seen().connections_now == 1u);
}

BOOST_FIXTURE_TEST_CASE(odd_rows_leave_the_ledger_as_it_is, fixture) {
  elsewhere(7, reissued(2));
  start();
  captured_log log;
  elsewhere(8, reissued(3));
  store->change([](auto& x) { x.card_reads_fail = error_code::internal; });
  world.advance(interval);
  BOOST_TEST((known_of(7) == reissued(2)));
  BOOST_TEST((known_of(8) == card_state{}));
  BOOST_TEST((reissue(7).answer.error == error_code::internal)); // else others' changes would be missing from it
  BOOST_TEST(store->seen().reissues.empty());
  BOOST_TEST(log.count("8001015009087") == 0u);
  BOOST_TEST(store->seen().connections_opened == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_reissue_is_in_the_ledger_and_in_the_audit_log, fixture) {
  elsewhere(8, reissued(4));
  start();
  auto [answer, in_ledger] = reissue(7);
  BOOST_TEST((answer.error == error_code::none));
  BOOST_TEST((answer.state == reissued(2)));
  BOOST_TEST((in_ledger == reissued(2)));
  BOOST_TEST((known_of(8) == reissued(4)));
  BOOST_TEST((store->seen().reissues == std::vector{std::pair{member_id{7}, some_time}}));
  audit_entry line{"card.reissue", "7", "request-1", "key:aaaaaaaaaa", some_time};
  BOOST_TEST((audits->first(10) == std::vector{line}));
  BOOST_TEST(writer_told == 1u);
  BOOST_TEST(read(metrics.changes) == 1u);
  BOOST_TEST(read(metrics.entries) == 2u);
  BOOST_TEST((reissue(7).answer.state == reissued(3)));
}

BOOST_FIXTURE_TEST_CASE(a_revocation_is_in_the_ledger_and_in_the_audit_log, fixture) {
  start();
  auto [answer, in_ledger] = revoke(7);
  card_state revoked{1, std::nullopt, 1};
  BOOST_TEST((answer.error == error_code::none));
  BOOST_TEST((answer.state == revoked));
  BOOST_TEST((in_ledger == revoked));
  auto kept = store->seen().revocations;
  BOOST_REQUIRE_EQUAL(kept.size(), 1u);
  BOOST_TEST((kept[0].id == member_id{7}));
  BOOST_TEST(kept[0].reason == "lost on a train");
  BOOST_TEST(kept[0].revoked_by == "local");
  BOOST_TEST((kept[0].at == some_time));
  audit_entry line{"card.revoke", "7", "request-2", "local", some_time};
  BOOST_TEST((audits->first(10) == std::vector{line}));
  BOOST_TEST(writer_told == 1u);
  BOOST_TEST((reissue(7).answer.state == reissued(2, 1)));
}

BOOST_FIXTURE_TEST_CASE(a_change_goes_into_a_ledger_that_has_those_of_others, fixture) {
  start();
  elsewhere(9, reissued(6));
  reissue(7); // before the next look
  BOOST_TEST((known_of(9) == reissued(6)));
  BOOST_TEST((known_of(7) == reissued(2)));
}

BOOST_FIXTURE_TEST_CASE(a_change_before_the_first_reading_reads_first, fixture) {
  store->change([](auto& x) { x.refuse_connects = true; });
  start();
  elsewhere(9, reissued(6));
  store->change([](auto& x) { x.refuse_connects = false; });
  BOOST_TEST((reissue(7).answer.state == reissued(2)));
  BOOST_TEST((known_of(9) == reissued(6)));
}

BOOST_FIXTURE_TEST_CASE(a_change_that_fails_leaves_all_as_it_was, fixture) {
  elsewhere(7, reissued(2));
  start();
  auto before = ledger->get();
  store->change([](auto& x) { x.card_changes_fail = error_code::database_unavailable; });
  BOOST_TEST((reissue(7).answer.error == error_code::database_unavailable));
  BOOST_TEST((revoke(7).answer.error == error_code::database_unavailable));
  BOOST_TEST(same_entries(*ledger->get(), *before));
  BOOST_TEST(audits->size() == 0u);
  BOOST_TEST(writer_told == 0u);
  BOOST_TEST(read(metrics.changes) == 0u);
  store->change([](auto& x) { x.card_changes_fail = error_code::none; });
  BOOST_TEST((reissue(7).answer.state == reissued(3)));
  BOOST_TEST(store->seen().used_after_failure == 0u);
}

BOOST_FIXTURE_TEST_CASE(nothing_is_changed_while_the_store_cannot_be_read, fixture) {
  start();
  store->change([](auto& x) { x.card_reads_fail = error_code::database_unavailable; });
  BOOST_TEST((reissue(7).answer.error == error_code::database_unavailable));
  BOOST_TEST(store->seen().reissues.empty());
}

BOOST_FIXTURE_TEST_CASE(an_unknown_member_is_said_to_be_and_no_fault, fixture) {
  start();
  captured_log log;
  auto before = ledger->get();
  BOOST_TEST((reissue(1'000'001).answer.error == error_code::not_found));
  BOOST_TEST((revoke(1'000'001).answer.error == error_code::not_found));
  BOOST_TEST(same_entries(*ledger->get(), *before));
  BOOST_TEST(audits->size() == 0u);
  BOOST_TEST(log.text.str().empty());
  BOOST_TEST(store->seen().connections_opened == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_conflict_is_answered_as_one, fixture) {
  start();
  store->change([](auto& x) { x.card_changes_fail = error_code::conflict; });
  captured_log log;
  BOOST_TEST((reissue(7).answer.error == error_code::conflict));
  BOOST_TEST(log.count("a card could not be changed (conflict)") == 1u); // the member's row may be odd
  BOOST_TEST(log.count("8001015009087") == 0u);
  BOOST_TEST(store->seen().connections_opened == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_change_is_not_lost_before_the_writer_is_known, fixture) {
  keeper = world.spawn(card_keeper, settings, store, std::make_shared<connection_slot>(), ledger, audits, &metrics,
                       world.clock(), [] { return some_time; });
  client = world.spawn(asking_client, &answers, ledger);
  BOOST_TEST((reissue(7).answer.error == error_code::none));
  BOOST_TEST(audits->size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_successor_reads_all_however_much_was_known, fixture) {
  elsewhere(7, reissued(2));
  start();
  caf::anon_send_exit(keeper, caf::exit_reason::kill);
  world.run();
  BOOST_TEST((known_of(7) == reissued(2)));
  store->change([](auto& x) { x.cards.push_back({member_id{8}, reissued(3)}); });
  start();
  BOOST_TEST((known_of(8) == reissued(3)));
  BOOST_TEST(store->seen().connections_now == 1u);
}

/// The model is the store's own history: a ledger is always one that the store has had, and never an earlier one again.
BOOST_AUTO_TEST_CASE(whatever_happens_a_ledger_is_one_that_the_store_has_had) {
  captured_log quiet;
  std::mt19937 random{20260131};
  for (int round = 0; round < 20; ++round) {
    fixture f;
    std::vector<std::vector<member_card_state>> history;
    auto keep = [&] { f.store->change([&](auto& x) { history.push_back(x.cards); }); };
    keep();
    f.start();
    std::size_t reached = 0;
    bool away = false;
    for (int step = 0; step < 60; ++step) {
      auto id = 1 + random() % 6;
      bool settled = false;
      switch (random() % 6) {
      case 0:
      case 1: {
        auto [answer, in_ledger] = random() % 2 ? f.reissue(id) : f.revoke(id);
        BOOST_REQUIRE((answer.error == (away ? error_code::database_unavailable : error_code::none)));
        BOOST_REQUIRE((away || answer.state == in_ledger));
        settled = !away;
        break;
      }
      case 2:
      case 3:
        f.store->change([&](auto& x) {
          auto place = std::ranges::lower_bound(x.cards, member_id{id}, {}, &member_card_state::member);
          if (place == x.cards.end() || place->member != member_id{id})
            place = x.cards.insert(place, {member_id{id}, {}});
          ++place->cards.epoch;
          ++x.card_mark;
        });
        break;
      case 4:
        away = !away;
        f.store->change([&](auto& x) {
          x.refuse_connects = away;
          x.card_reads_fail = away ? error_code::database_unavailable : error_code::none;
        });
        break;
      default:
        f.world.advance(interval);
        settled = !away;
      }
      keep();
      auto known = f.ledger->get()->entries();
      while (reached < history.size() && !std::ranges::equal(history[reached], known))
        ++reached;
      BOOST_REQUIRE(reached < history.size());
      BOOST_REQUIRE((!settled || std::ranges::equal(history.back(), known)));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_waiting_keeper_does_not_hold_up_the_end) {
  {
    threaded_fixture f{{.interval = 1h}};
    BOOST_REQUIRE(eventually(20s, [&] { return read(f.metrics.refreshes) == 1; }));
  }
  BOOST_TEST(eventually(20s, [&] { return thread_count() == threads_at_start; }));
}

BOOST_AUTO_TEST_CASE(a_reading_that_hangs_can_be_interrupted) {
  captured_log log;
  {
    threaded_fixture f{{.interval = 2ms}};
    f.store->change([](auto& x) { x.hold_card_calls = true; });
    BOOST_REQUIRE(eventually(20s, [&] { return f.store->seen().card_calls_held == 1; }));
    f.slot->interrupt();
    caf::anon_send_exit(f.keeper, caf::exit_reason::user_shutdown);
    BOOST_TEST(eventually(20s, [&] { return f.store->seen().connections_now == 0; }));
    BOOST_TEST(read(f.metrics.failures) == 0u); // an end is no failure
  }
  BOOST_TEST(eventually(20s, [&] { return thread_count() == threads_at_start; }));
  BOOST_TEST(log.text.str().empty());
}

BOOST_AUTO_TEST_CASE(a_change_that_hangs_can_be_interrupted_and_is_answered) {
  captured_log log;
  {
    threaded_fixture f{{.interval = 1h}};
    BOOST_REQUIRE(eventually(20s, [&] { return read(f.metrics.refreshes) == 1; }));
    inbox<answered> answers;
    auto client = f.system.spawn(asking_client, &answers, f.ledger);
    f.store->change([](auto& x) { x.hold_card_calls = true; });
    change_cards what;
    what.asker = client;
    what.member = member_id{7};
    caf::anon_send(f.keeper, what);
    BOOST_REQUIRE(eventually(20s, [&] { return f.store->seen().card_calls_held == 1; }));
    f.slot->interrupt();
    BOOST_REQUIRE(answers.wait_for(1));
    BOOST_TEST((answers.all().at(0).answer.error == error_code::database_unavailable));
    BOOST_TEST(f.store->seen().reissues.empty());
    caf::anon_send_exit(client, caf::exit_reason::user_shutdown);
  }
  BOOST_TEST(eventually(20s, [&] { return thread_count() == threads_at_start; }));
  BOOST_TEST(log.text.str().empty()); // an end is no failure
}

BOOST_AUTO_TEST_SUITE_END()
