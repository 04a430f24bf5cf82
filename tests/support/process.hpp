#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace tessera::test {

/// Returns the path of a program, looked for in $PATH and in the sbin directories, which the path of an ordinary user
/// often leaves out. Throws std::runtime_error if there is none.
std::filesystem::path find_program(const std::string& name);

/// A child process that ends with this object at the latest. The system kills it also when the thread that started it
/// ends in any way (PR_SET_PDEATHSIG), so start it from a thread that lives as long as the child shall. Not to be used
/// by two threads at once.
class process {
public:
  struct options {
    std::vector<std::string> arguments;        ///< the first is the program, as for execvp
    std::filesystem::path output;              ///< file that gets stdout and stderr, appended; made if missing
    std::filesystem::path working_directory{}; ///< empty: as the parent
    std::vector<std::string> environment{};    ///< NAME=VALUE each, beside or instead of the inherited ones
    bool inherit_environment = true;           ///< if not: PATH, HOME, TMPDIR, LANG and *SAN_OPTIONS are all it gets
    std::chrono::milliseconds patience{5'000}; ///< from SIGTERM to SIGKILL in terminate()
  };

  /// Starts the program. Throws std::system_error if it cannot be started.
  explicit process(options how);
  ~process();
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  pid_t pid() const noexcept {
    return pid_;
  }

  /// Sends a signal, unless the process has ended.
  void signal(int number);

  /// Stops it from running (SIGSTOP) and returns when all its threads have stopped, or it has ended.
  void freeze();

  /// Lets it run again (SIGCONT).
  void thaw();

  bool running();

  /// Waits for the end and returns the exit code, 128 + signal if a signal ended it, or nothing if it still runs after
  /// `timeout`. May be called again after the end.
  std::optional<int> wait(std::chrono::milliseconds timeout);

  /// Ends the process: SIGCONT (it may be frozen) and SIGTERM, then, when patience has run out, SIGKILL. Returns the
  /// exit code as wait() does.
  int terminate();

  /// Returns all that it has written so far.
  std::string output() const;

private:
  options how_;
  pid_t pid_ = -1;
  std::optional<int> exit_code_;
};

} // namespace tessera::test
