#pragma once

#include "storage/import/first_lines.hpp"
#include "storage/import/import_header.hpp"
#include "storage/import/rejected_row.hpp"
#include "storage/import_row.hpp"
#include "storage/member_importer.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace tessera {

/// Makes rows of `members` of records, and tells which cannot be. Of the rows with one ID number, or one member id, the
/// first that is in order otherwise counts and the others are rejected; so this remembers all keys (see `first_lines`).
class row_parser {
public:
  struct options {
    import_limits limits{};
    bool windows_1252 = false; ///< the texts are; else UTF-8
    bool keep_source = false;  ///< in rows and rejected rows
  };

  row_parser(import_header header, const options& how) : header_(std::move(header)), how_(how) {
  }

  /// Returns the row of a record, or why there is none; nothing for a record of empty fields, as spreadsheets append
  /// them.
  std::variant<std::monostate, import_row, rejected_row> parse(const csv_record& record);

  /// Returns the places that the rows since the last call named and no row before, or not with name and parent.
  std::vector<import_place> take_places() noexcept {
    return std::exchange(places_, {});
  }

  /// Returns how many rows had zeros put back in front of their ID number.
  std::uint64_t restored() const noexcept {
    return restored_;
  }

private:
  struct wrong {
    std::string column;
    std::string reason;
    std::string detail{};
  };

  std::optional<wrong> fill(import_row& row, const csv_record& record);
  std::optional<wrong> fill_keys(import_row& row, const csv_record& record);
  std::optional<wrong> fill_value(import_row& row, import_column column, std::string text);
  std::optional<wrong> note_keys(const import_row& row);
  void note_places(const import_row& row, const csv_record& record);
  void note_place(import_place place);

  /// Returns the cleaned text of a column; empty if the file has no such column.
  std::string text_of(const csv_record& record, import_column column) const;
  wrong about(import_column column, std::string reason, std::string detail = {}) const;
  bool is_too_long(import_column column, const std::string& text) const;

  import_header header_;
  options how_;
  first_lines numbers_;
  first_lines ids_;
  std::array<std::unordered_map<std::string, bool>, place_kind_count> known_places_; ///< whether it was complete
  std::vector<import_place> places_;
  std::uint64_t restored_ = 0;
};

} // namespace tessera
