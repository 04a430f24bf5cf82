#pragma once

#include "cards/csv_reader.hpp"
#include "cards/result.hpp"
#include "storage/import_row.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tessera {

/// That the column `name` of the file holds `column`.
struct column_mapping {
  import_column column = import_column::firstname;
  std::string name;

  bool operator==(const column_mapping&) const = default;
};

/// Parses "email=E-mail address". The error is one sentence.
result<column_mapping> parse_column_mapping(std::string_view text);

/// What the columns of a file hold.
class import_header {
public:
  /// Tells the columns by their names: first by `mappings`, then by the names of the tables' columns, then by names
  /// that are common for them; letter case, spaces and signs do not matter. Fails with one sentence if a column is
  /// missing (ID number, and first name unless `update_only`), or two would hold the same.
  static result<import_header> read(const csv_record& names, std::span<const column_mapping> mappings,
                                    bool update_only);

  /// Returns the field that holds `column`, if there is one.
  std::optional<std::size_t> field_of(import_column column) const noexcept {
    return fields_[static_cast<std::size_t>(column)];
  }

  /// The names of all fields, cleaned.
  const std::vector<std::string>& names() const noexcept {
    return names_;
  }

  /// Which of the values of `members` there are.
  import_columns values() const noexcept;

  /// Returns the names of fields that hold nothing we know, or what is of no use without a code beside it.
  std::vector<std::string> unused() const;

private:
  std::array<std::optional<std::size_t>, import_column_count> fields_;
  std::vector<std::string> names_;
};

} // namespace tessera
