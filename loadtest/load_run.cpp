#include "loadtest/load_run.hpp"

#include "loadtest/shared_counts.hpp"
#include "loadtest/user_load.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <thread>

namespace tessera::loadtest {

namespace {

using namespace std::chrono_literals;

/// Forking and setting up comes before the first user.
constexpr auto head_start = 200ms;

constexpr auto observing_interval = 100ms;

/// The processes of a run. Those that still run are killed with it.
class crew {
public:
  crew() = default;
  crew(const crew&) = delete;
  crew& operator=(const crew&) = delete;
  ~crew() {
    for (auto pid : running_)
      ::kill(pid, SIGKILL);
    while (!running_.empty())
      reap(0);
  }

  /// Runs `work` in a process of its own; returns false, with errno, if there is none.
  template <class Work>
  bool start(Work work) {
    auto parent = ::getpid();
    auto pid = ::fork();
    if (pid < 0)
      return false;
    if (pid > 0) {
      running_.push_back(pid);
      return true;
    }
    // It ends with its parent, who alone hears Ctrl-C.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::signal(SIGINT, SIG_IGN);
    if (::getppid() != parent)
      ::_exit(EXIT_FAILURE);
    try {
      work();
    } catch (const std::exception&) {
      ::_exit(EXIT_FAILURE);
    }
    ::_exit(EXIT_SUCCESS);
  }

  bool all_ended() {
    while (!running_.empty() && reap(WNOHANG)) {
    }
    return running_.empty();
  }

  bool failed() const noexcept {
    return failed_;
  }

private:
  /// Takes note of one that has ended; returns whether there was one.
  bool reap(int flags) {
    for (auto each = running_.begin(); each != running_.end(); ++each) {
      int how = 0;
      if (::waitpid(*each, &how, flags) != *each)
        continue;
      failed_ = failed_ || !WIFEXITED(how) || WEXITSTATUS(how) != EXIT_SUCCESS;
      running_.erase(each);
      return true;
    }
    return false;
  }

  std::vector<pid_t> running_;
  bool failed_ = false;
};

run_progress progress_of(const shared_counts& counts, std::size_t processes, std::chrono::nanoseconds elapsed) {
  run_progress result{std::max(elapsed, 0ns)};
  for (std::size_t i = 0; i < processes; ++i) {
    const auto& live = counts.of(i).live;
    auto of = [&](outcome which) { return live.outcomes[index_of(which)].load(std::memory_order_relaxed); };
    result.users += live.users.load(std::memory_order_relaxed);
    result.wrong += of(outcome::wrong);
    result.refused += of(outcome::refused);
    result.failed += of(outcome::failed);
    result.answered += of(outcome::good) + of(outcome::wrong) + of(outcome::refused) + of(outcome::failed);
  }
  return result;
}

} // namespace

result<run_outcome> run_load(const load_plan& plan, std::span<const load_member> members,
                             std::span<const issued_card> cards, const run_observer& observer) {
  using clock = std::chrono::steady_clock;
  shared_counts counts{plan.processes, plan.length()};
  auto begin = clock::now() + head_start;
  crew at_work;
  for (std::size_t i = 0; i < plan.processes; ++i) {
    bool started = at_work.start([&] {
      user_load{{plan, members, cards, i, begin, counts.stopping()}, counts.of(i)}.run();
    });
    if (!started)
      return failure{error_code::internal, "No process can be started: " + std::string{std::strerror(errno)} + "."};
  }
  bool stopped = false;
  while (!at_work.all_ended()) {
    if (at_work.failed())
      return failure{error_code::internal, "A process of the load has crashed."};
    if (!stopped && !observer(progress_of(counts, plan.processes, clock::now() - begin))) {
      counts.stopping() = true;
      stopped = true;
    }
    std::this_thread::sleep_for(observing_interval);
  }
  if (at_work.failed())
    return failure{error_code::internal, "A process of the load has crashed."};
  observer(progress_of(counts, plan.processes, clock::now() - begin));
  return run_outcome{counts.totals(), counts.timeline(), stopped};
}

} // namespace tessera::loadtest
