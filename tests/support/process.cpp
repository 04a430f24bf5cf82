#include "tests/support/process.hpp"

#include "tests/support/eventually.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace tessera::test {
namespace {

std::string_view name_of(std::string_view setting) {
  return setting.substr(0, setting.find('='));
}

bool is_essential(std::string_view name) {
  constexpr std::array<std::string_view, 4> essential{"PATH", "HOME", "TMPDIR", "LANG"};
  return std::find(essential.begin(), essential.end(), name) != essential.end() || name.ends_with("SAN_OPTIONS");
}

std::vector<std::string> make_environment(const process::options& how) {
  auto result = how.environment;
  auto is_given = [&how](std::string_view name) {
    return std::any_of(how.environment.begin(), how.environment.end(),
                       [name](const std::string& given) { return name_of(given) == name; });
  };
  for (char** setting = environ; *setting != nullptr; ++setting) {
    auto name = name_of(*setting);
    if (!is_given(name) && (how.inherit_environment || is_essential(name)))
      result.emplace_back(*setting);
  }
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts)
    result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// All that the child needs, made before the fork: after it, only async-signal-safe functions may be called.
struct launch {
  const char* program;
  char** arguments;
  char** environment;
  const char* working_directory; ///< null: stay
  int output;
  int failure; ///< closes by itself when exec succeeds; else gets errno
  pid_t parent;
};

[[noreturn]] void run_child(const launch& what) {
  // The parent may have ended before the request to be told of its end.
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != what.parent)
    ::_exit(127);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  int input = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  bool ready = input >= 0 && ::dup2(input, STDIN_FILENO) >= 0 && ::dup2(what.output, STDOUT_FILENO) >= 0
               && ::dup2(what.output, STDERR_FILENO) >= 0
               && (what.working_directory == nullptr || ::chdir(what.working_directory) == 0);
  if (ready)
    ::execve(what.program, what.arguments, what.environment);
  int error = errno;
  [[maybe_unused]] auto written = ::write(what.failure, &error, sizeof(error));
  ::_exit(127);
}

class descriptor {
public:
  explicit descriptor(int fd) : fd_(fd) {
    if (fd_ < 0)
      throw std::system_error(errno, std::generic_category(), "cannot start a process");
  }
  ~descriptor() {
    close();
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;

  int get() const noexcept {
    return fd_;
  }

  void close() noexcept {
    if (fd_ >= 0)
      ::close(std::exchange(fd_, -1));
  }

private:
  int fd_;
};

} // namespace

std::filesystem::path find_program(const std::string& name) {
  const char* inherited = std::getenv("PATH");
  std::string places = inherited != nullptr ? inherited : "";
  places += ":/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin";
  for (std::size_t begin = 0; begin < places.size();) {
    auto end = std::min(places.find(':', begin), places.size());
    auto candidate = std::filesystem::path{places.substr(begin, end - begin)} / name;
    if (end > begin && ::access(candidate.c_str(), X_OK) == 0)
      return candidate;
    begin = end + 1;
  }
  throw std::runtime_error("the program " + name + " is not installed: run scripts/setup");
}

process::process(options how) : how_(std::move(how)) {
  const std::string program = how_.arguments.at(0).find('/') == std::string::npos
                                  ? find_program(how_.arguments.at(0)).string()
                                  : std::filesystem::absolute(how_.arguments.at(0)).string();
  auto environment = make_environment(how_);
  auto environment_pointers = pointers(environment);
  auto argument_pointers = pointers(how_.arguments);
  descriptor output{::open(how_.output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
  std::array<int, 2> pipe{-1, -1};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot start " + program);
  descriptor reader{pipe[0]};
  descriptor writer{pipe[1]};
  const launch what{program.c_str(),
                    argument_pointers.data(),
                    environment_pointers.data(),
                    how_.working_directory.empty() ? nullptr : how_.working_directory.c_str(),
                    output.get(),
                    writer.get(),
                    ::getpid()};
  pid_ = ::fork();
  if (pid_ == 0)
    run_child(what);
  if (pid_ < 0)
    throw std::system_error(errno, std::generic_category(), "cannot start " + program);
  writer.close();
  int error = 0;
  ssize_t received = 0;
  do
    received = ::read(reader.get(), &error, sizeof(error));
  while (received < 0 && errno == EINTR);
  if (received == static_cast<ssize_t>(sizeof(error))) {
    ::waitpid(pid_, nullptr, 0);
    throw std::system_error(error, std::generic_category(), "cannot start " + program);
  }
}

process::~process() {
  terminate();
}

void process::signal(int number) {
  if (running())
    ::kill(pid_, number);
}

void process::freeze() {
  if (!running())
    return;
  ::kill(pid_, SIGSTOP);
  siginfo_t ignored;
  while (::waitid(P_PID, static_cast<id_t>(pid_), &ignored, WSTOPPED | WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
}

void process::thaw() {
  signal(SIGCONT);
}

bool process::running() {
  if (exit_code_)
    return false;
  int status = 0;
  pid_t ended = ::waitpid(pid_, &status, WNOHANG);
  if (ended == 0 || (ended < 0 && errno == EINTR))
    return true;
  if (ended < 0)
    exit_code_ = 127; // someone else has reaped it, as with SIGCHLD ignored: its code is lost
  else
    exit_code_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return false;
}

std::optional<int> process::wait(std::chrono::milliseconds timeout) {
  eventually(timeout, [this] { return !running(); });
  return exit_code_;
}

int process::terminate() {
  signal(SIGTERM);
  thaw();
  if (auto code = wait(how_.patience))
    return *code;
  signal(SIGKILL);
  while (running())
    wait(std::chrono::milliseconds{1'000});
  return exit_code_.value_or(127);
}

std::string process::output() const {
  std::ifstream file(how_.output, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

} // namespace tessera::test
