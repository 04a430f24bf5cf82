#include "tests/support/tessera_process.hpp"

#include "tests/support/eventually.hpp"
#include "tests/support/free_port.hpp"

#include <stdexcept>

namespace tessera::test {
namespace {

using namespace std::chrono_literals;

// The program lets requests in flight run out for 25 s at most; then it has a watchdog.
constexpr auto stop_patience = 40s;
constexpr int start_attempts = 3;

std::string loopback(std::uint16_t port) {
  return "127.0.0.1:" + std::to_string(port);
}

} // namespace

std::string tessera_program() {
#ifdef TESSERA_PROGRAM
  return TESSERA_PROGRAM;
#else
  throw std::runtime_error("this build has no target tessera");
#endif
}

std::string run_tessera(const std::vector<std::string>& arguments, std::chrono::milliseconds timeout) {
  temp_dir dir;
  std::vector<std::string> all{tessera_program()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  process program({.arguments = std::move(all),
                   .output = dir / "log",
                   .working_directory = dir.path(),
                   .inherit_environment = false});
  auto code = program.wait(timeout);
  if (code != 0)
    throw std::runtime_error("tessera " + (arguments.empty() ? std::string{} : arguments.front())
                             + (code ? " ended with " + std::to_string(*code) : std::string{" did not end in time"})
                             + ":\n" + program.output());
  return program.output();
}

tessera_process::tessera_process(std::vector<std::string> arguments)
    : tessera_process(options{.arguments = std::move(arguments)}) {
}

tessera_process::tessera_process(options how) : tls_(how.tls) {
  for (int attempt = 1; start(how) == start_result::port_taken; ++attempt)
    if (attempt == start_attempts)
      throw std::runtime_error("no free port for tessera:\n" + log());
}

tessera_process::start_result tessera_process::start(const options& how) {
  port_ = free_port();
  do
    operator_port_ = free_port();
  while (operator_port_ == port_);
  std::vector<std::string> arguments{tessera_program(), "serve",      "--listen",
                                     loopback(port_),   "--operator", loopback(operator_port_)};
  if (!how.limits)
    arguments.emplace_back("--no-limits");
  arguments.insert(arguments.end(), how.arguments.begin(), how.arguments.end());
  process_.reset();
  process_ = std::make_unique<process>(process::options{.arguments = std::move(arguments),
                                                        .output = dir_ / "log",
                                                        .working_directory = dir_.path(),
                                                        .environment = how.environment,
                                                        .inherit_environment = false,
                                                        .patience = stop_patience});
  if (!how.wait_until_ready)
    return start_result::up;
  bool answered = eventually(how.ready_timeout, [this] { return !running() || ready(); });
  if (answered && running())
    return start_result::up;
  if (!running() && log().find("listens there already") != std::string::npos)
    return start_result::port_taken;
  throw std::runtime_error("tessera is not ready:\n" + log());
}

std::unique_ptr<httplib::Client> tessera_process::client() const {
  auto result = std::make_unique<httplib::Client>((tls_ ? "https://" : "http://") + loopback(port_));
  result->enable_server_certificate_verification(false);
  result->set_keep_alive(true);
  result->set_tcp_nodelay(true);
  result->set_connection_timeout(10s);
  result->set_read_timeout(60s);
  return result;
}

bool tessera_process::ready() const {
  auto answer = client()->Get("/api/v1/health/ready");
  return answer && answer->status == 200;
}

} // namespace tessera::test
