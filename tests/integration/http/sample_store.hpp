#pragma once

#include "tests/support/temp_dir.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::test {

/// A row of a query: the values by the names of their columns, "" for NULL.
using sql_row = std::map<std::string, std::string>;

/// An SQLite store with 200 sample members, made by the program itself: `migrate`, then `sample-data`.
class sample_store {
public:
  sample_store();

  /// Returns sqlite:PATH.
  std::string url() const;

  /// Runs one statement with SQLite itself, past the program. Throws std::runtime_error with SQLite's message.
  std::vector<sql_row> query(const std::string& sql) const;

  /// The ID numbers of all active members, ordered by member id.
  const std::vector<std::string>& active() const noexcept {
    return active_;
  }

  /// Returns the ID number of an active member, another one for each `index`.
  const std::string& number(std::size_t index) const {
    return active_.at(index);
  }

  /// Returns the member id that belongs to an ID number.
  std::string member_id(const std::string& number) const;

private:
  temp_dir dir_;
  std::vector<std::string> active_;
};

/// Returns the store that the tests of this program share; they leave what it holds as it is.
const sample_store& shared_store();

/// A valid ID number that no sample member has (the sample's members are grown up).
inline constexpr std::string_view unknown_number = "2501015009082";

/// Returns all runs of 13 digits or more in `text`.
std::vector<std::string> digit_runs(std::string_view text);

} // namespace tessera::test
