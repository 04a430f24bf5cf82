#include "storage/import_sql.hpp"

#include "storage/sql_time.hpp"

#include <charconv>
#include <utility>

namespace tessera::import_sql {

namespace {

std::uint64_t number_of(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool is_set(import_columns columns, import_column column) {
  return columns[static_cast<std::size_t>(column)];
}

} // namespace

std::optional<existing_member> member_of(std::vector<std::string> fields) {
  auto id = parse_member_id(fields[0]);
  if (!id)
    return std::nullopt;
  existing_member found{*id, id_number::from_digits(fields[1]), {}};
  for (std::size_t i = 0; i < import_value_count; ++i)
    if (auto& text = fields[2 + i]; !text.empty())
      found.values[static_cast<import_column>(i)] = std::move(text);
  return found;
}

import_progress progress_of(std::string_view id, const std::vector<std::string>& fields) {
  return {.id = std::string{id},
          .file = fields[0],
          .position = number_of(fields[1]),
          .line = number_of(fields[2]),
          .digest = fields[3],
          .rejects_size = number_of(fields[4]),
          .counts = {.inserted = number_of(fields[5]),
                     .updated = number_of(fields[6]),
                     .unchanged = number_of(fields[7]),
                     .rejected = number_of(fields[8]),
                     .restored = number_of(fields[9]),
                     .places_added = number_of(fields[10]),
                     .places_unknown = number_of(fields[11])},
          .at = parse_sql_time(fields[12]).value_or(utc_time{})};
}

std::vector<std::string> fields_of(const import_progress& progress) {
  const auto& counts = progress.counts;
  return {progress.file,
          std::to_string(progress.position),
          std::to_string(progress.line),
          progress.digest,
          std::to_string(progress.rejects_size),
          std::to_string(counts.inserted),
          std::to_string(counts.updated),
          std::to_string(counts.unchanged),
          std::to_string(counts.rejected),
          std::to_string(counts.restored),
          std::to_string(counts.places_added),
          std::to_string(counts.places_unknown),
          sql_time(progress.at)};
}

place_table table_of(place_kind kind) noexcept {
  switch (kind) {
  case place_kind::province:
    return {"provinces", "province_code", "province_name", ""};
  case place_kind::municipality:
    return {"municipalities", "municipality_code", "municipality_name", "province_code"};
  case place_kind::ward:
    return {"wards", "ward_code", "ward_number", "municipality_code"};
  case place_kind::voting_station:
    break;
  }
  return {"voting_stations", "voting_station_id", "station_name", "ward_code"};
}

std::vector<std::string_view> columns_to_write(import_columns columns) {
  std::vector<std::string_view> names{"member_id", "id_number", "firstname"};
  for (std::size_t i = 0; i < import_value_count; ++i) {
    auto column = static_cast<import_column>(i);
    if (columns[i] && column != import_column::firstname && column != import_column::member_created_at)
      names.push_back(name_of(column));
  }
  names.push_back(name_of(import_column::member_created_at));
  return names;
}

std::vector<std::string_view> columns_to_set(import_columns columns) {
  auto names = columns_to_write(columns);
  names.erase(names.begin()); // the member's id
  if (!is_set(columns, import_column::member_created_at))
    names.pop_back();
  if (!is_set(columns, import_column::firstname))
    std::erase(names, name_of(import_column::firstname));
  return names;
}

std::string joined(const std::vector<std::string_view>& names) {
  std::string text;
  for (auto name : names)
    text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

} // namespace tessera::import_sql
