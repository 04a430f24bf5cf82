#include "guard/pool_plan.hpp"

#include "tests/unit/guard/pool_plan_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace std::chrono_literals;
using tessera::error_code;
using tessera::pool_plan;

using work = pool_plan::work;
using fixture = tessera::testing::pool_plan_fixture;

BOOST_AUTO_TEST_SUITE(pool_plan_test)

// -- groups -----------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(no_connection_is_opened_before_the_first_need) {
  fixture f;
  auto done = f.decide();
  BOOST_TEST(done.open.empty());
  BOOST_TEST((f.sut.next_look(f.now) == pool_plan::time_point::max()));
  f.keys(1);
  BOOST_TEST(f.decide().open.size() == 1u);
  BOOST_TEST(f.decide().open.empty());
}

BOOST_AUTO_TEST_CASE(a_free_worker_gets_a_key_at_once) {
  fixture f;
  auto worker = f.idle_worker();
  f.keys(1);
  auto done = f.decide();
  BOOST_REQUIRE_EQUAL(done.send.size(), 1u);
  BOOST_TEST(done.send[0].to == worker);
  BOOST_TEST(done.send[0].items.size() == 1u);
  BOOST_TEST(done.send[0].items[0].waited.count() == 0);
  BOOST_TEST(done.open.empty());
}

BOOST_AUTO_TEST_CASE(what_gathered_while_busy_goes_in_groups_in_order) {
  fixture f{{.queue_limit = 1'000}};
  auto worker = f.busy_worker();
  auto first = f.last + 1;
  f.keys(1'000);
  auto before = f.decide();
  BOOST_TEST(before.send.empty());
  BOOST_TEST(before.refuse.empty());
  f.now += 3ms;
  for (std::size_t left = 1'000; left > 0;) {
    f.sut.succeeded(worker, 300us, f.now);
    auto done = f.decide();
    BOOST_REQUIRE_EQUAL(done.send.size(), 1u);
    auto& items = done.send[0].items;
    BOOST_TEST(items.size() == std::min<std::size_t>(64, left));
    for (auto& x : items) {
      BOOST_TEST(x.which == first++);
      BOOST_TEST(x.waited.count() == 3'000);
    }
    left -= items.size();
  }
}

BOOST_AUTO_TEST_CASE(groups_are_never_mixed_and_the_kind_that_waits_longest_goes_first) {
  fixture f;
  auto worker = f.busy_worker();
  f.keys(2, work::key_by_id);
  f.now += 1us;
  f.keys(3, work::key_by_number);
  f.now += 1us;
  f.keys(2, work::key_by_id);
  f.sut.succeeded(worker, 1us, f.now);
  auto one = f.decide();
  BOOST_REQUIRE_EQUAL(one.send.size(), 1u);
  BOOST_TEST((one.send[0].kind == work::key_by_id));
  BOOST_TEST(one.send[0].items.size() == 4u);
  f.sut.succeeded(worker, 1us, f.now);
  auto two = f.decide();
  BOOST_TEST((two.send.at(0).kind == work::key_by_number));
  BOOST_TEST(two.send.at(0).items.size() == 3u);
}

BOOST_AUTO_TEST_CASE(the_group_limit_is_a_setting) {
  fixture f{{.group_limit = 1}};
  auto worker = f.busy_worker();
  f.keys(5);
  f.sut.succeeded(worker, 1us, f.now);
  BOOST_TEST(f.decide().send.at(0).items.size() == 1u);
}

BOOST_AUTO_TEST_CASE(one_page_at_a_time_and_pages_and_finds_alone) {
  fixture f;
  auto worker = f.idle_worker();
  f.keys(2, work::page);
  auto one = f.decide();
  BOOST_REQUIRE_EQUAL(one.send.size(), 1u);
  BOOST_TEST(one.send[0].items.size() == 1u);
  f.keys(70);
  auto second = f.decide().open.at(0);
  f.sut.connected(second, f.now);
  BOOST_TEST((f.decide().send.at(0).kind == work::key_by_number));
  f.sut.succeeded(second, 1us, f.now);
  f.decide(); // the rest of the keys
  f.sut.succeeded(second, 1us, f.now);
  BOOST_TEST(f.decide().send.empty()); // the page waits for the page, though a worker is free
  f.now += 1us;
  f.keys(2, work::find);
  BOOST_TEST(f.decide().send.at(0).items.size() == 1u);
  f.sut.succeeded(worker, 1us, f.now);
  BOOST_TEST((f.decide().send.at(0).kind == work::page)); // it waited longer than the second find
}

BOOST_AUTO_TEST_CASE(a_long_page_does_not_spoil_the_percentile) {
  fixture f;
  auto worker = f.idle_worker(200us);
  f.keys(1, work::page);
  f.decide();
  f.sut.succeeded(worker, 3s, f.now);
  BOOST_TEST(f.sut.p95().count() == 200);
}

// -- sizing -----------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_connection_is_opened_for_a_full_group_and_not_for_less) {
  fixture f;
  f.busy_worker();
  f.keys(63);
  BOOST_TEST(f.decide().open.empty());
  f.keys(1);
  BOOST_TEST(f.decide().open.size() == 1u);
  f.keys(300);
  BOOST_TEST(f.decide().open.empty()); // one at a time
}

BOOST_AUTO_TEST_CASE(a_connection_is_opened_after_5_ms_if_statements_are_quick) {
  fixture f;
  auto worker = f.idle_worker(100us);
  f.keys(1);
  f.decide();
  f.keys(1);
  BOOST_TEST(f.decide().open.empty());
  BOOST_TEST((f.sut.next_look(f.now) == f.now + 5ms));
  f.now += 4999us;
  BOOST_TEST(f.decide().open.empty());
  f.now += 1us;
  BOOST_TEST(f.decide().open.size() == 1u);
  static_cast<void>(worker);
}

BOOST_AUTO_TEST_CASE(a_connection_is_opened_after_twice_the_percentile_if_statements_are_slow) {
  fixture f;
  f.idle_worker(20ms);
  f.keys(1);
  f.decide();
  f.keys(1);
  f.now += 39ms;
  BOOST_TEST(f.decide().open.empty());
  BOOST_TEST((f.sut.next_look(f.now) == f.now + 1ms));
  f.now += 1ms;
  BOOST_TEST(f.decide().open.size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_connection_limit_holds) {
  fixture f{{.connection_limit = 3, .queue_limit = 100'000}};
  for (int i = 0; i < 10; ++i) {
    f.keys(1'000);
    f.now += 1s;
    for (auto x : f.decide().open)
      f.sut.connected(x, f.now);
  }
  BOOST_TEST(f.sut.connections() == 3u);
}

BOOST_AUTO_TEST_CASE(idle_connections_are_closed_the_least_used_first_and_the_last_one_too) {
  fixture f{{.idle_timeout = 10s}};
  auto one = f.busy_worker();
  f.keys(64);
  auto two = f.decide().open.at(0);
  f.sut.connected(two, f.now);
  f.decide();
  f.sut.succeeded(one, 1ms, f.now);
  f.sut.succeeded(two, 1ms, f.now);
  for (int i = 0; i < 9; ++i) { // a quiet service uses one of them
    f.now += 1s;
    f.keys(1);
    BOOST_TEST(f.decide().send.at(0).to == two);
    f.sut.succeeded(two, 1ms, f.now);
  }
  BOOST_TEST((f.sut.next_look(f.now) == f.now + 1s));
  f.now += 1s;
  auto done = f.decide();
  BOOST_REQUIRE_EQUAL(done.close.size(), 1u);
  BOOST_TEST(done.close[0] == one);
  f.now += 9s;
  BOOST_TEST(f.decide().close.size() == 1u);
  BOOST_TEST(f.sut.connections() == 0u);
  f.keys(1);
  BOOST_TEST(f.decide().open.size() == 1u);
}

// -- refusals ---------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(keys_beyond_the_queue_limit_are_refused_at_once_the_newest_first) {
  fixture f{{.queue_limit = 100}};
  f.busy_worker();
  auto first = f.last + 1;
  f.keys(60, work::key_by_number);
  f.now += 1us;
  f.keys(50, work::key_by_id);
  auto done = f.decide();
  BOOST_REQUIRE_EQUAL(done.refuse.size(), 10u);
  for (auto& x : done.refuse) {
    BOOST_TEST((x.why == error_code::queue_full));
    BOOST_TEST(x.retry_after.count() == 1);
    BOOST_TEST(x.which >= first + 100);
  }
  BOOST_TEST(f.sut.waiting() == 100u);
}

BOOST_AUTO_TEST_CASE(what_a_free_worker_takes_does_not_count_as_waiting) {
  fixture f{{.queue_limit = 10}};
  f.idle_worker();
  f.keys(74);
  auto done = f.decide();
  BOOST_TEST(done.send.at(0).items.size() == 64u);
  BOOST_TEST(done.refuse.empty());
}

BOOST_AUTO_TEST_CASE(pages_and_finds_are_bounded_each) {
  fixture f{{.other_limit = 3}};
  f.busy_worker();
  f.keys(4, work::page);
  f.keys(3, work::find);
  auto done = f.decide();
  BOOST_REQUIRE_EQUAL(done.refuse.size(), 1u);
  BOOST_TEST((done.refuse[0].why == error_code::queue_full));
}

BOOST_AUTO_TEST_CASE(a_key_waits_no_longer_than_the_acquire_timeout) {
  fixture f{{.connection_limit = 1, .acquire_timeout = 50ms}};
  f.busy_worker();
  f.keys(1, work::key_by_number, 1h);
  f.now += 50ms;
  BOOST_TEST(f.decide().refuse.empty());
  BOOST_TEST((f.sut.next_look(f.now) == f.now + 1ms));
  f.now += 1ms;
  auto done = f.decide();
  BOOST_REQUIRE_EQUAL(done.refuse.size(), 1u);
  BOOST_TEST((done.refuse[0].why == error_code::timed_out));
  BOOST_TEST(done.refuse[0].waited.count() == 51'000);
}

BOOST_AUTO_TEST_CASE(a_key_waits_no_longer_than_whoever_asked) {
  fixture f;
  auto worker = f.busy_worker();
  f.keys(1, work::key_by_number, 20ms);
  f.keys(1, work::key_by_number, 10ms);
  f.keys(1, work::key_by_number, 60s);
  f.now += 11ms;
  auto done = f.decide();
  BOOST_REQUIRE_EQUAL(done.refuse.size(), 1u);
  BOOST_TEST(done.refuse[0].which == f.last - 1);
  f.now += 10ms;
  BOOST_TEST(f.decide().refuse.at(0).which == f.last - 2);
  f.sut.succeeded(worker, 1ms, f.now);
  BOOST_TEST(f.decide().send.at(0).items.size() == 1u);
}

BOOST_AUTO_TEST_CASE(no_time_left_is_enough_for_a_free_worker) {
  fixture f;
  f.idle_worker();
  f.keys(1, work::key_by_number, 0ms);
  BOOST_TEST(f.decide().send.size() == 1u);
}

// -- failures ---------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_keys_of_a_failed_group_are_asked_again_each_alone_and_then_given_up) {
  fixture f;
  auto worker = f.idle_worker();
  f.keys(3);
  f.decide();
  f.sut.failed(worker, error_code::database_unavailable, true, f.now);
  BOOST_TEST(f.sut.retries() == 3u);
  for (int i = 0; i < 3; ++i) {
    auto done = f.decide();
    BOOST_TEST(done.send.at(0).items.size() == 1u);
    BOOST_TEST(done.close.empty());
    if (i == 1)
      f.sut.failed(worker, error_code::database_unavailable, true, f.now);
    else
      BOOST_TEST(f.sut.succeeded(worker, 1ms, f.now).size() == 1u);
    if (i == 2) {
      BOOST_REQUIRE_EQUAL(done.refuse.size(), 1u);
      BOOST_TEST((done.refuse[0].why == error_code::database_unavailable));
      BOOST_TEST(done.refuse[0].which == f.last - 1);
      BOOST_TEST(done.refuse[0].retry_after.count() == 1);
    }
  }
  BOOST_TEST(f.sut.waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(a_lost_connection_is_closed_and_so_are_the_idle_ones) {
  fixture f{{.breaker = {.failures = 0}}};
  auto one = f.busy_worker();
  f.keys(64);
  auto two = f.decide().open.at(0);
  f.sut.connected(two, f.now);
  f.decide();
  f.sut.succeeded(one, 1ms, f.now);
  f.sut.failed(two, error_code::database_unavailable, false, f.now);
  auto done = f.decide();
  BOOST_TEST(done.close.size() == 2u);
  BOOST_REQUIRE_EQUAL(done.open.size(), 1u);
  BOOST_TEST(done.open[0] > two);
  f.sut.connected(done.open[0], f.now);
  BOOST_TEST(f.decide().send.at(0).items.size() == 1u);
}

BOOST_AUTO_TEST_CASE(messages_of_workers_that_are_gone_change_nothing) {
  fixture f;
  auto worker = f.busy_worker();
  f.sut.failed(worker, error_code::database_unavailable, false, f.now);
  f.decide();
  f.sut.connected(worker, f.now);
  f.sut.failed(worker, error_code::database_unavailable, true, f.now);
  f.sut.lost(worker, f.now);
  BOOST_TEST(f.sut.succeeded(worker, 1ms, f.now).empty());
  BOOST_TEST(f.sut.connections() == 1u); // its replacement
  BOOST_TEST(f.sut.waiting() == 1u);
}

BOOST_AUTO_TEST_CASE(with_the_database_gone_all_is_refused_at_once_and_one_attempt_follows_the_other) {
  fixture f;
  f.keys(70);
  auto first = f.decide().open.at(0);
  f.sut.connect_failed(first, f.now);
  auto done = f.decide();
  BOOST_TEST(done.refuse.size() == 70u);
  for (auto& x : done.refuse) {
    BOOST_TEST((x.why == error_code::database_unavailable));
    BOOST_TEST(x.retry_after.count() == 1);
  }
  BOOST_TEST(done.open.empty());
  BOOST_TEST(!f.sut.available(f.now));

  auto start = f.now;
  auto longest = 0ms;
  for (int attempt = 0; attempt < 8; ++attempt) {
    auto next = f.sut.next_look(f.now);
    longest = std::max(longest, std::chrono::duration_cast<std::chrono::milliseconds>(next - f.now));
    BOOST_TEST((next > f.now));
    f.keys(1);
    BOOST_TEST(f.decide().refuse.size() == 1u);
    f.now = next;
    auto opened = f.decide().open; // without a key
    BOOST_REQUIRE_EQUAL(opened.size(), 1u);
    f.keys(1);
    BOOST_TEST(f.decide().refuse.size() == 1u); // nobody waits for an attempt
    f.sut.connect_failed(opened[0], f.now);
    f.decide();
  }
  BOOST_TEST(longest.count() > 900);
  BOOST_TEST(longest.count() <= 2'000);
  BOOST_TEST((f.now - start < 16s));

  f.now = f.sut.next_look(f.now);
  f.sut.connected(f.decide().open.at(0), f.now);
  BOOST_TEST(f.sut.available(f.now));
  f.keys(1);
  BOOST_TEST(f.decide().send.size() == 1u);
}

BOOST_AUTO_TEST_CASE(retry_after_is_the_time_until_the_next_attempt_in_whole_seconds) {
  fixture f{{.backoff_min = 10s, .backoff_max = 10s}};
  f.break_down();
  auto left = f.sut.next_look(f.now) - f.now;
  f.keys(1);
  auto done = f.decide();
  BOOST_TEST((done.refuse.at(0).retry_after >= left));
  BOOST_TEST((done.refuse.at(0).retry_after < left + 1s));
}

BOOST_AUTO_TEST_CASE(a_server_that_is_merely_full_does_not_stop_the_connection_that_works) {
  fixture f;
  auto worker = f.busy_worker();
  f.keys(64);
  f.sut.connect_failed(f.decide().open.at(0), f.now);
  auto done = f.decide();
  BOOST_TEST(done.refuse.empty());
  BOOST_TEST(done.open.empty()); // not before the backoff
  BOOST_TEST(f.sut.available(f.now));
  f.sut.succeeded(worker, 1ms, f.now);
  BOOST_TEST(f.decide().send.at(0).items.size() == 64u);
}

BOOST_AUTO_TEST_CASE(a_frozen_server_is_unavailable_once_its_connections_are_stuck) {
  fixture f;
  auto worker = f.busy_worker();
  f.keys(64);
  auto second = f.decide().open.at(0);
  f.now += 900ms;
  f.sut.connect_failed(second, f.now);
  f.keys(1);
  BOOST_TEST(f.decide().refuse.empty());
  BOOST_TEST((f.sut.next_look(f.now) <= f.now + 100ms));
  f.now += 100ms;
  BOOST_TEST(f.decide().refuse.size() == 65u);
  // It thaws: the statement ends, all is well.
  f.sut.succeeded(worker, 3s, f.now);
  BOOST_TEST(f.sut.available(f.now));
  f.keys(1);
  BOOST_TEST(f.decide().send.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_group_that_fails_while_the_database_is_known_to_be_gone_is_not_asked_again) {
  fixture f;
  auto worker = f.busy_worker();
  f.keys(64);
  auto second = f.decide().open.at(0);
  f.now += 2s;
  f.sut.connect_failed(second, f.now);
  f.decide();
  f.sut.failed(worker, error_code::database_unavailable, false, f.now);
  auto done = f.decide();
  BOOST_REQUIRE_EQUAL(done.refuse.size(), 1u);
  BOOST_TEST((done.refuse[0].why == error_code::database_unavailable));
  BOOST_TEST(f.sut.retries() == 0u);
}

BOOST_AUTO_TEST_CASE(a_worker_that_dies_is_replaced_after_a_backoff_and_its_keys_asked_again) {
  fixture f;
  auto worker = f.idle_worker();
  f.keys(2);
  f.decide();
  f.sut.lost(worker, f.now);
  auto done = f.decide();
  BOOST_TEST(done.open.empty());
  BOOST_TEST(done.refuse.empty());
  auto next = f.sut.next_look(f.now);
  BOOST_TEST((next > f.now));
  BOOST_TEST((next <= f.now + 100ms));
  f.now = next;
  auto replacement = f.decide().open.at(0);
  f.sut.connected(replacement, f.now);
  BOOST_TEST(f.decide().send.at(0).items.size() == 1u);
  f.sut.lost(replacement, f.now); // one key's second failure; the other has its second chance before it
  auto after = f.decide();
  BOOST_TEST(after.refuse.size() == 1u);
  BOOST_TEST((f.sut.next_look(f.now) >= f.now + 100ms)); // the backoff grows
}

BOOST_AUTO_TEST_SUITE_END()
