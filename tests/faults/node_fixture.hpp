#pragma once

#include "config/settings.hpp"
#include "tests/faults/actor_view.hpp"
#include "tests/integration/http/http_client.hpp"
#include "tests/integration/http/program_run.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace tessera::test {

using namespace std::chrono_literals;

/// How long anything may take on a slow machine.
inline constexpr std::chrono::seconds patience{30};

/// A node in this process whose limits per client are off, and a key that may do everything.
struct node_fixture {
  explicit node_fixture(std::string store_url) : store(std::move(store_url)) {
    spdlog::set_level(spdlog::level::off); // the deaths of actors are errors, and wanted here
  }
  ~node_fixture() {
    spdlog::set_level(spdlog::level::info);
  }

  settings small() const {
    settings all;
    all.gateway.listen = all.operators.listen = {"127.0.0.1", 0};
    all.gateway.io_loops = 2;
    all.workers = 2;
    all.cache.bytes = 16 * 1024 * 1024;
    all.limits.general = all.limits.member_lookup = all.limits.card_generation = all.limits.bulk = 0;
    all.limits.connections = 0;
    all.guessing = {0, 0, 0};
    all.queue.target = 0ms; // waiting long is no overload here
    all.breaker.recovery = 1s;
    all.database.store = store;
    all.redis.secret_file = dir / "secret";
    return all;
  }

  void start(settings all) {
    all = resolve(std::move(all), 2);
    if (auto checked = validate(all); !checked)
      throw std::runtime_error(checked.error().detail);
    sut = std::make_unique<node>(all, "test", [this](std::string why) {
      std::lock_guard guard{mutex};
      fatal.push_back(std::move(why));
    });
    if (auto started = sut->start(); !started)
      throw std::runtime_error(started.error().detail);
  }

  std::vector<std::string> fatal_reasons() {
    std::lock_guard guard{mutex};
    return fatal;
  }

  void make_key() {
    auto end = run_program({"keys", "create", "--name", "test", "--scopes", "lookup,issue,operate", "--store", store});
    BOOST_REQUIRE_EQUAL(end.code, 0);
    headers = "Authorization: Bearer " + end.output.substr(0, end.output.find('\n')) + "\r\n";
  }

  raw_response ask_for(const std::string& number) const {
    return get(sut->port(), member_path + number, headers);
  }
  raw_response clear(const std::string& id) const {
    return ask(sut->port(), request("DELETE", clear_path + id, headers));
  }

  std::string store;
  std::string headers; ///< whole lines, for every request
  temp_dir dir;
  std::mutex mutex;
  std::vector<std::string> fatal; ///< guarded by mutex
  std::unique_ptr<node> sut;
};

/// An actor that somebody kills, and one that throws.
inline const caf::error reasons[] = {caf::make_error(caf::exit_reason::kill), caf::make_error(caf::sec::runtime_error)};

/// Ends an actor before it handles what waits in its mailbox.
inline void end(const caf::actor& whom, const caf::error& reason) {
  if (whom)
    caf::anon_send<caf::message_priority::high>(whom, caf::exit_msg{whom.address(), reason});
}

/// Ends the actor that `which` is at present, and returns how long it takes until there is a successor.
inline std::chrono::microseconds replace(const actor_view::victim& which, const caf::error& reason) {
  caf::actor_addr before;
  BOOST_REQUIRE(eventually(patience, [&] {
    auto alive = which.now();
    before = caf::actor_cast<caf::actor_addr>(alive);
    end(alive, reason);
    return static_cast<bool>(alive);
  }));
  auto since = std::chrono::steady_clock::now();
  bool replaced = eventually(patience, [&] {
    auto now = which.now();
    return now && now.address() != before;
  });
  auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - since);
  BOOST_TEST(replaced, which.name << " has no successor");
  return took;
}

} // namespace tessera::test
