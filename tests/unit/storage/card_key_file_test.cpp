#include "storage/card_key_file.hpp"

#include "tests/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <barrier>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <thread>
#include <vector>

namespace fs = std::filesystem;
using namespace tessera;

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

std::vector<card_key_id> ids_in(const fs::path& file) {
  auto keys = load_card_keys(file);
  BOOST_REQUIRE(keys.has_value());
  std::vector<card_key_id> ids;
  for (const auto& each : keys->all())
    ids.push_back(each.id);
  return ids;
}

template <class Result>
void failed(const Result& got, const fs::path& file, const std::string& because) {
  BOOST_REQUIRE(!got.has_value());
  const auto& detail = got.error().detail;
  BOOST_TEST(detail.starts_with("the card key file " + file.string() + " "), detail);
  BOOST_TEST(detail.find(because) != std::string::npos, detail);
}

struct fixture {
  test::temp_dir dir;
  fs::path file = dir / "card.keys";
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(card_key_file_test, fixture)

BOOST_AUTO_TEST_CASE(it_is_made_with_one_key_and_its_directory_and_read_again) {
  file = dir / "some/where/card.keys";
  auto made = load_or_create_card_keys(file);
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST(made->all().size() == 1u);
  BOOST_TEST(mode_of(file) == 0600u);
  BOOST_TEST(read(file).starts_with("# "));
  BOOST_TEST((ids_in(file) == std::vector{made->signing_id()}));
  auto again = load_or_create_card_keys(file);
  BOOST_REQUIRE(again.has_value());
  const std::vector<std::uint8_t> message{1, 2, 3};
  BOOST_TEST((again->sign(message) == made->sign(message)));
  auto other = load_or_create_card_keys(dir / "other.keys");
  BOOST_REQUIRE(other.has_value());
  BOOST_TEST((other->signing_id() != made->signing_id()));
}

BOOST_AUTO_TEST_CASE(to_read_it_it_must_be_there) {
  failed(load_card_keys(file), file, "copy it from another node");
  BOOST_TEST(!fs::exists(file));
}

BOOST_AUTO_TEST_CASE(those_who_start_at_once_end_with_the_same_key) {
  constexpr std::size_t racers = 4;
  for (int round = 0; round < 50; ++round) {
    file = dir / ("round" + std::to_string(round)) / "card.keys";
    std::vector<card_key_id> got(racers);
    std::barrier start{racers};
    std::vector<std::thread> threads;
    for (auto& id : got)
      threads.emplace_back([&] {
        start.arrive_and_wait();
        if (auto keys = load_or_create_card_keys(file))
          id = keys->signing_id();
      });
    for (auto& each : threads)
      each.join();
    BOOST_REQUIRE((got == std::vector(racers, ids_in(file).front())));
  }
}

BOOST_AUTO_TEST_CASE(a_new_key_is_appended_and_signs) {
  auto first = load_or_create_card_keys(file)->signing_id();
  write(file, read(file) + "# a comment of somebody's, without a line end");
  auto before = read(file);
  auto second = rotate_card_keys(file);
  BOOST_REQUIRE(second.has_value());
  BOOST_TEST((ids_in(file) == std::vector{first, *second}));
  BOOST_TEST(read(file).starts_with(before + "\n"));
  BOOST_TEST(mode_of(file) == 0600u);
  BOOST_TEST((load_card_keys(file)->signing_id() == *second));
  BOOST_TEST(std::distance(fs::directory_iterator{file.parent_path()}, fs::directory_iterator{}) == 1);
}

BOOST_AUTO_TEST_CASE(rotating_what_is_not_there_makes_it_with_one_key) {
  auto made = rotate_card_keys(file);
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST((ids_in(file) == std::vector{*made}));
}

BOOST_AUTO_TEST_CASE(no_key_is_lost_when_several_rotate_at_once) {
  BOOST_REQUIRE(load_or_create_card_keys(file).has_value());
  constexpr std::size_t racers = 4;
  constexpr std::size_t each_makes = 10;
  std::vector<std::vector<card_key_id>> made(racers);
  std::vector<std::thread> threads;
  for (auto& mine : made)
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < each_makes; ++i)
        if (auto id = rotate_card_keys(file))
          mine.push_back(*id);
    });
  for (auto& each : threads)
    each.join();
  auto all = ids_in(file);
  BOOST_TEST(all.size() == 1 + racers * each_makes);
  for (const auto& mine : made) {
    BOOST_TEST(mine.size() == each_makes);
    for (auto id : mine)
      BOOST_TEST((std::ranges::find(all, id) != all.end()));
  }
}

BOOST_AUTO_TEST_CASE(a_file_that_others_may_use_is_refused) {
  BOOST_REQUIRE(load_or_create_card_keys(file).has_value());
  auto content = read(file);
  for (mode_t bit : {0040u, 0020u, 0010u, 0004u, 0002u, 0001u}) {
    write(file, content, 0600 | bit);
    failed(load_card_keys(file), file, "chmod 600");
    failed(load_or_create_card_keys(file), file, "chmod 600");
    failed(rotate_card_keys(file), file, "chmod 600");
    BOOST_TEST(read(file) == content);
  }
}

BOOST_AUTO_TEST_CASE(a_file_that_is_wrong_is_refused_and_left_alone) {
  for (const std::string content : {"", "# nothing\n", "7849ac30 2026-01-01 x\n"}) {
    write(file, content);
    for (const auto& got : {load_card_keys(file).has_value(), load_or_create_card_keys(file).has_value(),
                            rotate_card_keys(file).has_value()})
      BOOST_TEST(!got);
    BOOST_TEST(read(file) == content);
  }
  failed(load_card_keys(file), file, "line 1 must end with a seed");
  failed(rotate_card_keys(file), file, "line 1 must end with a seed");
}

BOOST_AUTO_TEST_CASE(what_is_no_file_is_refused) {
  fs::create_directory(file);
  failed(load_or_create_card_keys(file), file, "not a regular file");
  failed(rotate_card_keys(file), file, "not a regular file");
  BOOST_TEST(!load_or_create_card_keys("").has_value());
  BOOST_TEST(!rotate_card_keys("").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
