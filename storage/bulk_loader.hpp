#pragma once

#include "cards/member.hpp"
#include "cards/result.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace tessera {

struct province_row {
  std::string code; ///< "GP"
  std::string name;
};

struct municipality_row {
  std::string code; ///< Demarcation Board's code: "JHB", "KZN225"
  std::string name;
  std::string province_code;
};

struct ward_row {
  std::string code;   ///< eight digits
  std::string number; ///< within the municipality
  std::string municipality_code;
};

struct voting_station_row {
  std::uint64_t id = 0;
  std::string name;
  std::string ward_code;
};

/// A row of `members`, with the predecessor's columns.
struct member_row {
  member_id id;
  id_number number;
  std::string firstname;
  std::string surname;
  std::optional<std::string> email;
  std::optional<std::string> cell_number;
  std::string province_code;
  std::string municipality_code;
  std::string ward_code;
  std::optional<std::uint64_t> voting_station_id;
  std::string membership_status; ///< "Active" or another
  utc_time created;
};

/// Writes many rows fast into a migrated store, geography first. One thread. Nothing counts before `finish`
/// succeeded; rows whose key exists already are replaced.
class bulk_loader {
public:
  bulk_loader() = default;
  bulk_loader(const bulk_loader&) = delete;
  bulk_loader& operator=(const bulk_loader&) = delete;
  virtual ~bulk_loader() = default;

  virtual status add(std::span<const province_row> rows) = 0;
  virtual status add(std::span<const municipality_row> rows) = 0;
  virtual status add(std::span<const ward_row> rows) = 0;
  virtual status add(std::span<const voting_station_row> rows) = 0;
  virtual status add(std::span<const member_row> rows) = 0;

  /// Makes what was added durable and brings derived tables up to date.
  virtual status finish() = 0;
};

} // namespace tessera
