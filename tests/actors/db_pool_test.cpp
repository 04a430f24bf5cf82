#include "actors/db_pool.hpp"

#include "tests/actors/pool_fixture.hpp"

#include <boost/test/unit_test.hpp>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::testing;
using tessera::test::eventually;

namespace {

/// Before any actor system; CAF's threads end a moment after their system.
const std::size_t threads_at_start = thread_count();

using fixture = pool_fixture;

} // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(tessera::error_code)

BOOST_AUTO_TEST_SUITE(db_pool_test)

BOOST_AUTO_TEST_CASE(members_are_found_by_both_keys_and_absent_ones_are_not) {
  fixture f;
  f.ask({{member_key::kind::number, 7}, {member_key::kind::number, 2'000'000}});
  BOOST_REQUIRE(f.answers.wait_for(2));
  f.ask({{member_key::kind::id, 9}});
  BOOST_REQUIRE(f.answers.wait_for(3));
  for (auto& x : f.answers.all()) {
    if (x.key.value == 2'000'000) {
      BOOST_TEST(x.error == error_code::not_found);
      BOOST_TEST(!x.body);
      continue;
    }
    BOOST_TEST(x.error == error_code::none);
    BOOST_TEST((x.key.by == (x.key.value == 9 ? member_key::kind::id : member_key::kind::number)));
    BOOST_TEST(x.number.packed() == x.key.value);
    BOOST_TEST(x.id.value == x.key.value);
    BOOST_REQUIRE(x.body);
    BOOST_TEST((unpack_member(x.body->packed()) == scripted_store::make(x.key.value)));
  }
  auto seen = f.store->seen();
  BOOST_TEST(seen.statements.size() == 2u);
  BOOST_TEST(seen.connections_opened == 1u);
  BOOST_TEST(eventually(20s, [&] { return read(f.metrics.busy) == 0; }));
  BOOST_TEST(read(f.metrics.rows) == 2u);
  BOOST_TEST(read(f.metrics.keys) == 3u);
  BOOST_TEST(read(f.metrics.statements) == 2u);
}

BOOST_AUTO_TEST_CASE(a_thousand_keys_that_gather_while_busy_go_in_groups_of_64) {
  fixture f{{.connection_limit = 1, .queue_limit = 2'000}};
  f.occupy(500'000);
  f.ask(f.keys(1, 400));
  f.ask(f.keys(401, 600));
  BOOST_TEST(eventually(20s, [&] { return read(f.metrics.waiting) == 1'000; }));
  f.release();
  BOOST_REQUIRE(f.answers.wait_for(1'001));
  auto statements = f.store->seen().statements;
  BOOST_REQUIRE_EQUAL(statements.size(), 1u + 16u);
  BOOST_TEST(statements[1].size() == 64u);
  BOOST_TEST(statements[1].front() == 1u);
  BOOST_TEST(statements[15].size() == 64u);
  BOOST_TEST(statements[16].size() == 40u);
  BOOST_TEST(f.outcome().size() == 1'001u);
  BOOST_TEST(f.answers.all().back().queue_us > 0u);
}

BOOST_AUTO_TEST_CASE(a_key_that_two_ask_for_is_fetched_once_and_answered_twice) {
  fixture f{{.connection_limit = 1}};
  f.occupy(500'000);
  f.ask(f.keys(3, 2));
  f.ask(f.keys(3, 2));
  BOOST_TEST(eventually(20s, [&] { return read(f.metrics.waiting) == 4; }));
  f.release();
  BOOST_REQUIRE(f.answers.wait_for(5));
  BOOST_TEST((f.store->seen().statements.at(1) == std::vector<std::uint64_t>{3, 4}));
}

BOOST_AUTO_TEST_CASE(every_answer_names_the_pool_as_its_asker_counts) {
  fixture f{{.connection_limit = 1, .queue_limit = 1}};
  f.occupy(500'000);
  caf::anon_send(f.pool, load_batch{f.client, f.keys(1, 2), 60'000, 7}); // one of them is refused
  BOOST_REQUIRE(f.answers.wait_for(1));
  f.release();
  BOOST_REQUIRE(f.answers.wait_for(3));
  for (auto& x : f.answers.all())
    BOOST_TEST(x.pool == (x.key.value == 500'000 ? 0u : 7u));
}

BOOST_AUTO_TEST_CASE(the_keys_of_a_failed_group_are_asked_again_alone) {
  fixture f{{.connection_limit = 1}};
  f.store->change([](auto& x) { x.poison = {12}; });
  f.ask(f.keys(10, 5));
  BOOST_REQUIRE(f.answers.wait_for(5));
  auto outcome = f.outcome();
  for (auto& [key, error] : outcome)
    BOOST_TEST(error == (key == 12 ? error_code::database_unavailable : error_code::none));
  auto seen = f.store->seen();
  BOOST_TEST(seen.statements.size() == 6u);
  BOOST_TEST(seen.connections_opened == 1u);
  BOOST_TEST(eventually(20s, [&] { return read(f.metrics.retries) == 5; }));
}

BOOST_AUTO_TEST_CASE(a_connection_that_failed_is_thrown_away) {
  fixture f{{.connection_limit = 1}};
  f.store->change([](auto& x) { x.lose_connection = 1; });
  f.ask(f.keys(1, 3));
  BOOST_REQUIRE(f.answers.wait_for(3));
  for (auto& [key, error] : f.outcome())
    BOOST_TEST(error == error_code::none);
  auto seen = f.store->seen();
  BOOST_TEST(seen.used_after_failure == 0u);
  BOOST_TEST(seen.connections_opened == 2u);
  BOOST_TEST(eventually(20s, [&] { return f.store->seen().connections_now == 1; }));
}

BOOST_AUTO_TEST_CASE(an_exception_is_a_failure_whose_connection_is_thrown_away) {
  fixture f{{.connection_limit = 1}};
  f.store->change([](auto& x) { x.throw_exception = 1; });
  f.ask(f.keys(1, 2));
  BOOST_REQUIRE(f.answers.wait_for(2));
  for (auto& [key, error] : f.outcome())
    BOOST_TEST(error == error_code::none);
  BOOST_TEST(f.store->seen().connections_opened == 2u);
}

BOOST_AUTO_TEST_CASE(a_worker_that_dies_is_replaced) {
  fixture f{{.connection_limit = 1}};
  f.ask(f.keys(1, 1));
  BOOST_REQUIRE(f.answers.wait_for(1));
  BOOST_REQUIRE(f.answers.last_sender());
  BOOST_REQUIRE(eventually(20s, [&] { return read(f.metrics.busy) == 0; }));
  caf::anon_send_exit(f.answers.last_sender(), caf::exit_reason::kill);
  BOOST_TEST(eventually(20s, [&] { return f.store->seen().connections_now == 0; }));
  f.ask(f.keys(2, 1));
  BOOST_REQUIRE(f.answers.wait_for(2));
  BOOST_TEST(f.outcome().at(2) == error_code::none);
  BOOST_TEST(f.store->seen().connections_opened == 2u);
}

BOOST_AUTO_TEST_CASE(a_worker_that_dies_with_its_keys_in_hand_leaves_none_behind) {
  fixture f{{.connection_limit = 1}};
  f.ask(f.keys(1, 1));
  BOOST_REQUIRE(f.answers.wait_for(1));
  auto worker = f.answers.last_sender();
  f.occupy(2);
  caf::anon_send_exit(worker, caf::exit_reason::kill); // comes to effect after the statement
  f.ask(f.keys(3, 4));
  f.release();
  BOOST_REQUIRE(f.answers.wait_for(6));
  for (auto& [key, error] : f.outcome())
    BOOST_TEST(error == error_code::none);
}

BOOST_AUTO_TEST_CASE(keys_beyond_the_queue_limit_are_refused_at_once) {
  fixture f{{.connection_limit = 1, .queue_limit = 10}};
  f.occupy(500'000);
  f.ask(f.keys(1, 15));
  BOOST_REQUIRE(f.answers.wait_for(5));
  for (auto& x : f.answers.all()) {
    BOOST_TEST(x.error == error_code::queue_full);
    BOOST_TEST(x.retry_after_s == 1u);
    BOOST_TEST(x.key.value > 10u);
  }
  f.release();
  BOOST_REQUIRE(f.answers.wait_for(16));
  BOOST_TEST(read(f.metrics.refused) == 5u);
  BOOST_TEST(f.outcome().at(10) == error_code::none);
}

BOOST_AUTO_TEST_CASE(a_frozen_database_does_not_keep_the_pool_from_answering) {
  fixture f{{.connection_limit = 1, .acquire_timeout = 300ms}};
  f.occupy(500'000);
  f.ask(f.keys(1, 3));
  BOOST_REQUIRE(f.answers.wait_for(3));
  for (auto& x : f.answers.all()) {
    BOOST_TEST(x.error == error_code::timed_out);
    BOOST_TEST(x.queue_us >= 300'000u);
  }
  BOOST_TEST(read(f.metrics.timed_out) == 3u);
}

BOOST_AUTO_TEST_CASE(a_key_waits_no_longer_than_those_who_asked) {
  fixture f{{.connection_limit = 1}};
  f.occupy(500'000);
  f.ask(f.keys(1, 1), 20);
  BOOST_REQUIRE(f.answers.wait_for(1));
  BOOST_TEST(f.answers.all().at(0).error == error_code::timed_out);
  BOOST_TEST(f.answers.all().at(0).key.value == 1u);
}

BOOST_AUTO_TEST_CASE(hung_statements_do_not_hold_up_the_others) {
  fixture f;
  constexpr std::uint64_t hung = 5;
  for (std::uint64_t i = 1; i <= hung; ++i) {
    f.occupy(500'000 + i);
    f.ask(f.keys(i, 1)); // far from a full group
    BOOST_REQUIRE(f.answers.wait_for(i));
    BOOST_TEST((f.outcome().at(i) == error_code::none));
  }
  BOOST_TEST(f.store->seen().connections_now == hung + 1);
  std::uint64_t waited_us = 0;
  for (auto& x : f.answers.all())
    waited_us += x.queue_us;
  BOOST_TEST(waited_us >= hung * 5'000);
  BOOST_TEST(waited_us < hung * 400'000); // by a tick of its own each, not by the regular one
}

BOOST_AUTO_TEST_CASE(with_the_database_gone_keys_are_refused_and_served_again_once_it_is_back) {
  fixture f;
  f.ask(f.keys(1, 1));
  BOOST_REQUIRE(f.answers.wait_for(1));
  f.store->change([](auto& x) {
    x.refuse_connects = true;
    x.lose_connection = 1;
  });
  f.ask(f.keys(2, 9)); // too few for the circuit breaker
  BOOST_REQUIRE(f.answers.wait_for(10));
  for (auto& x : f.answers.all())
    if (x.key.value > 1) {
      BOOST_TEST(x.error == error_code::database_unavailable);
      BOOST_TEST(x.retry_after_s >= 1u);
    }
  BOOST_TEST(eventually(20s, [&] { return read(f.metrics.available) == 0; }));
  f.ask(f.keys(20, 10));
  BOOST_REQUIRE(f.answers.wait_for(20));
  BOOST_TEST(f.outcome().at(25) == error_code::database_unavailable);
  auto attempts = f.store->seen().connect_attempts;
  BOOST_TEST(eventually(20s, [&] { return f.store->seen().connect_attempts > attempts; })); // without any key
  f.store->change([](auto& x) { x.refuse_connects = false; });
  BOOST_TEST(eventually(20s, [&] { return read(f.metrics.available) == 1; }));
  f.ask(f.keys(40, 1));
  BOOST_REQUIRE(f.answers.wait_for(21));
  BOOST_TEST(f.outcome().at(40) == error_code::none);
}

BOOST_AUTO_TEST_CASE(idle_connections_are_closed) {
  fixture f{{.idle_timeout = 30ms}};
  f.ask(f.keys(1, 1));
  BOOST_REQUIRE(f.answers.wait_for(1));
  BOOST_TEST(eventually(20s, [&] { return f.store->seen().connections_now == 0; }));
  BOOST_TEST(eventually(20s, [&] { return read(f.metrics.connections) == 0; }));
  f.ask(f.keys(2, 1));
  BOOST_REQUIRE(f.answers.wait_for(2));
  BOOST_TEST(f.outcome().at(2) == error_code::none);
  BOOST_TEST(read(f.metrics.failures) == 0u);
}

BOOST_AUTO_TEST_CASE(pages_and_finds_are_answered) {
  fixture f;
  caf::anon_send(f.pool, load_page{f.maintenance, 5, member_id{1'000}, 3});
  BOOST_REQUIRE(f.pages.wait_for(1));
  auto page = f.pages.all().at(0);
  BOOST_TEST(page.job == 5u);
  BOOST_TEST(page.error == error_code::none);
  BOOST_REQUIRE_EQUAL(page.members.size(), 3u);
  BOOST_TEST(page.members[0].id.value == 999u);
  BOOST_TEST(page.members[0].key.value == 999u);
  BOOST_TEST((unpack_member(page.members[2].body->packed()) == scripted_store::make(997)));
  caf::anon_send(f.pool, find_id_number{f.maintenance, 6, member_id{77}});
  caf::anon_send(f.pool, find_id_number{f.maintenance, 7, member_id{7'000'000}});
  BOOST_REQUIRE(f.finds.wait_for(2));
  for (auto& x : f.finds.all()) {
    BOOST_TEST(x.error == (x.job == 6 ? error_code::none : error_code::not_found));
    BOOST_TEST(x.number.packed() == (x.job == 6 ? 77u : 0u));
  }
}

BOOST_AUTO_TEST_CASE(pages_and_finds_are_refused_while_the_database_is_gone) {
  fixture f;
  f.store->change([](auto& x) { x.refuse_connects = true; });
  caf::anon_send(f.pool, load_page{f.maintenance, 5, member_id{}, 3});
  BOOST_REQUIRE(f.pages.wait_for(1));
  BOOST_TEST(f.pages.all().at(0).error == error_code::database_unavailable);
  BOOST_TEST(f.pages.all().at(0).job == 5u);
  caf::anon_send(f.pool, find_id_number{f.maintenance, 6, member_id{77}});
  BOOST_REQUIRE(f.finds.wait_for(1));
  BOOST_TEST(f.finds.all().at(0).error == error_code::database_unavailable);
  BOOST_TEST(f.finds.all().at(0).job == 6u);
}

BOOST_AUTO_TEST_CASE(slow_statements_are_logged_by_name_and_no_line_holds_a_key) {
  std::ostringstream text;
  auto before = spdlog::default_logger();
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text)));
  {
    fixture f{{.connection_limit = 1}, 0ms};
    f.occupy(500'000);
    f.ask(f.keys(111'111, 64));
    BOOST_REQUIRE(eventually(20s, [&] { return read(f.metrics.waiting) == 64; }));
    f.release();
    BOOST_REQUIRE(f.answers.wait_for(65));
    f.store->change([](auto& x) { x.throw_exception = 1; });
    f.ask(f.keys(1, 1));
    BOOST_REQUIRE(f.answers.wait_for(66));
    BOOST_TEST(eventually(20s, [&] { return read(f.metrics.slow_statements) == 4; }));
  }
  spdlog::set_default_logger(before);
  BOOST_TEST(text.str().find("members by id_number, 64 keys") != std::string::npos);
  BOOST_TEST(text.str().find("members by id_number, 1 key ") != std::string::npos);
  BOOST_TEST(text.str().find("statement failed") != std::string::npos);
  BOOST_TEST(text.str().find("111111") == std::string::npos);
  BOOST_TEST(!holds_id_number(text.str()));
}

BOOST_AUTO_TEST_CASE(a_pool_that_ends_interrupts_its_workers_and_leaves_no_thread_behind) {
  for (auto how : {caf::exit_reason::user_shutdown, caf::exit_reason::kill}) {
    BOOST_REQUIRE(eventually(20s, [] { return thread_count() == threads_at_start; }));
    fixture f;
    auto before = thread_count();
    f.ask(f.keys(1, 1));
    BOOST_REQUIRE(f.answers.wait_for(1));
    f.occupy(500'000);
    f.ask(f.keys(2, 1));
    BOOST_REQUIRE(f.answers.wait_for(2)); // by a second worker
    BOOST_TEST(thread_count() == before + 2);
    caf::anon_send_exit(f.pool, how);
    BOOST_TEST(eventually(20s, [&] { return thread_count() == before; }));
    auto seen = f.store->seen();
    BOOST_TEST(seen.connections_now == 0u);
    BOOST_TEST(seen.interrupts == 2u);
    BOOST_TEST(f.answers.size() == 2u); // who waited is answered by the successor
  }
}

BOOST_AUTO_TEST_CASE(the_store_may_know_that_fewer_connections_are_useful) {
  database_settings all;
  all.group_limit = 16;
  BOOST_TEST(pool_settings_of(all, {}, 0, 1).plan.connection_limit == 200u);
  BOOST_TEST(pool_settings_of(all, {}, 3, 1).plan.connection_limit == 3u);
  BOOST_TEST(pool_settings_of(all, {}, 3, 1).plan.group_limit == 16u);
}

BOOST_AUTO_TEST_SUITE_END()
