#pragma once

#include "storage/member_store.hpp"
#include "storage/mysql_session.hpp"
#include "tests/support/mariadb_server.hpp"
#include "tests/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tessera::test {

/// Returns the value, or throws with the failure's sentence.
template <class T>
T must(result<T> outcome) {
  if (!outcome)
    throw std::runtime_error(outcome.error().detail);
  return std::move(*outcome);
}

id_number number_of(std::string_view digits);

/// Returns a member row of Gauteng, Johannesburg, ward 7, station 100, active, everything set.
member_row some_member(std::uint64_t id, std::string_view digits);

/// A store under test: the same questions for both kinds.
class store_under_test {
public:
  virtual ~store_under_test() = default;
  virtual std::shared_ptr<member_store> store() = 0;

  /// Runs one statement as another program would, past our code.
  virtual void execute(const std::string& sql) = 0;

  /// Returns the first column of the first row, "" for NULL or none.
  virtual std::string value(const std::string& sql) = 0;

  /// Migrates and loads geography and `members`.
  void fill(std::span<const member_row> members);

  /// Returns how many rows of the view and of the summary differ, in any column.
  std::string summary_differences();
};

/// The server that all cases of the program share; each case has a database of its own.
mariadb_server& shared_server();

class mysql_under_test final : public store_under_test {
public:
  mysql_under_test();
  ~mysql_under_test() override;
  std::shared_ptr<member_store> store() override;
  void execute(const std::string& sql) override;
  std::string value(const std::string& sql) override;

  mysql_address address() const {
    return address_;
  }

private:
  mysql_address address_;
  std::unique_ptr<mysql_session> session_;
};

class sqlite_under_test final : public store_under_test {
public:
  std::shared_ptr<member_store> store() override;
  void execute(const std::string& sql) override;
  std::string value(const std::string& sql) override;

  std::filesystem::path file() const {
    return dir_ / "var" / "members.db";
  }

private:
  temp_dir dir_;
};

using both_kinds = std::tuple<mysql_under_test, sqlite_under_test>;

} // namespace tessera::test
