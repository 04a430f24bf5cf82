#pragma once

#include "cards/result.hpp"
#include "storage/import_row.hpp"
#include "storage/member_importer.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the importers of all dialects say and read alike.
namespace tessera::import_sql {

/// Columns as `member_of` takes them.
inline constexpr std::string_view select_member =
    "SELECT member_id, id_number, firstname, surname, email, cell_number, province_code, municipality_code, ward_code, "
    "voting_station_id, membership_status, member_created_at FROM members WHERE ";
inline constexpr std::size_t member_fields = 2 + import_value_count;

/// Columns as `progress_of` takes them and `fields_of` gives them, but for the id.
inline constexpr std::string_view progress_columns =
    "file_name, position, line, digest, rejects_size, inserted, updated, unchanged, rejected, restored, places_added, "
    "places_unknown, saved_at";
inline constexpr std::size_t progress_fields = 13;

/// Returns the member of a row of `select_member`, where NULL is ""; nothing if its id is none.
std::optional<existing_member> member_of(std::vector<std::string> fields);

/// Returns the progress in a row of `progress_columns`.
import_progress progress_of(std::string_view id, const std::vector<std::string>& fields);

/// Returns the values of `progress_columns`.
std::vector<std::string> fields_of(const import_progress& progress);

/// The table of a kind of place: its name and its columns for code, name and parent (empty if there is none).
struct place_table {
  std::string_view name;
  std::string_view code_column;
  std::string_view name_column;
  std::string_view parent_column;
};
place_table table_of(place_kind kind) noexcept;

/// Returns the columns of `members` that a write of `columns` names: those, and what a new row cannot do without.
/// In their order `values_of` has the values.
std::vector<std::string_view> columns_to_write(import_columns columns);

/// Returns those of them that are set in a row that exists.
std::vector<std::string_view> columns_to_set(import_columns columns);

/// Returns the names with commas in between.
std::string joined(const std::vector<std::string_view>& names);

/// Calls `value` with the value (a `const std::string*`, null for NULL) of each of `columns_to_write`, except for the
/// two keys, which come first.
template <class Value>
void for_each_value(const member_write& write, import_columns columns, Value value) {
  value(&write.firstname);
  for (std::size_t i = 0; i < import_value_count; ++i) {
    auto column = static_cast<import_column>(i);
    if (!columns[i] || column == import_column::firstname || column == import_column::member_created_at)
      continue;
    const auto& text = write.row->values[column];
    value(text ? &*text : nullptr);
  }
  value(&write.created);
}

} // namespace tessera::import_sql
