#include "gateway/access_log.hpp"

#include "tests/actors/captured_log.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>
#include <sstream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <vector>

using namespace tessera;
using namespace tessera::test;
using namespace std::chrono_literals;

namespace {

struct fixture {
  std::unique_ptr<access_log> open(const std::filesystem::path& at) {
    auto opened = access_log::open(at, metrics);
    BOOST_TEST_REQUIRE(static_cast<bool>(opened));
    return std::move(*opened);
  }
  static std::string text_of(const std::filesystem::path& at) {
    std::ifstream in{at};
    return (std::ostringstream{} << in.rdbuf()).str();
  }

  temp_dir dir;
  std::filesystem::path file = dir / "access.log";
  access_log_metrics metrics;
};

/// Makes files that this process writes end at so many bytes while it lives, as on a disk that is full.
struct file_size_limit {
  explicit file_size_limit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before);
    auto less = before;
    less.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &less);
    handler = std::signal(SIGXFSZ, SIG_IGN);
  }
  ~file_size_limit() {
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
  }

  rlimit before{};
  void (*handler)(int) = nullptr;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(access_log_test, fixture)

BOOST_AUTO_TEST_CASE(what_is_handed_over_is_in_a_file_that_only_its_user_reads_once_it_is_closed) {
  auto sut = open(file);
  sut->put("one\ntwo\n");
  sut->put("three\n");
  sut->close();
  BOOST_TEST(text_of(file) == "one\ntwo\nthree\n");
  BOOST_TEST(read(metrics.written) == 3u);
  BOOST_TEST(read(metrics.dropped) == 0u);
  struct stat found {};
  BOOST_REQUIRE(::stat(file.c_str(), &found) == 0);
  BOOST_TEST((found.st_mode & 0777) == 0600u);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_there_is_appended_to_and_keeps_its_mode) {
  std::ofstream{file} << "before\n";
  std::filesystem::permissions(file, std::filesystem::perms{0640});
  open(file)->put("after\n");
  BOOST_TEST(text_of(file) == "before\nafter\n");
  BOOST_TEST((std::filesystem::status(file).permissions() == std::filesystem::perms{0640}));
}

BOOST_AUTO_TEST_CASE(lines_are_written_soon_without_a_close) {
  auto sut = open(file);
  sut->put("one\n");
  BOOST_TEST(eventually(10s, [&] { return text_of(file) == "one\n"; }));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_opened_is_a_sentence) {
  for (const auto& at : {dir / "missing" / "access.log", dir.path()}) {
    auto opened = access_log::open(at, metrics);
    BOOST_TEST_REQUIRE(!opened);
    BOOST_TEST(opened.error().detail.find(at.string()) != std::string::npos);
    BOOST_TEST(opened.error().detail.find("log.access_file") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(lines_from_before_a_reopening_are_in_the_old_file_and_later_ones_in_the_new) {
  auto sut = open(file);
  sut->put("one\n");
  std::filesystem::rename(file, dir / "old");
  sut->put("two\n");
  BOOST_TEST(static_cast<bool>(sut->reopen()));
  BOOST_TEST(eventually(10s, [&] { return text_of(dir / "old") == "one\ntwo\n"; }));
  sut->put("three\n");
  sut->close();
  BOOST_TEST(text_of(file) == "three\n");
  BOOST_TEST(text_of(dir / "old") == "one\ntwo\n");
}

BOOST_AUTO_TEST_CASE(where_the_file_cannot_be_reopened_the_old_one_goes_on) {
  auto inner = dir / "inner";
  std::filesystem::create_directory(inner);
  auto sut = open(inner / "access.log");
  std::filesystem::rename(inner, dir / "moved");
  BOOST_TEST(!sut->reopen());
  sut->put("one\n");
  sut->close();
  BOOST_TEST(text_of(dir / "moved" / "access.log") == "one\n");
}

BOOST_AUTO_TEST_CASE(lines_that_do_not_go_in_are_counted_and_no_part_of_one_remains) {
  testing::captured_log log;
  {
    file_size_limit full{10};
    auto sut = open(file);
    sut->put("one\ntwo\nthree\nfour\n");
    BOOST_TEST(eventually(10s, [&] { return read(metrics.dropped) == 2; }));
    sut->put("five\nsix\n");
    BOOST_TEST(eventually(10s, [&] { return read(metrics.dropped) == 4; }));
    sut->close();
  }
  BOOST_TEST(text_of(file) == "one\ntwo\n");
  BOOST_TEST(read(metrics.written) == 2u);
  BOOST_TEST(log.count("cannot be written") == 1u);
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_told_once_and_so_is_its_end) {
  testing::captured_log log;
  {
    auto link = dir / "link";
    std::filesystem::create_symlink("/dev/full", link);
    auto sut = open(link);
    for (std::uint64_t i = 1; i <= 3; ++i) {
      sut->put("lost\n");
      BOOST_TEST_REQUIRE(eventually(10s, [&] { return read(metrics.dropped) == i; }));
    }
    std::filesystem::remove(link);
    BOOST_TEST(static_cast<bool>(sut->reopen()));
    BOOST_TEST(eventually(10s, [&] {
      sut->put("kept\n");
      return read(metrics.written) > 0;
    }));
  }
  BOOST_TEST(log.count("cannot be written") == 1u);
  BOOST_TEST(log.count("is written again") == 1u);
}

BOOST_AUTO_TEST_CASE(lines_beyond_what_may_wait_are_dropped_counted_and_told) {
  testing::captured_log log;
  std::string many;
  while (many.size() <= access_log::most_waiting)
    many += "a line of some length that stands for a response\n";
  auto sut = open(file);
  sut->put(many);
  sut->put("kept\n");
  sut->put(many);
  sut->close();
  auto each = static_cast<std::uint64_t>(std::ranges::count(many, '\n'));
  BOOST_TEST(text_of(file) == "kept\n");
  BOOST_TEST(read(metrics.written) == 1u);
  BOOST_TEST(read(metrics.dropped) == 2 * each);
  BOOST_TEST(log.count("lines were dropped") == 1u);
}

BOOST_AUTO_TEST_CASE(what_many_threads_hand_over_is_there_line_by_line) {
  constexpr int threads = 4;
  constexpr int lines = 2'000;
  auto sut = open(file);
  std::vector<std::thread> loops;
  for (int i = 0; i < threads; ++i)
    loops.emplace_back([&sut, i] {
      for (int n = 0; n < lines; ++n)
        sut->put(std::to_string(i) + " " + std::to_string(n) + "\n");
    });
  for (auto& each : loops)
    each.join();
  sut->close();
  BOOST_TEST(read(metrics.written) == std::uint64_t{threads * lines});
  std::ifstream in{file};
  std::array<int, threads> next{};
  for (int i = 0, n = 0; in >> i >> n;)
    BOOST_TEST_REQUIRE(n == next.at(static_cast<std::size_t>(i))++);
  for (auto count : next)
    BOOST_TEST(count == lines);
}

BOOST_AUTO_TEST_SUITE_END()
