#pragma once

#include "cards/csv_reader.hpp"
#include "cards/member.hpp"

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tessera {

/// What a column of an imported file may hold. The first ten are values of `members` besides its keys.
enum class import_column : std::uint8_t {
  firstname,
  surname,
  email,
  cell_number,
  province_code,
  municipality_code,
  ward_code,
  voting_station_id,
  membership_status,
  member_created_at,
  member_id,
  id_number,
  province_name,
  municipality_name,
  ward_number,
  voting_station_name,
};

inline constexpr std::size_t import_column_count = 16;
inline constexpr std::size_t import_value_count = 10;

/// The names of the columns, by `import_column`: those of the tables.
inline constexpr std::array<std::string_view, import_column_count> import_column_names{
    "firstname",         "surname",           "email",       "cell_number",
    "province_code",     "municipality_code", "ward_code",   "voting_station_id",
    "membership_status", "member_created_at", "member_id",   "id_number",
    "province_name",     "municipality_name", "ward_number", "voting_station_name"};

constexpr std::string_view name_of(import_column column) noexcept {
  return import_column_names[static_cast<std::size_t>(column)];
}

/// Which of the values of `members` a file has columns for.
using import_columns = std::bitset<import_value_count>;

/// Values of `members` as SQL writes them, by `import_column`; nothing is NULL.
class import_values {
public:
  std::optional<std::string>& operator[](import_column column) noexcept {
    return values_[static_cast<std::size_t>(column)];
  }
  const std::optional<std::string>& operator[](import_column column) const noexcept {
    return values_[static_cast<std::size_t>(column)];
  }

  bool operator==(const import_values&) const = default;

private:
  std::array<std::optional<std::string>, import_value_count> values_;
};

/// A row of an imported file that is in order as far as the file alone tells.
struct import_row {
  std::uint64_t line = 0;
  std::optional<member_id> id;
  id_number number;
  import_values values; ///< no `member_created_at`: of an existing member the one that is there, else the default
  csv_record source;    ///< empty if nobody wants rejected rows back
};

/// A row of `members` as it is. Empty texts count as NULL.
struct existing_member {
  member_id id;
  std::optional<id_number> number; ///< nothing if what is there is none
  import_values values;
};

/// A row to be written: what `row` says, to the member `id` or (if there is no id) to one that the store numbers.
struct member_write {
  const import_row* row = nullptr;
  std::optional<member_id> id;
  bool is_new = false;
  std::string firstname; ///< the row's, or the one that is there
  std::string created;   ///< the row's, or the one that is there, or the default; as SQL writes it
};

/// A table of geography.
enum class place_kind : std::uint8_t { province, municipality, ward, voting_station };

inline constexpr std::size_t place_kind_count = 4;

/// A place that rows of a file name.
struct import_place {
  place_kind kind = place_kind::province;
  std::string code;
  std::string name;   ///< for a ward its number; empty if the file does not say
  std::string parent; ///< the code of what it lies in; empty for a province, or if the file does not say

  bool operator==(const import_place&) const = default;
};

/// Returns whether a row of its table can be made of it.
inline bool is_complete(const import_place& place) noexcept {
  return !place.name.empty() && (place.kind == place_kind::province || !place.parent.empty());
}

} // namespace tessera
