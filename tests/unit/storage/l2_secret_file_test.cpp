#include "storage/l2_sealer.hpp"

#include "tests/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <barrier>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace fs = std::filesystem;
using tessera::l2_sealer;

namespace {

void write(const fs::path& file, const std::string& content, mode_t mode = 0600) {
  std::ofstream{file, std::ios::binary} << content;
  BOOST_REQUIRE(::chmod(file.c_str(), mode) == 0);
}

std::string read(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

mode_t mode_of(const fs::path& file) {
  struct stat about {};
  BOOST_REQUIRE(::stat(file.c_str(), &about) == 0);
  return about.st_mode & 07777;
}

std::size_t files_in(const fs::path& directory) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator{directory}, fs::directory_iterator{}));
}

void refuses(const fs::path& file, const std::string& because) {
  auto got = l2_sealer::load_or_create(file);
  BOOST_REQUIRE(!got.has_value());
  const auto& detail = got.error().detail;
  BOOST_TEST(detail.find(because) != std::string::npos, detail);
  BOOST_TEST(detail.find(file.string()) != std::string::npos, detail);
  BOOST_TEST(detail.find('\n') == std::string::npos);
}

} // namespace

struct secret_file_fixture {
  tessera::test::temp_dir dir;
};

BOOST_FIXTURE_TEST_SUITE(l2_secret_file_test, secret_file_fixture)

BOOST_AUTO_TEST_CASE(it_is_made_with_its_directory_and_read_again) {
  auto file = dir / "some/where/cache.secret";
  auto made = l2_sealer::load_or_create(file);
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST(mode_of(file) == 0600u);
  BOOST_TEST(read(file) == std::string(made->begin(), made->end()));
  auto again = l2_sealer::load_or_create(file);
  BOOST_REQUIRE(again.has_value());
  BOOST_TEST((*made == *again));
  BOOST_TEST(files_in(file.parent_path()) == 1u);
  BOOST_TEST(std::ranges::count(*made, 0) < 16, "looks not random");
  auto other = l2_sealer::load_or_create(dir / "other.secret");
  BOOST_REQUIRE(other.has_value());
  BOOST_TEST((*made != *other));
}

BOOST_AUTO_TEST_CASE(the_file_of_another_node_is_taken) {
  auto file = dir / "cache.secret";
  write(file, "0123456789abcdef0123456789abcdef", 0400);
  auto got = l2_sealer::load_or_create(file);
  BOOST_REQUIRE(got.has_value());
  BOOST_TEST(std::string(got->begin(), got->end()) == "0123456789abcdef0123456789abcdef");
}

BOOST_AUTO_TEST_CASE(those_who_start_at_once_end_with_the_same_one) {
  constexpr std::size_t racers = 4;
  for (int round = 0; round < 100; ++round) {
    auto file = dir / ("round" + std::to_string(round)) / "cache.secret";
    std::vector<tessera::result<l2_sealer::secret>> got(racers, l2_sealer::secret{});
    std::barrier start{racers};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < racers; ++i) {
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        got[i] = l2_sealer::load_or_create(file);
      });
    }
    for (auto& each : threads)
      each.join();
    for (const auto& each : got) {
      BOOST_REQUIRE(each.has_value());
      BOOST_REQUIRE((*each == *got.front()));
    }
    BOOST_REQUIRE(files_in(file.parent_path()) == 1u);
  }
}

BOOST_AUTO_TEST_CASE(a_file_that_others_may_use_is_refused) {
  auto file = dir / "cache.secret";
  for (mode_t bit : {0040u, 0020u, 0010u, 0004u, 0002u, 0001u}) {
    write(file, std::string(32, 'x'), 0600 | bit);
    refuses(file, "chmod 600");
  }
}

BOOST_AUTO_TEST_CASE(a_file_of_another_size_is_refused_and_left_alone) {
  auto file = dir / "cache.secret";
  for (std::size_t size : {0u, 1u, 31u, 33u, 64u}) {
    write(file, std::string(size, 'x'));
    refuses(file, "exactly 32 bytes");
    BOOST_TEST(read(file) == std::string(size, 'x'));
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_file_is_refused) {
  fs::create_directory(dir / "cache.secret");
  refuses(dir / "cache.secret", "not a regular file");
  BOOST_REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
  refuses(dir / "fifo", "not a regular file");
}

BOOST_AUTO_TEST_CASE(a_file_in_place_of_the_directory_is_refused) {
  write(dir / "var", "");
  refuses(dir / "var" / "cache.secret", "the cache secret file");
}

BOOST_AUTO_TEST_CASE(a_file_or_directory_that_we_may_not_use_is_refused) {
  if (::geteuid() == 0) {
    BOOST_TEST_MESSAGE("root may use everything: not tested");
    return;
  }
  write(dir / "cache.secret", std::string(32, 'x'), 0000);
  refuses(dir / "cache.secret", "let the user that runs the service read it");
  fs::create_directory(dir / "closed");
  BOOST_REQUIRE(::chmod((dir / "closed").c_str(), 0500) == 0);
  refuses(dir / "closed/cache.secret", "let the user that runs the service write to");
}

BOOST_AUTO_TEST_CASE(an_empty_path_is_refused) {
  BOOST_TEST(!l2_sealer::load_or_create("").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
