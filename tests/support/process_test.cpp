#include "tests/support/process.hpp"

#include "tests/support/eventually.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <future>
#include <set>
#include <system_error>
#include <thread>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

process::options shell(const temp_dir& dir, const std::string& script) {
  return {.arguments = {"sh", "-c", script}, .output = dir / "log", .working_directory = dir.path()};
}

} // namespace

BOOST_AUTO_TEST_SUITE(process_test)

BOOST_AUTO_TEST_CASE(a_temp_dir_is_removed_with_all_it_holds) {
  std::filesystem::path path;
  {
    temp_dir dir;
    path = dir.path();
    std::filesystem::create_directories(dir / "a/b");
    std::ofstream{dir / "a/b/file"} << "text";
    BOOST_TEST(std::filesystem::exists(path / "a/b/file"));
  }
  BOOST_TEST(!std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(free_ports_differ) {
  std::set<std::uint16_t> ports;
  for (int i = 0; i < 20; ++i)
    ports.insert(free_port());
  BOOST_TEST(ports.size() >= 18u);
  BOOST_TEST(*ports.begin() >= 1024);
}

BOOST_AUTO_TEST_CASE(eventually_waits_no_longer_than_needed_and_gives_up) {
  int calls = 0;
  BOOST_TEST(eventually(10s, [&calls] { return ++calls == 3; }));
  BOOST_TEST(calls == 3);
  auto start = std::chrono::steady_clock::now();
  BOOST_TEST(!eventually(20ms, [] { return false; }));
  BOOST_TEST((std::chrono::steady_clock::now() - start >= 20ms));
}

BOOST_AUTO_TEST_CASE(exit_codes_and_output_are_kept) {
  temp_dir dir;
  process child(shell(dir, "echo out; echo err >&2; exit 3"));
  BOOST_TEST(child.wait(10s).value() == 3);
  BOOST_TEST(child.wait(0s).value() == 3);
  BOOST_TEST(!child.running());
  BOOST_TEST(child.output() == "out\nerr\n");
}

BOOST_AUTO_TEST_CASE(a_signal_counts_as_128_more) {
  temp_dir dir;
  process child(shell(dir, "exec sleep 60"));
  BOOST_TEST(child.running());
  BOOST_TEST(!child.wait(1ms).has_value());
  child.signal(SIGKILL);
  BOOST_TEST(child.wait(10s).value() == 128 + SIGKILL);
}

BOOST_AUTO_TEST_CASE(a_program_that_does_not_exist_is_an_error) {
  temp_dir dir;
  BOOST_CHECK_THROW(process({.arguments = {(dir / "nothing").string()}, .output = dir / "log"}), std::system_error);
  BOOST_CHECK_THROW(process({.arguments = {"no-such-program"}, .output = dir / "log"}), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_frozen_child_is_ended) {
  temp_dir dir;
  process child(shell(dir, "exec sleep 60"));
  child.freeze();
  auto start = std::chrono::steady_clock::now();
  BOOST_TEST(child.terminate() == 128 + SIGTERM);
  BOOST_TEST((std::chrono::steady_clock::now() - start < 4s));
}

BOOST_AUTO_TEST_CASE(a_child_can_be_frozen_more_than_once) {
  temp_dir dir;
  process child(shell(dir, "while :; do echo x; sleep 0.001; done"));
  for (int round = 0; round < 20; ++round) {
    auto before = child.output().size();
    BOOST_TEST(eventually(10s, [&] { return child.output().size() > before; }));
    child.freeze();
    std::ifstream state_file("/proc/" + std::to_string(child.pid()) + "/stat");
    std::string pid;
    std::string name;
    char state = 0;
    state_file >> pid >> name >> state;
    BOOST_TEST(state == 'T');
    child.thaw();
  }
}

BOOST_AUTO_TEST_CASE(a_child_that_ignores_sigterm_is_killed) {
  temp_dir dir;
  auto how = shell(dir, "trap '' TERM; echo ready; while :; do sleep 0.01; done");
  how.patience = 50ms;
  process child(how);
  BOOST_TEST_REQUIRE(eventually(10s, [&child] { return child.output() == "ready\n"; }));
  BOOST_TEST(child.terminate() == 128 + SIGKILL);
}

BOOST_AUTO_TEST_CASE(a_child_ends_with_the_thread_that_started_it) {
  temp_dir dir;
  std::unique_ptr<process> child;
  std::thread([&] { child = std::make_unique<process>(shell(dir, "exec sleep 60")); }).join();
  BOOST_TEST(child->wait(10s).value() == 128 + SIGKILL);
}

BOOST_AUTO_TEST_CASE(settings_of_the_caller_can_be_kept_from_the_child) {
  temp_dir dir;
  ::setenv("TESSERA_TEST_SETTING", "inherited", 1);
  auto how = shell(dir, "echo ${TESSERA_TEST_SETTING-none} ${OTHER-none} ${PATH:+path}");
  how.environment = {"OTHER=given"};
  {
    process child(how);
    BOOST_TEST(child.wait(10s).value() == 0);
    BOOST_TEST(child.output() == "inherited given path\n");
  }
  std::filesystem::remove(dir / "log");
  how.inherit_environment = false;
  process child(how);
  BOOST_TEST(child.wait(10s).value() == 0);
  BOOST_TEST(child.output() == "none given path\n");
  ::unsetenv("TESSERA_TEST_SETTING");
}

BOOST_AUTO_TEST_SUITE_END()
