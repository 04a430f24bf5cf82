#pragma once

#include <cstddef>
#include <string_view>

/// What writers of many rows say to MySQL.
namespace tessera {

/// Measured: from 500 to 2,000 rows per statement make no difference; fewer are slower.
inline constexpr std::size_t mysql_rows_per_statement = 1'000;

/// Keeps the triggers of members from following each row in the summary and in the change feed. Whoever says so brings
/// the summary up to date (`mysql_summary_head`) and tells the feed (`mysql_everything_changed`), in the same
/// transaction.
inline constexpr std::string_view mysql_begin_bulk = "SET @tessera_skip_summary = 1";
inline constexpr std::string_view mysql_end_bulk = "SET @tessera_skip_summary = NULL";
inline constexpr std::string_view mysql_everything_changed =
    "INSERT INTO member_changes (changed_at) VALUES (UTC_TIMESTAMP(3))";

/// To be followed by the name of a key column and an IN with its values.
inline constexpr std::string_view mysql_summary_head =
    "REPLACE INTO member_cache_summary (member_id, id_number, firstname, surname, email, cell_number, province_code, "
    "province_name, municipality_code, municipality_name, ward_code, ward_number, voting_station_id, "
    "voting_station_name, membership_status, member_created_at) SELECT member_id, id_number, firstname, surname, "
    "email, cell_number, province_code, province_name, municipality_code, municipality_name, ward_code, ward_number, "
    "voting_station_id, voting_station_name, membership_status, member_created_at FROM vw_member_details_optimized "
    "WHERE ";

/// The assignment that keeps ON DUPLICATE KEY UPDATE to the member of that id. An ID number that another member has
/// already would make MySQL update that member instead; an unsigned number below zero makes it fail (error 1690)
/// before that.
inline constexpr std::string_view mysql_same_member = "member_id = IF(members.member_id = VALUES(member_id), "
                                                      "members.member_id, CAST(0 AS UNSIGNED) - VALUES(member_id))";

} // namespace tessera
