#include "actors/store_writer.hpp"

#include "tests/actors/scripted_store.hpp"
#include "tests/actors/threaded.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::testing;
using tessera::test::eventually;

namespace {

struct fixture {
  explicit fixture(store_writer_settings with = {}, std::size_t queue_limit = 10'000)
      : settings(with), audits(std::make_shared<audit_queue>(queue_limit)) {
    settings.backoff_min = 5ms;
    settings.backoff_max = 20ms;
    start();
  }
  ~fixture() {
    store->change([](auto& x) { x = {}; });
    caf::anon_send_exit(writer, caf::exit_reason::user_shutdown);
  }

  void start() {
    writer = system.spawn<caf::detached>(store_writer, settings, store, audits, slot, &metrics, steady_clock_source());
  }

  void write(audit_entry line) {
    audits->put(std::move(line));
    caf::anon_send(writer, audit_waits{});
  }
  void write(int from, int count) {
    for (int i = from; i < from + count; ++i)
      write({"cache.clear", std::to_string(i), "request", "local", utc_time{1'700'000'000'000ms + i * 1ms}});
  }

  /// Returns the subjects of the lines that the store has, in order.
  std::vector<int> written() const {
    std::vector<int> result;
    for (auto& batch : store->seen().appends)
      for (auto& line : batch)
        result.push_back(std::stoi(line.subject));
    return result;
  }

  static std::vector<int> range(int from, int count) {
    std::vector<int> result;
    for (int i = from; i < from + count; ++i)
      result.push_back(i);
    return result;
  }

  bool ended() {
    return eventually(20s, [&] { return read(metrics.waiting) == 0 && store->seen().connections_now == 0; });
  }

  store_writer_settings settings;
  std::shared_ptr<audit_queue> audits;
  threaded_config config;
  std::shared_ptr<scripted_store> store = std::make_shared<scripted_store>();
  std::shared_ptr<connection_slot> slot = std::make_shared<connection_slot>();
  writer_metrics metrics;
  caf::actor_system system{config};
  store_writer_actor writer;
};

} // namespace

BOOST_AUTO_TEST_SUITE(store_writer_test)

BOOST_AUTO_TEST_CASE(a_line_reaches_the_store_whole) {
  fixture f;
  f.write(7, 1);
  BOOST_REQUIRE(eventually(20s, [&] { return f.written().size() == 1; }));
  auto line = f.store->seen().appends.at(0).at(0);
  BOOST_TEST((line == audit_entry{"cache.clear", "7", "request", "local", utc_time{1'700'000'000'007ms}}));
  BOOST_TEST(eventually(20s, [&] { return read(f.metrics.written) == 1 && read(f.metrics.waiting) == 0; }));
}

BOOST_AUTO_TEST_CASE(what_gathers_during_a_write_goes_together_in_order) {
  fixture f;
  f.store->change([](auto& x) { x.hold_statements = true; });
  f.write(0, 1);
  BOOST_REQUIRE(eventually(20s, [&] { return f.store->seen().append_attempts == 1; }));
  f.write(1, 150);
  f.store->change([](auto& x) { x.hold_statements = false; });
  BOOST_REQUIRE(eventually(20s, [&] { return f.written().size() == 151; }));
  BOOST_TEST(f.written() == fixture::range(0, 151), boost::test_tools::per_element());
  auto appends = f.store->seen().appends;
  BOOST_REQUIRE_EQUAL(appends.size(), 3u);
  BOOST_TEST(appends[1].size() == 100u);
}

BOOST_AUTO_TEST_CASE(lines_are_kept_until_the_store_takes_them) {
  fixture f;
  f.store->change([](auto& x) { x.refuse_connects = true; });
  f.write(0, 20);
  BOOST_REQUIRE(eventually(20s, [&] { return f.store->seen().connect_attempts >= 3; }));
  f.store->change([](auto& x) {
    x.refuse_connects = false;
    x.refuse_appends = true;
  });
  BOOST_REQUIRE(eventually(20s, [&] { return f.store->seen().append_attempts >= 3; }));
  f.store->change([](auto& x) { x.refuse_appends = false; });
  BOOST_REQUIRE(eventually(20s, [&] { return f.written().size() == 20; }));
  BOOST_TEST(f.written() == fixture::range(0, 20), boost::test_tools::per_element());
  BOOST_TEST(f.store->seen().used_after_failure == 0u);
  BOOST_TEST(read(f.metrics.dropped) == 0u);
}

BOOST_AUTO_TEST_CASE(the_queue_is_bounded_and_what_is_lost_is_counted) {
  fixture f{{}, 10};
  f.store->change([](auto& x) { x.refuse_connects = true; });
  f.write(0, 25);
  BOOST_REQUIRE(eventually(20s, [&] { return read(f.metrics.dropped) == 15; }));
  BOOST_TEST(read(f.metrics.waiting) == 10u);
  f.store->change([](auto& x) { x.refuse_connects = false; });
  BOOST_REQUIRE(eventually(20s, [&] { return f.written().size() == 10; }));
  BOOST_TEST(f.written() == fixture::range(0, 10), boost::test_tools::per_element());
  f.write(30, 1);
  BOOST_TEST(eventually(20s, [&] { return f.written().size() == 11; }));
}

BOOST_AUTO_TEST_CASE(a_line_that_the_store_rejects_does_not_hold_up_the_others) {
  fixture f{{.rejections_limit = 3}};
  f.store->change([](auto& x) {
    x.refuse_connects = true;
    x.rejected_actions = {"odd"};
  });
  f.write(0, 2);
  f.write({"odd", "2", "request", "local", utc_time{1ms}});
  f.write(3, 2);
  f.store->change([](auto& x) { x.refuse_connects = false; });
  BOOST_REQUIRE(eventually(20s, [&] { return f.written().size() == 4; }));
  BOOST_TEST((f.written() == std::vector<int>{0, 1, 3, 4}));
  BOOST_TEST(eventually(20s, [&] { return read(f.metrics.waiting) == 0; }));
  BOOST_TEST(read(f.metrics.dropped) == 1u);
}

BOOST_AUTO_TEST_CASE(a_successor_writes_what_a_writer_that_was_killed_has_not) {
  fixture f;
  f.store->change([](auto& x) { x.refuse_connects = true; });
  f.write(0, 20);
  BOOST_REQUIRE(eventually(20s, [&] { return f.store->seen().connect_attempts >= 1; }));
  inbox<int> ended;
  caf::actor_cast<caf::actor>(f.writer)->attach_functor([&] { ended.put(1); });
  caf::anon_send_exit(f.writer, caf::exit_reason::kill);
  BOOST_REQUIRE(ended.wait_for(1));
  f.write(20, 1); // to one that is dead
  f.store->change([](auto& x) { x.refuse_connects = false; });
  f.start();
  BOOST_REQUIRE(eventually(20s, [&] { return f.written().size() == 21; }));
  BOOST_TEST(f.written() == fixture::range(0, 21), boost::test_tools::per_element());
  BOOST_TEST(read(f.metrics.dropped) == 0u);
}

BOOST_AUTO_TEST_CASE(an_end_writes_what_came_before_it) {
  fixture f;
  f.store->change([](auto& x) { x.hold_statements = true; });
  f.write(0, 1);
  BOOST_REQUIRE(eventually(20s, [&] { return f.store->seen().append_attempts == 1; }));
  f.write(1, 250);
  caf::anon_send_exit(f.writer, caf::exit_reason::user_shutdown);
  f.store->change([](auto& x) { x.hold_statements = false; });
  BOOST_TEST(f.ended());
  BOOST_TEST(f.written() == fixture::range(0, 251), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_end_waits_for_a_store_that_is_gone_no_longer_than_its_limit) {
  fixture f{{.flush_limit = 100ms}};
  f.store->change([](auto& x) { x.refuse_connects = true; });
  f.write(0, 5);
  auto began = std::chrono::steady_clock::now();
  caf::anon_send_exit(f.writer, caf::exit_reason::user_shutdown);
  BOOST_TEST(eventually(20s, [&] { return read(f.metrics.dropped) == 5; }));
  BOOST_TEST((std::chrono::steady_clock::now() - began >= 90ms));
  BOOST_TEST(f.store->seen().connect_attempts > 1u);
}

BOOST_AUTO_TEST_CASE(a_write_that_hangs_can_be_interrupted) {
  fixture f{{.flush_limit = 1h}};
  f.store->change([](auto& x) { x.hold_statements = true; });
  f.write(0, 1);
  BOOST_REQUIRE(eventually(20s, [&] { return f.store->seen().append_attempts == 1; }));
  caf::anon_send_exit(f.writer, caf::exit_reason::user_shutdown);
  f.slot->interrupt();
  BOOST_TEST(eventually(20s, [&] { return read(f.metrics.dropped) == 1; }));
  BOOST_TEST(f.ended());
}

BOOST_AUTO_TEST_SUITE_END()
