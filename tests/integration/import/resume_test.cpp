#include "tests/integration/import/import_fixture.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <memory>
#include <random>
#include <string>
#include <vector>

using namespace tessera;
using namespace tessera::test;

namespace {

/// Several batches of the import, with some rows that are rejected in each.
constexpr std::size_t rows = 220'000;
constexpr int kills = 5;

std::string big_file() {
  std::string text = "member_id,id_number,firstname,surname,email,status\n";
  for (std::size_t i = 1; i <= rows; ++i) {
    auto number = std::to_string(i);
    text.append(number).append(",").append(valid_number(i)).append(i % 997 == 0 ? "," : ",First").append(",Last");
    text.append(number).append(",m").append(number).append("@example.org,Active\n");
  }
  return text;
}

struct finished_import {
  std::string members;
  std::string rejects;
};

finished_import uninterrupted(import_store& store, const std::string& text) {
  import_command import{store};
  auto done =
      import.run({import.write("big.csv", text), "--created", "2026-01-01", "--rejects", import.path("rejects")});
  BOOST_TEST(done.code == 1, done.output);
  return {store.digest(), text_of(import.path("rejects"))};
}

void ends_as_if_it_had_not_been_killed(std::unique_ptr<import_store> (*empty_store)()) {
  auto text = big_file();
  auto start = std::chrono::steady_clock::now();
  auto expected = uninterrupted(*empty_store(), text);
  auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);

  auto store = empty_store();
  import_command import{*store};
  std::vector<std::string> arguments{import.write("big.csv", text), "--created", "2026-01-01", "--rejects",
                                     import.path("rejects")};
  std::mt19937_64 random{std::random_device{}()};
  std::uniform_int_distribution<long> moment{took.count() / 20, took.count() / 2};
  auto resumed = 0;
  for (auto kill = 0; kill < kills; ++kill) {
    auto has_progress = store->value("SELECT COUNT(*) FROM import_progress") == "1";
    auto program = import.start(arguments);
    if (program->wait(std::chrono::milliseconds{moment(random)}))
      break;
    program->signal(SIGKILL);
    program->wait(std::chrono::seconds{20});
    resumed += has_progress ? 1 : 0;
  }
  BOOST_TEST_MESSAGE("went on " << resumed << " times");
  auto done = import.run(arguments);
  BOOST_TEST(store->value("SELECT COUNT(*) FROM import_progress") == "0");
  BOOST_TEST(done.code <= 1, done.output);
  BOOST_CHECK(store->digest() == expected.members);
  BOOST_CHECK(text_of(import.path("rejects")) == expected.rejects);
}

} // namespace

BOOST_AUTO_TEST_SUITE(resume_test)

BOOST_AUTO_TEST_CASE(an_import_into_sqlite_that_is_killed_ends_as_one_that_is_not) {
  ends_as_if_it_had_not_been_killed(sqlite_import_store);
}

BOOST_AUTO_TEST_CASE(an_import_into_mariadb_that_is_killed_ends_as_one_that_is_not) {
  ends_as_if_it_had_not_been_killed(mysql_import_store);
}

BOOST_AUTO_TEST_CASE(a_file_that_changed_since_does_not_go_on) {
  auto store = sqlite_import_store();
  import_command import{*store};
  auto text = big_file();
  auto file = import.write("big.csv", text);
  auto program = import.start({file});
  auto has_begun = [&] { return store->value("SELECT COUNT(*) FROM import_progress") == "1"; };
  BOOST_TEST(eventually(std::chrono::minutes{1}, has_begun));
  program->signal(SIGKILL);
  program->wait(std::chrono::seconds{20});
  BOOST_REQUIRE(has_begun());
  auto before = store->value("SELECT COUNT(*) FROM members");
  text[1 << 17] = text[1 << 17] == '1' ? '2' : '1'; // beyond what tells files apart, in what is done
  import.write("big.csv", text);
  auto done = import.run({file});
  BOOST_TEST(done.code == 1, done.output);
  BOOST_TEST(done.output.find("not any more what it was") != std::string::npos, done.output);
  BOOST_TEST(store->value("SELECT COUNT(*) FROM members") == before);
}

BOOST_AUTO_TEST_SUITE_END()
