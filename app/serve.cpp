#include "app/serve.hpp"

#include "app/command.hpp"
#include "app/node.hpp"

#include <pthread.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <thread>

namespace tessera {

namespace {

/// A restart would only repeat what has failed five times in ten seconds: the service manager decides (sysexits.h,
/// EX_SOFTWARE).
constexpr int exit_fatal = 70;

/// How much longer than the drain a stop may take before it is cut off: CAF's shutdown can hang (docs/architecture.md).
constexpr std::chrono::seconds stop_grace{15};

sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1})
    sigaddset(&set, signal);
  return set;
}

/// Ends the process if a stop takes too long, or at once on another signal.
class stop_watchdog {
public:
  stop_watchdog(std::chrono::milliseconds limit, const sigset_t& signals)
      : thread_([this, limit, signals] { watch(limit, signals); }) {
  }
  ~stop_watchdog() {
    done_ = true;
    thread_.join();
  }

private:
  void watch(std::chrono::milliseconds limit, sigset_t signals) {
    sigdelset(&signals, SIGUSR1);
    auto deadline = std::chrono::steady_clock::now() + limit;
    while (!done_) {
      timespec wait{0, 50'000'000};
      int signal = ::sigtimedwait(&signals, nullptr, &wait);
      if (signal == SIGTERM || signal == SIGINT) {
        spdlog::warn("A second signal came: ending at once");
        spdlog::default_logger()->flush();
        ::_exit(exit_failure);
      }
      if (std::chrono::steady_clock::now() > deadline) {
        spdlog::error("The stop did not end in time: ending at once");
        spdlog::default_logger()->flush();
        ::_exit(exit_failure);
      }
    }
  }

  std::atomic<bool> done_{false};
  std::thread thread_;
};

} // namespace

int serve(const settings& all) {
  // Blocked before any thread starts, so that all inherit it and this thread alone takes signals.
  auto signals = watched_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  std::atomic<bool> fatal{false};
  node running{all, TESSERA_VERSION, [&fatal](std::string reason) {
                 spdlog::critical("The node cannot go on: {}", reason);
                 fatal = true;
                 ::kill(::getpid(), SIGUSR1);
               }};
  std::atomic<bool> drain{false};
  running.on_drain([&drain] {
    drain = true;
    ::kill(::getpid(), SIGUSR1);
  });
  if (auto started = running.start(); !started)
    return give_up(exit_failure, started.error().detail);
  if (all.no_limits)
    spdlog::warn("LIMITS PER CLIENT ARE OFF (--no-limits): anyone can use this service up. For benchmarks only");
  if (auto port = running.operator_port(); port != 0)
    spdlog::info("Operators: http://{}:{}/ (also /stats, /metrics, /health)", all.operators.listen.host, port);
  spdlog::info("Serving on {}:{}", all.gateway.listen.host, running.port());

  while (!fatal && !drain) {
    running.sample();
    timespec second{1, 0};
    int signal = ::sigtimedwait(&signals, nullptr, &second);
    if (signal == SIGTERM || signal == SIGINT)
      break;
    if (signal == SIGHUP)
      running.reload();
  }
  spdlog::info("Stopping: requests in flight get up to {} s", all.gateway.drain_timeout.count() / 1'000);
  stop_watchdog watchdog{all.gateway.drain_timeout + stop_grace, signals};
  running.stop();
  spdlog::info("Stopped");
  return fatal ? exit_fatal : exit_ok;
}

} // namespace tessera
