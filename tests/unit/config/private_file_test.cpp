#include "config/private_file.hpp"

#include "tests/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace tessera;

namespace {

constexpr std::string_view what = "the test file";

std::string read(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

struct stat about(const fs::path& file) {
  struct stat out {};
  BOOST_REQUIRE(::stat(file.c_str(), &out) == 0);
  return out;
}

std::size_t files_in(const fs::path& directory) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator{directory}, fs::directory_iterator{}));
}

void failed(const status& got, const std::string& because) {
  BOOST_REQUIRE(!got.has_value());
  BOOST_TEST(got.error().detail.starts_with("the test file "), got.error().detail);
  BOOST_TEST(got.error().detail.find(because) != std::string::npos, got.error().detail);
}

struct fixture {
  test::temp_dir dir;
  fs::path file = dir / "file";
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(private_file_test, fixture)

BOOST_AUTO_TEST_CASE(a_new_file_is_its_owners_alone) {
  auto inside = dir / "some/where/file";
  BOOST_TEST(create_private_file(inside, std::string_view{"a\0b\n", 4}, what).has_value());
  BOOST_TEST(read(inside) == (std::string{"a\0b\n", 4}));
  BOOST_TEST((about(inside).st_mode & 07777) == 0600u);
  BOOST_TEST(files_in(inside.parent_path()) == 1u);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_there_is_left_as_it_is) {
  std::ofstream{file} << "before";
  BOOST_TEST(create_private_file(file, "after", what).has_value());
  BOOST_TEST(read(file) == "before");
  BOOST_TEST(files_in(file.parent_path()) == 1u);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_replaced_keeps_its_mode_and_owner) {
  std::ofstream{file} << "before";
  BOOST_REQUIRE(::chmod(file.c_str(), 0640) == 0);
  auto as_root = ::geteuid() == 0;
  if (as_root)
    BOOST_REQUIRE(::chown(file.c_str(), 12'345, 12'346) == 0);
  BOOST_TEST(replace_private_file(file, "after", what).has_value());
  BOOST_TEST(read(file) == "after");
  BOOST_TEST((about(file).st_mode & 07777) == 0640u);
  if (as_root) {
    BOOST_TEST(about(file).st_uid == 12'345u);
    BOOST_TEST(about(file).st_gid == 12'346u);
  }
  BOOST_TEST(files_in(file.parent_path()) == 1u);
}

BOOST_AUTO_TEST_CASE(a_reader_of_the_replaced_file_has_all_that_was_in_it) {
  std::ofstream{file} << "before";
  std::ifstream reader{file};
  BOOST_TEST(replace_private_file(file, "after", what).has_value());
  BOOST_TEST((std::string{std::istreambuf_iterator<char>{reader}, {}}) == "before");
}

BOOST_AUTO_TEST_CASE(a_link_stays_and_what_it_leads_to_is_replaced) {
  std::ofstream{file} << "before";
  fs::create_directory(dir / "elsewhere");
  auto link = dir / "elsewhere/link";
  fs::create_symlink("../file", link);
  BOOST_TEST(replace_private_file(link, "after", what).has_value());
  BOOST_TEST(fs::is_symlink(link));
  BOOST_TEST(read(file) == "after");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_done_is_said) {
  failed(replace_private_file(file, "after", what), "cannot be found");
  BOOST_TEST(!fs::exists(file));
  std::ofstream{file} << "no directory";
  failed(create_private_file(file / "inside", "", what), "its directory cannot be created");
}

BOOST_AUTO_TEST_SUITE_END()
