#include "tests/integration/import/import_fixture.hpp"

#include "cards/id_number.hpp"
#include "tests/support/tessera_process.hpp"

#include <boost/test/unit_test.hpp>
#include <sqlite3.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace tessera::test {

namespace {

constexpr std::chrono::minutes longest_run{3};

class sqlite_one final : public import_store {
public:
  sqlite_one() {
    run_tessera({"migrate", "--store", url()});
  }

  std::string url() const override {
    return "sqlite:" + (dir_ / "members.sqlite").string();
  }

  std::string value(const std::string& sql) override {
    sqlite3* opened = nullptr;
    auto code = sqlite3_open((dir_ / "members.sqlite").c_str(), &opened);
    std::unique_ptr<sqlite3, int (*)(sqlite3*)> database{opened, sqlite3_close};
    std::vector<std::string> found;
    auto collect = [](void* to, int, char** values, char**) {
      static_cast<std::vector<std::string>*>(to)->emplace_back(values[0] != nullptr ? values[0] : "");
      return 0;
    };
    sqlite3_busy_timeout(opened, 5'000);
    if (code == SQLITE_OK)
      code = sqlite3_exec(opened, sql.c_str(), collect, &found, nullptr);
    if (code != SQLITE_OK)
      throw std::runtime_error(sqlite3_errmsg(opened));
    return found.empty() ? "" : found.front();
  }

  std::string digest() override {
    return value("SELECT group_concat(quote(member_id) || quote(id_number) || quote(firstname) || quote(surname) || "
                 "quote(email) || quote(membership_status) || quote(member_created_at)) FROM (SELECT * FROM members "
                 "ORDER BY member_id)");
  }

private:
  temp_dir dir_;
};

class mysql_one final : public import_store {
public:
  mysql_one() {
    server().execute("DROP DATABASE tessera_test; CREATE DATABASE tessera_test");
    run_tessera({"migrate", "--store", url()});
  }

  std::string url() const override {
    return server().url();
  }

  std::string value(const std::string& sql) override {
    return server().query_value(sql);
  }

  std::string digest() override {
    std::string both;
    for (const auto* table : {"members", "member_cache_summary"})
      both.append(value("SELECT CONCAT(COUNT(*), ' ', SUM(CRC32(CONCAT_WS('|', member_id, id_number, firstname, "
                        "IFNULL(surname, '-'), IFNULL(email, '-'), membership_status, member_created_at)))) FROM "
                        + std::string{table}))
          .append(" ");
    return both;
  }

private:
  static mariadb_server& server() {
    static mariadb_server one;
    return one;
  }
};

} // namespace

std::unique_ptr<import_store> sqlite_import_store() {
  return std::make_unique<sqlite_one>();
}

std::unique_ptr<import_store> mysql_import_store() {
  return std::make_unique<mysql_one>();
}

void with_each_store(const std::function<void(import_store&)>& test) {
  BOOST_TEST_CONTEXT("SQLite")
  test(*sqlite_import_store());
  BOOST_TEST_CONTEXT("MariaDB")
  test(*mysql_import_store());
}

std::string import_command::write(const std::string& name, std::string_view text) const {
  std::ofstream{dir_ / name} << text;
  return path(name);
}

std::unique_ptr<process> import_command::start(const std::vector<std::string>& arguments) const {
  std::vector<std::string> all{tessera_program(), "import", "--store", store_.url()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::filesystem::remove(dir_ / "output");
  return std::make_unique<process>(process::options{.arguments = std::move(all),
                                                    .output = dir_ / "output",
                                                    .working_directory = dir_.path(),
                                                    .inherit_environment = false});
}

import_outcome import_command::run(const std::vector<std::string>& arguments) const {
  auto program = start(arguments);
  auto code = program->wait(longest_run);
  if (!code)
    throw std::runtime_error("the import does not end");
  return {*code, program->output()};
}

std::string valid_number(std::size_t number) {
  constexpr std::size_t days = 28;
  constexpr std::size_t months = 12;
  constexpr std::size_t years = 60;
  auto day = 1 + number % days;
  auto month = 1 + number / days % months;
  auto year = 1 + number / days / months % years;
  auto serial = number / days / months / years;
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%02zu%02zu%02zu%04zu08", year, month, day, serial % 10'000);
  std::string digits{text.data()};
  return digits + luhn_check_digit(digits);
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace tessera::test
