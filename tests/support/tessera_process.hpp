#pragma once

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <chrono>
#include <cstdint>
#include <httplib.h>
#include <memory>
#include <string>
#include <vector>

namespace tessera::test {

/// Returns the path of the program under test. Throws std::runtime_error if the build has none.
std::string tessera_program();

/// Runs a subcommand to its end, in a working directory of its own and without the caller's settings in the
/// environment. Throws std::runtime_error with its output if it does not exit with 0; returns the output.
std::string run_tessera(const std::vector<std::string>& arguments,
                        std::chrono::milliseconds timeout = std::chrono::minutes{2});

/// `tessera serve` on ports of 127.0.0.1 of its own, ready to be asked; ends with this object. Its working directory is
/// a temp_dir, relative paths lie there. Of the caller's environment it sees no settings, only what `environment` says.
class tessera_process {
public:
  struct options {
    std::vector<std::string> arguments{};   ///< for `serve`, beside the two addresses
    std::vector<std::string> environment{}; ///< NAME=VALUE each
    bool limits = false;                    ///< per client; else --no-limits: a test is one client that asks a lot
    bool tls = false;                       ///< the arguments make it speak TLS
    bool wait_until_ready = true;           ///< until /api/v1/health/ready answers 200
    std::chrono::milliseconds ready_timeout{30'000};
  };

  /// Starts the program. Throws std::runtime_error with its log if it ends early or is not ready in time.
  explicit tessera_process(std::vector<std::string> arguments);
  explicit tessera_process(options how);

  /// The port of the public API.
  std::uint16_t port() const noexcept {
    return port_;
  }

  /// The port of the operator plane.
  std::uint16_t operator_port() const noexcept {
    return operator_port_;
  }

  pid_t pid() const noexcept {
    return process_->pid();
  }

  /// Returns a new client of the public API, with keep-alive and ample timeouts; it believes any certificate.
  std::unique_ptr<httplib::Client> client() const;

  /// Returns whether /api/v1/health/ready answers 200 now.
  bool ready() const;

  bool running() {
    return process_->running();
  }

  void signal(int number) {
    process_->signal(number);
  }

  /// Waits for the end; see process::wait.
  std::optional<int> wait(std::chrono::milliseconds timeout) {
    return process_->wait(timeout);
  }

  /// Asks the program to stop (SIGTERM), waits, and returns its exit code; 137 if it had to be killed.
  int stop() {
    return process_->terminate();
  }

  /// Returns what it has logged and printed so far.
  std::string log() const {
    return process_->output();
  }

  const temp_dir& directory() const noexcept {
    return dir_;
  }

private:
  enum class start_result { up, port_taken };
  start_result start(const options& how);

  temp_dir dir_;
  bool tls_ = false;
  std::uint16_t port_ = 0;
  std::uint16_t operator_port_ = 0;
  std::unique_ptr<process> process_;
};

} // namespace tessera::test
