#pragma once

#include "guard/pool_plan.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>

namespace tessera::testing {

/// A plan whose owner and workers a test plays, with a manual clock.
struct pool_plan_fixture {
  explicit pool_plan_fixture(pool_plan_settings with = {}) : sut(with) {
  }

  void keys(std::size_t count, pool_plan::work kind = pool_plan::work::key_by_number,
            std::chrono::milliseconds time_left = std::chrono::minutes{1}) {
    for (std::size_t i = 0; i < count; ++i)
      sut.add(++last, kind, time_left, now);
  }

  pool_plan::decisions decide() {
    return sut.decide(now);
  }

  /// Opens a connection by a need; leaves it busy with that one key.
  pool_plan::worker busy_worker() {
    keys(1);
    auto number = decide().open.at(0);
    sut.connected(number, now);
    BOOST_REQUIRE_EQUAL(decide().send.size(), 1u);
    return number;
  }

  /// A connection that has nothing to do.
  pool_plan::worker idle_worker(std::chrono::microseconds statement = std::chrono::microseconds{200}) {
    auto number = busy_worker();
    sut.succeeded(number, statement, now);
    decide();
    return number;
  }

  /// Makes the database unavailable.
  void break_down() {
    keys(1);
    auto number = decide().open.at(0);
    sut.connect_failed(number, now);
    decide();
  }

  pool_plan sut;
  pool_plan::time_point now = pool_plan::time_point{} + std::chrono::hours{1};
  pool_plan::item last = 0;
};

} // namespace tessera::testing
