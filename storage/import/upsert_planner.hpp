#pragma once

#include "storage/import/rejected_row.hpp"
#include "storage/import_row.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace tessera {

/// What is to be done with rows, given what the store has.
struct upsert_plan {
  std::vector<member_write> writes; ///< in the order of the rows, which they refer to
  std::size_t unchanged = 0;
  std::vector<rejected_row> rejected;
};

/// Decides which rows of a file become new members, change one or change nothing. A row is about the member of its
/// member id, or, where it has none, of its ID number. Pure.
class upsert_planner {
public:
  struct rules {
    import_columns columns;        ///< of the file
    bool numbered_by_file = false; ///< the file has member ids: the store then chooses none
    bool update_only = false;
    std::string created; ///< of new members whose row does not say, as SQL writes it
    /// Nothing is written between two calls, so what an earlier call planned must be remembered: whose ID number
    /// changed.
    bool dry_run = false;
  };

  explicit upsert_planner(rules rules) : rules_(std::move(rules)) {
  }

  /// `existing`: all members with a key of one of the rows. Rows must not share a key; they are planned in order, so
  /// one may take an ID number that one before gave up.
  upsert_plan plan(std::span<const import_row> rows, std::vector<existing_member> existing);

private:
  bool changes(const import_row& row, const existing_member& member) const;
  member_write write_of(const import_row& row, const existing_member* member) const;

  rules rules_;
  std::unordered_map<member_id, id_number> renumbered_;
};

} // namespace tessera
