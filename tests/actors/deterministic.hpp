#pragma once

#include "actors/furniture.hpp"
#include "messages/types.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <chrono>
#include <utility>
#include <vector>

namespace tessera::testing {

/// An actor system whose actors run only inside `run` and `advance`, in the order in which they were woken, and whose
/// time stands still in between.
class deterministic_system {
public:
  deterministic_system() : system_(prepare(config_)), scheduler_(dynamic_cast<coordinator&>(system_.scheduler())) {
    scheduler_.clock().current_time += std::chrono::hours{1};
  }
  deterministic_system(const deterministic_system&) = delete;
  deterministic_system& operator=(const deterministic_system&) = delete;

  ~deterministic_system() {
    for (auto& each : spawned_)
      caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
    run();
    spawned_.clear();
    scheduler_.trigger_timeouts();
    run();
  }

  /// Spawns what ends with the system. Give at least one argument besides `function`: CAF dereferences a null pointer
  /// to the arguments where there are none.
  template <class Function, class... Args>
  auto spawn(Function function, Args&&... args) {
    auto made = system_.spawn(function, std::forward<Args>(args)...);
    spawned_.push_back(caf::actor_cast<caf::actor>(made));
    run();
    return made;
  }

  /// Lets everybody handle what waits in their mailboxes.
  void run() {
    while (scheduler_.try_run_once()) {
    }
  }

  /// Passes time, in steps of a millisecond, and runs whoever is woken by it.
  void advance(std::chrono::milliseconds span) {
    run();
    for (; span.count() > 0; --span) {
      scheduler_.advance_time(std::chrono::milliseconds{1});
      run();
    }
  }

  template <class Handle, class Message>
  void send(const Handle& to, Message message) {
    caf::anon_send(to, std::move(message));
    run();
  }

  steady_time now() {
    return scheduler_.clock().now();
  }
  clock_source clock() {
    return [this] { return now(); };
  }
  bool has_pending_timeout() const {
    return scheduler_.has_pending_timeout();
  }
  caf::actor_system& system() {
    return system_;
  }

private:
  using coordinator = caf::scheduler::test_coordinator;

  static caf::actor_system_config& prepare(caf::actor_system_config& config) {
    config.set("scheduler.policy", caf::atom("testing"));
    config.set("logger.inline-output", true);
    return config;
  }

  caf::actor_system_config config_;
  caf::actor_system system_;
  coordinator& scheduler_;
  std::vector<caf::actor> spawned_;
};

} // namespace tessera::testing
