#include "storage/import/row_parser.hpp"

#include "storage/import/cell_id_number.hpp"
#include "storage/import/cell_text.hpp"
#include "storage/import/cell_time.hpp"
#include "storage/sql_time.hpp"

#include <algorithm>
#include <utility>

namespace tessera {

namespace {

using enum import_column;

/// The statuses that we know are spelt in one way: the service goes by "Active", letter by letter.
constexpr std::array<std::string_view, 6> statuses{"Active",   "Inactive", "Suspended",
                                                   "Deceased", "Resigned", "Expired"};

bool equal_letters(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

std::string known_status(std::string text) {
  const auto* known = std::ranges::find_if(statuses, [&](auto status) { return equal_letters(status, text); });
  return known != statuses.end() ? std::string{*known} : text;
}

struct place_columns {
  place_kind kind;
  import_column code;
  import_column name;
  std::optional<import_column> parent;
  std::size_t longest_name; ///< characters, as in MySQL's tables
};

constexpr std::array<place_columns, place_kind_count> places{
    {{place_kind::province, province_code, province_name, std::nullopt, 255},
     {place_kind::municipality, municipality_code, municipality_name, province_code, 255},
     {place_kind::ward, ward_code, ward_number, municipality_code, 20},
     {place_kind::voting_station, voting_station_id, voting_station_name, ward_code, 255}}};

} // namespace

std::variant<std::monostate, import_row, rejected_row> row_parser::parse(const csv_record& record) {
  auto blank = true;
  for (std::size_t i = 0; i < record.size() && blank; ++i)
    blank = clean_cell(record[i]).empty();
  if (blank && record.fault == csv_fault::none)
    return std::monostate{};
  import_row row{.line = record.line, .id = {}, .number = {}, .values = {}, .source = {}};
  auto fault = fill(row, record);
  if (!fault) {
    if (how_.keep_source)
      row.source = record;
    return row;
  }
  return rejected_row{record.line, std::move(fault->column), std::move(fault->reason), std::move(fault->detail),
                      how_.keep_source ? record : csv_record{}};
}

std::optional<row_parser::wrong> row_parser::fill(import_row& row, const csv_record& record) {
  if (record.fault == csv_fault::text_after_quote)
    return wrong{"", "has text after a closing quote"};
  auto size = record.size();
  while (size > header_.names().size() && clean_cell(record[size - 1]).empty())
    --size;
  if (size != header_.names().size())
    return wrong{"",
                 size < header_.names().size() ? "has fewer fields than the header" : "has more fields than the header",
                 std::to_string(size) + " instead of " + std::to_string(header_.names().size())};
  auto number = read_id_number(text_of(record, import_column::id_number));
  if (!number.number)
    return about(import_column::id_number, std::move(number.reason));
  row.number = *number.number;
  if (auto fault = fill_keys(row, record))
    return fault;
  for (std::size_t i = 0; i < import_value_count; ++i)
    if (auto column = static_cast<import_column>(i); header_.field_of(column))
      if (auto fault = fill_value(row, column, text_of(record, column)))
        return fault;
  if (auto fault = note_keys(row))
    return fault;
  restored_ += number.restored;
  note_places(row, record);
  return std::nullopt;
}

std::optional<row_parser::wrong> row_parser::fill_keys(import_row& row, const csv_record& record) {
  auto text = text_of(record, import_column::member_id);
  if (text.empty())
    return std::nullopt;
  row.id = parse_member_id(text);
  if (!row.id)
    return about(import_column::member_id, "is no whole number from 1 to 9007199254740991");
  return std::nullopt;
}

std::optional<row_parser::wrong> row_parser::fill_value(import_row& row, import_column column, std::string text) {
  if (has_control_character(text))
    return about(column, "has a control character");
  if (is_too_long(column, text))
    return about(column, "is longer than the store's column",
                 std::to_string(how_.limits[static_cast<std::size_t>(column)]) + " characters");
  if (text.empty())
    return column == firstname || column == membership_status ? std::optional{about(column, "is empty")} : std::nullopt;
  if (column == cell_number || column == voting_station_id)
    if (auto damage = spreadsheet_damage(text); !damage.empty())
      return about(column, std::string{damage});
  if (column == voting_station_id && !parse_member_id(text))
    return about(column, "is no whole number");
  if (column == member_created_at) {
    auto time = read_time(text);
    if (!time.time)
      return about(column, std::move(time.reason));
    text = sql_time(*time.time);
  }
  row.values[column] = column == membership_status ? known_status(std::move(text)) : std::move(text);
  return std::nullopt;
}

std::optional<row_parser::wrong> row_parser::note_keys(const import_row& row) {
  if (auto line = numbers_.line_of(row.number.packed()))
    return about(import_column::id_number, "is the same as in an earlier row", "line " + std::to_string(*line));
  if (auto line = row.id ? ids_.line_of(row.id->value) : std::nullopt)
    return about(import_column::member_id, "is the same as in an earlier row", "line " + std::to_string(*line));
  numbers_.add(row.number.packed(), row.line);
  if (row.id)
    ids_.add(row.id->value, row.line);
  return std::nullopt;
}

void row_parser::note_places(const import_row& row, const csv_record& record) {
  for (const auto& [kind, code, name, parent, longest] : places) {
    const auto& value = row.values[code];
    if (!value)
      continue;
    import_place place{kind, *value, text_of(record, name), {}};
    // A name that cannot be kept is as none.
    if (count_characters(place.name) > longest || has_control_character(place.name))
      place.name.clear();
    if (parent)
      place.parent = row.values[*parent].value_or("");
    note_place(std::move(place));
  }
}

void row_parser::note_place(import_place place) {
  auto complete = is_complete(place);
  auto [known, is_new] = known_places_[static_cast<std::size_t>(place.kind)].try_emplace(place.code, complete);
  if (!is_new && (known->second || !complete))
    return;
  known->second = complete;
  places_.push_back(std::move(place));
}

std::string row_parser::text_of(const csv_record& record, import_column column) const {
  auto field = header_.field_of(column);
  if (!field)
    return {};
  auto text = record[*field];
  return how_.windows_1252 ? clean_cell(utf8_of_windows_1252(text)) : clean_cell(text);
}

row_parser::wrong row_parser::about(import_column column, std::string reason, std::string detail) const {
  auto field = header_.field_of(column);
  return {field ? header_.names()[*field] : std::string{name_of(column)}, std::move(reason), std::move(detail)};
}

bool row_parser::is_too_long(import_column column, const std::string& text) const {
  auto limit = how_.limits[static_cast<std::size_t>(column)];
  return text.size() > limit && count_characters(text) > limit;
}

} // namespace tessera
