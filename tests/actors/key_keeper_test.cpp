#include "actors/key_keeper.hpp"

#include "tests/actors/scripted_store.hpp"
#include "tests/actors/threaded.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::testing;
using tessera::test::eventually;

namespace {

new_api_key key_of(std::uint8_t number) {
  key_seed bytes{};
  bytes.fill(number);
  return make_api_key(bytes);
}

api_key_record record_of(const new_api_key& key) {
  api_key_record row;
  row.id = key.id.text();
  row.hash = key.hash;
  row.scopes = {scope::lookup};
  return row;
}

struct fixture {
  explicit fixture(key_keeper_settings settings = {.interval = 2ms}) {
    keeper = system.spawn<caf::detached>(key_keeper, settings, store, slot, keys, &metrics, steady_clock_source());
  }
  ~fixture() {
    store->change([](auto& x) { x = {}; });
    caf::anon_send_exit(keeper, caf::exit_reason::user_shutdown);
  }

  void put(const new_api_key& key) {
    store->change([&](auto& x) { x.keys.push_back(record_of(key)); });
  }

  key_state state_of(const new_api_key& key) {
    return keys->get()->judge(read_api_key(key.text), utc_time{1ms}).state;
  }

  bool becomes(const new_api_key& key, key_state state) {
    return eventually(20s, [&] { return state_of(key) == state; });
  }

  threaded_config config;
  std::shared_ptr<scripted_store> store = std::make_shared<scripted_store>();
  std::shared_ptr<connection_slot> slot = std::make_shared<connection_slot>();
  std::shared_ptr<key_ring_slot> keys = std::make_shared<key_ring_slot>(std::make_shared<const key_ring>());
  key_metrics metrics;
  caf::actor_system system{config};
  key_keeper_actor keeper;
};

/// Before any actor system.
const std::size_t threads_at_start = thread_count();

} // namespace

BOOST_AUTO_TEST_SUITE(key_keeper_test)

BOOST_AUTO_TEST_CASE(a_waiting_keeper_does_not_hold_up_the_end) {
  {
    fixture f{{.interval = 1h}};
    BOOST_REQUIRE(eventually(20s, [&] { return read(f.metrics.refreshes) == 1; }));
  }
  BOOST_TEST(eventually(20s, [&] { return thread_count() == threads_at_start; }));
}

BOOST_AUTO_TEST_CASE(a_key_that_is_added_revoked_or_gone_is_noticed) {
  fixture f;
  auto key = key_of(1);
  BOOST_TEST((f.state_of(key) == key_state::unknown));
  f.put(key);
  BOOST_TEST(f.becomes(key, key_state::valid));
  f.store->change([](auto& x) { x.keys.at(0).revoked = utc_time{}; });
  BOOST_TEST(f.becomes(key, key_state::revoked));
  f.store->change([](auto& x) { x.keys.clear(); });
  BOOST_TEST(f.becomes(key, key_state::unknown));
  BOOST_TEST(f.keys->get()->configured()); // the service does not open again
  BOOST_TEST(f.store->seen().connections_opened == 1u);
}

BOOST_AUTO_TEST_CASE(what_has_not_changed_is_not_put_again) {
  fixture f;
  f.put(key_of(1));
  BOOST_REQUIRE(f.becomes(key_of(1), key_state::valid));
  auto epoch = f.keys->epoch();
  auto refreshes = read(f.metrics.refreshes);
  BOOST_REQUIRE(eventually(20s, [&] { return read(f.metrics.refreshes) > refreshes + 5; }));
  BOOST_TEST(f.keys->epoch() == epoch);
  BOOST_TEST(read(f.metrics.keys) == 1u);
}

BOOST_AUTO_TEST_CASE(keys_stay_in_force_while_the_store_is_away) {
  fixture f;
  auto before = key_of(1);
  f.put(before);
  BOOST_REQUIRE(f.becomes(before, key_state::valid));
  f.store->change([](auto& x) {
    x.refuse_connects = true;
    x.refuse_key_reads = true;
  });
  auto later = key_of(2);
  f.put(later);
  auto failures = read(f.metrics.failures);
  BOOST_REQUIRE(eventually(20s, [&] { return read(f.metrics.failures) > failures + 5; }));
  BOOST_TEST((f.state_of(before) == key_state::valid));
  BOOST_TEST((f.state_of(later) == key_state::unknown));
  f.store->change([](auto& x) {
    x.refuse_connects = false;
    x.refuse_key_reads = false;
  });
  BOOST_TEST(f.becomes(later, key_state::valid));
  BOOST_TEST(f.store->seen().used_after_failure == 0u);
}

BOOST_AUTO_TEST_CASE(a_store_that_throws_has_failed_like_any_other) {
  fixture f;
  f.store->change([](auto& x) { x.throw_at_key_reads = true; });
  BOOST_REQUIRE(eventually(20s, [&] { return read(f.metrics.failures) > 2; }));
  f.store->change([](auto& x) { x.throw_at_key_reads = false; });
  f.put(key_of(1));
  BOOST_TEST(f.becomes(key_of(1), key_state::valid));
}

BOOST_AUTO_TEST_CASE(the_age_of_the_keys_is_that_of_the_last_reading_that_succeeded) {
  fixture f;
  BOOST_REQUIRE(eventually(20s, [&] { return read(f.metrics.refreshes) > 0; }));
  f.store->change([](auto& x) { x.refuse_key_reads = x.refuse_connects = true; });
  auto failures = read(f.metrics.failures);
  BOOST_REQUIRE(eventually(20s, [&] { return read(f.metrics.failures) > failures + 1; }));
  auto since = read(f.metrics.refreshed_ms);
  failures = read(f.metrics.failures);
  BOOST_REQUIRE(eventually(20s, [&] { return read(f.metrics.failures) > failures + 1; }));
  BOOST_TEST(read(f.metrics.refreshed_ms) == since);
  f.store->change([](auto& x) { x.refuse_key_reads = x.refuse_connects = false; });
  BOOST_TEST(eventually(20s, [&] { return read(f.metrics.refreshed_ms) > since; }));
}

BOOST_AUTO_TEST_CASE(a_reading_that_hangs_can_be_interrupted) {
  {
    fixture f;
    f.store->change([](auto& x) { x.hold_key_reads = true; });
    BOOST_REQUIRE(eventually(20s, [&] { return f.store->seen().key_reads_held == 1; }));
    f.slot->interrupt();
    caf::anon_send_exit(f.keeper, caf::exit_reason::user_shutdown);
    BOOST_TEST(eventually(20s, [&] { return f.store->seen().connections_now == 0; }));
    BOOST_TEST(read(f.metrics.failures) == 0u); // an end is no failure
  }
  BOOST_TEST(eventually(20s, [&] { return thread_count() == threads_at_start; }));
}

BOOST_AUTO_TEST_SUITE_END()
