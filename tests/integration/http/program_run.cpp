#include "tests/integration/http/program_run.hpp"

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/tessera_process.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace tessera::test {

namespace {

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace

program_end run_program(const std::vector<std::string>& arguments, std::vector<std::string> environment) {
  temp_dir dir;
  // `process` has one file for both streams: the shell takes the errors out.
  std::vector<std::string> all{"sh", "-c",           R"(errors=$1; shift; exec "$@" 2>"$errors")",
                               "sh", dir / "errors", tessera_program()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  process program({.arguments = std::move(all),
                   .output = dir / "output",
                   .working_directory = dir.path(),
                   .environment = std::move(environment),
                   .inherit_environment = false});
  auto code = program.wait(std::chrono::seconds{20});
  program_end end{code.value_or(-1), program.output(), content_of(dir / "errors")};
  BOOST_TEST_REQUIRE(code.has_value(), "it did not end:\n" << end.output << end.errors);
  return end;
}

void check_sentence(const program_end& end, const std::vector<std::string>& words) {
  BOOST_TEST(end.code != 0);
  BOOST_TEST(end.code < 128); // no crash
  BOOST_TEST(end.output == "");
  BOOST_TEST(std::ranges::count(end.errors, '\n') == 1, end.errors);
  BOOST_TEST(end.errors.starts_with("tessera: "));
  for (const auto& word : words)
    BOOST_TEST(end.errors.find(word) != std::string::npos, end.errors << " lacks " << word);
}

} // namespace tessera::test
