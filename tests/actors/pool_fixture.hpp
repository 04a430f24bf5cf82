#pragma once

#include "actors/db_pool.hpp"
#include "tests/actors/scripted_store.hpp"
#include "tests/actors/threaded.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <vector>

namespace tessera::testing {

inline maintenance_actor::behavior_type collecting_maintenance(maintenance_actor::pointer, inbox<page_loaded>* pages,
                                                               inbox<id_number_found>* finds) {
  return {
      [](const clear_member&) {},
      [](const clear_all&) {},
      [](const clear_changes&) {},
      [](const warm_cache&) {},
      [](const alias_resolved&) {},
      [finds](const id_number_found& x) { finds->put(x); },
      [](const invalidated&) {},
      [](const l2_invalidated&) {},
      [pages](const page_loaded& x) { pages->put(x); },
      [](const tick&) {},
      [](const directory&) {},
  };
}

/// One pool on real threads with a scripted store.
struct pool_fixture {
  /// Statements may take as long as they like unless a test says otherwise: it may hold them for long.
  explicit pool_fixture(const pool_plan_settings& plan = {}, std::chrono::milliseconds slow = std::chrono::hours{1},
                        std::chrono::milliseconds statement_timeout = {},
                        std::shared_ptr<member_store> other_store = nullptr) {
    settings.plan = plan;
    settings.plan.statement_timeout = statement_timeout;
    settings.slow_statement = slow;
    client = system.spawn(collecting_client, &answers);
    maintenance = system.spawn(collecting_maintenance, &pages, &finds);
    pool =
        system.spawn(db_pool, settings, other_store ? other_store : store, etag_key{}, &metrics, steady_clock_source());
  }
  ~pool_fixture() {
    store->change([](auto& x) { x = {}; });
    caf::anon_send_exit(pool, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(client, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(maintenance, caf::exit_reason::user_shutdown);
  }

  static std::vector<member_key> keys(std::uint64_t from, std::uint64_t count,
                                      member_key::kind by = member_key::kind::number) {
    std::vector<member_key> result;
    for (std::uint64_t i = 0; i < count; ++i)
      result.push_back({by, from + i});
    return result;
  }

  void ask(std::vector<member_key> what, std::uint32_t time_left_ms = 60'000) {
    caf::anon_send(pool, load_batch{client, std::move(what), time_left_ms});
  }

  /// Asks for one key that blocks in the database; returns when it does.
  void occupy(std::uint64_t key) {
    store->change([&](auto& x) { x.held.insert(key); });
    ask(keys(key, 1));
    BOOST_REQUIRE(test::eventually(std::chrono::seconds{20}, [&] {
      auto seen = store->seen().statements;
      return std::any_of(seen.begin(), seen.end(), [&](auto& x) { return x == std::vector{key}; });
    }));
  }
  void release() {
    store->change([](auto& x) { x.held.clear(); });
  }

  /// Returns the answers' errors by key; fails if a key was answered twice.
  std::map<std::uint64_t, error_code> outcome() const {
    std::map<std::uint64_t, error_code> result;
    for (auto& x : answers.all())
      BOOST_TEST(result.emplace(x.key.value, x.error).second);
    return result;
  }

  threaded_config config;
  std::shared_ptr<scripted_store> store = std::make_shared<scripted_store>();
  inbox<load_answer> answers;
  inbox<page_loaded> pages;
  inbox<id_number_found> finds;
  pool_metrics metrics;
  db_pool_settings settings;
  caf::actor_system system{config};
  load_client_actor client;
  maintenance_actor maintenance;
  db_pool_actor pool;
};

} // namespace tessera::testing
