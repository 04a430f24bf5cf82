#include "storage/import/import_header.hpp"

#include "storage/import/cell_text.hpp"

#include <algorithm>
#include <cctype>

namespace tessera {

namespace {

using enum import_column;

struct alias {
  std::string_view name; ///< as `key_of` returns it
  import_column column;
};

// "id" could be either number, "ward" a code or a number: what is uncertain is not here.
constexpr std::array aliases{
    alias{"idno", import_column::id_number},
    alias{"idnr", import_column::id_number},
    alias{"idnum", import_column::id_number},
    alias{"identitynumber", import_column::id_number},
    alias{"identityno", import_column::id_number},
    alias{"said", import_column::id_number},
    alias{"saidnumber", import_column::id_number},
    alias{"rsaid", import_column::id_number},
    alias{"rsaidnumber", import_column::id_number},
    alias{"membershipid", import_column::member_id},
    alias{"name", firstname},
    alias{"names", firstname},
    alias{"firstnames", firstname},
    alias{"forename", firstname},
    alias{"forenames", firstname},
    alias{"givenname", firstname},
    alias{"givennames", firstname},
    alias{"lastname", surname},
    alias{"familyname", surname},
    alias{"emailaddress", email},
    alias{"mail", email},
    alias{"cell", cell_number},
    alias{"cellno", cell_number},
    alias{"cellphone", cell_number},
    alias{"cellphonenumber", cell_number},
    alias{"mobile", cell_number},
    alias{"mobileno", cell_number},
    alias{"mobilenumber", cell_number},
    alias{"phone", cell_number},
    alias{"phonenumber", cell_number},
    alias{"telephone", cell_number},
    alias{"contactnumber", cell_number},
    alias{"province", province_name},
    alias{"municipality", municipality_name},
    alias{"wardno", ward_number},
    alias{"votingstation", voting_station_name},
    alias{"stationname", voting_station_name},
    alias{"vdnumber", voting_station_id},
    alias{"status", membership_status},
    alias{"memberstatus", membership_status},
    alias{"createdat", member_created_at},
    alias{"joined", member_created_at},
    alias{"joinedat", member_created_at},
    alias{"datejoined", member_created_at},
    alias{"joindate", member_created_at},
    alias{"joiningdate", member_created_at},
    alias{"membersince", member_created_at},
};

/// Returns the letters and digits of a name, in lower case: "E-mail" and "email" are one.
std::string key_of(std::string_view name) {
  std::string key;
  for (auto c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      key.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  return key;
}

std::optional<import_column> column_of_name(std::string_view key) {
  for (std::size_t i = 0; i < import_column_count; ++i)
    if (key_of(import_column_names[i]) == key)
      return static_cast<import_column>(i);
  return std::nullopt;
}

std::optional<import_column> column_of_alias(std::string_view key) {
  const auto* found = std::ranges::find(aliases, key, &alias::name);
  return found != aliases.end() ? std::optional{found->column} : std::nullopt;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names)
    text.append(text.empty() ? "" : ", ").append("\"").append(name).append("\"");
  return text;
}

failure refused(std::string sentence) {
  return {error_code::validation, std::move(sentence)};
}

/// The names of places, and the codes that they are of use with.
constexpr std::array<std::pair<import_column, import_column>, place_kind_count> names_and_codes{
    {{province_name, province_code},
     {municipality_name, municipality_code},
     {ward_number, ward_code},
     {voting_station_name, voting_station_id}}};

} // namespace

result<column_mapping> parse_column_mapping(std::string_view text) {
  auto equals = text.find('=');
  auto column = column_of_name(key_of(text.substr(0, equals)));
  if (equals == std::string_view::npos || !column || equals + 1 == text.size()) {
    std::string all;
    for (auto name : import_column_names)
      all.append(all.empty() ? "" : ", ").append(name);
    return refused("--map takes COLUMN=NAME, where COLUMN is one of " + all + ".");
  }
  return column_mapping{*column, clean_cell(text.substr(equals + 1))};
}

result<import_header> import_header::read(const csv_record& names, std::span<const column_mapping> mappings,
                                          bool update_only) {
  import_header header;
  for (std::size_t i = 0; i < names.size(); ++i)
    header.names_.push_back(clean_cell(names[i]));
  std::vector<bool> taken(names.size());

  for (const auto& mapping : mappings) {
    auto at = std::ranges::find(header.names_, key_of(mapping.name), key_of);
    if (at == header.names_.end())
      return refused("--map names the column \"" + mapping.name + "\", but the file has only " + listed(header.names_)
                     + ".");
    auto field = static_cast<std::size_t>(at - header.names_.begin());
    header.fields_[static_cast<std::size_t>(mapping.column)] = field;
    taken[field] = true;
  }
  for (auto* column_of : {&column_of_name, &column_of_alias}) {
    auto before = header.fields_;
    for (std::size_t field = 0; field < names.size(); ++field) {
      auto column = taken[field] ? std::nullopt : column_of(key_of(header.names_[field]));
      if (!column || before[static_cast<std::size_t>(*column)])
        continue;
      auto& place = header.fields_[static_cast<std::size_t>(*column)];
      if (place)
        return refused("The columns \"" + header.names_[*place] + "\" and \"" + header.names_[field]
                       + "\" could both hold " + std::string{name_of(*column)} + ": choose one with --map "
                       + std::string{name_of(*column)} + "=NAME.");
      place = field;
      taken[field] = true;
    }
  }
  std::string missing;
  for (auto column : {import_column::id_number, firstname})
    if (!header.field_of(column) && (column != firstname || !update_only))
      missing.append(missing.empty() ? "" : " and ").append(name_of(column));
  if (!missing.empty())
    return refused("The file has no column for " + missing + "; it has " + listed(header.names_)
                   + ". Name the right one with --map COLUMN=NAME.");
  return header;
}

import_columns import_header::values() const noexcept {
  import_columns columns;
  for (std::size_t i = 0; i < import_value_count; ++i)
    columns[i] = fields_[i].has_value();
  return columns;
}

std::vector<std::string> import_header::unused() const {
  std::vector<bool> used(names_.size());
  for (std::size_t i = 0; i < import_column_count; ++i) {
    const auto* named = std::ranges::find(names_and_codes, static_cast<import_column>(i),
                                          &std::pair<import_column, import_column>::first);
    if (fields_[i] && (named == names_and_codes.end() || field_of(named->second)))
      used[*fields_[i]] = true;
  }
  std::vector<std::string> unused;
  for (std::size_t field = 0; field < names_.size(); ++field)
    if (!used[field])
      unused.push_back(names_[field]);
  return unused;
}

} // namespace tessera
