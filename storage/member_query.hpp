#pragma once

#include "cards/member.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// The statements that both kinds of store understand.
///
/// They read the view, not member_cache_summary, though that costs the server a quarter more per row (measured: 17 to
/// 13 us at 64 keys): foreign keys that cascade, TRUNCATE and replicas without triggers change members past the
/// summary, and a card must not be wrong. COALESCE keeps optimisers from ever trying the index on membership_status,
/// under which nearly all members are one: the plan then does not depend on statistics, which may be missing or old.
namespace tessera {

/// The columns of every statement that returns members, in this order.
enum member_column : unsigned {
  column_member_id,
  column_id_number,
  column_firstname,
  column_surname,
  column_email,
  column_cell_number,
  column_province_name,
  column_municipality_name,
  column_ward_number,
  column_voting_station_name,
  column_member_created_at,
  member_columns ///< how many there are
};

/// Statements are prepared for 1, 2, 4 … 64 keys: this many sizes.
inline constexpr std::size_t group_sizes = 7;

/// Returns the smallest such size that takes `keys` (1 to `max_keys_per_statement`).
std::size_t group_size(std::size_t keys) noexcept;

/// Returns the place of a size among the sizes: 0 for 1, 6 for 64.
std::size_t group_index(std::size_t size) noexcept;

/// Returns the statement that finds the active members among `size` keys in `key_column`.
std::string find_statement(std::string_view key_column, std::size_t size);

/// The statement that finds the newest active members: parameters are the member id to stay below, and how many.
inline constexpr std::string_view newest_statement =
    "SELECT member_id, id_number, firstname, surname, email, cell_number, province_name, municipality_name, "
    "ward_number, voting_station_name, member_created_at FROM vw_member_details_optimized "
    "WHERE COALESCE(membership_status, '') = 'Active' AND member_id < ? ORDER BY member_id DESC LIMIT ?";

inline constexpr std::string_view id_number_statement = "SELECT id_number FROM members WHERE member_id = ?";

/// Shows whether lookups could work, at the least cost.
inline constexpr std::string_view probe_statement = "SELECT 1 FROM members LIMIT 1";

/// Keeps, of members with the same ID number, the newest. Only old registers without a unique index have such.
void drop_older_twins(std::vector<member>& found);

} // namespace tessera
