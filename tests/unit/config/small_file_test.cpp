#include "config/small_file.hpp"

#include "tests/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sys/stat.h>

using namespace tessera;

namespace {

struct fixture {
  std::filesystem::path write(const std::string& content, mode_t mode) {
    auto file = dir / "file";
    std::ofstream{file, std::ios::binary} << content;
    BOOST_REQUIRE(::chmod(file.c_str(), mode) == 0);
    return file;
  }
  void refuses(const std::filesystem::path& file, file_privacy privacy, const std::string& because) {
    auto got = read_small_file(file, "the test file", privacy);
    BOOST_REQUIRE(!got.has_value());
    BOOST_TEST(got.error().detail.starts_with("the test file " + file.string() + " "), got.error().detail);
    BOOST_TEST(got.error().detail.find(because) != std::string::npos, got.error().detail);
  }

  test::temp_dir dir;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(small_file_test, fixture)

BOOST_AUTO_TEST_CASE(all_of_a_file_is_returned) {
  std::string content("first\n\0second\n", 14);
  for (auto privacy : {file_privacy::shared, file_privacy::owner_only}) {
    auto got = read_small_file(write(content, 0600), "the test file", privacy);
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST(**got == content);
  }
  BOOST_TEST(**read_small_file(write("", 0600), "the test file", file_privacy::shared) == "");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_no_error) {
  auto got = read_small_file(dir / "missing", "the test file", file_privacy::shared);
  BOOST_REQUIRE(got.has_value());
  BOOST_TEST(!got->has_value());
}

BOOST_AUTO_TEST_CASE(others_may_read_only_what_is_shared) {
  auto file = write("x", 0644);
  BOOST_TEST(read_small_file(file, "the test file", file_privacy::shared).has_value());
  refuses(file, file_privacy::owner_only, "chmod 600");
}

BOOST_AUTO_TEST_CASE(what_is_no_small_file_is_refused) {
  refuses(dir.path(), file_privacy::shared, "not a regular file");
  refuses(write(std::string(1024 * 1024 + 1, 'x'), 0600), file_privacy::shared, "1 MiB");
  refuses(dir / "file" / "below", file_privacy::shared, "cannot be opened");
}

BOOST_AUTO_TEST_CASE(a_group_may_read_what_root_gave_it) {
  constexpr uid_t root = 0;
  constexpr uid_t service = 100;
  for (mode_t mode : {0400u, 0600u, 0700u}) {
    BOOST_TEST(is_private(mode, service, service));
    BOOST_TEST(is_private(mode, root, service));
    BOOST_TEST(is_private(mode, root, root));
  }
  BOOST_TEST(is_private(0640, root, service));
  BOOST_TEST(!is_private(0640, root, root));
  BOOST_TEST(!is_private(0640, service, service));
  for (mode_t mode : {0660u, 0650u, 0644u, 0642u, 0641u})
    BOOST_TEST(!is_private(mode, root, service));
}

BOOST_AUTO_TEST_SUITE_END()
