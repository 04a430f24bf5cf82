#include "storage/member_query.hpp"

#include <algorithm>
#include <bit>

namespace tessera {

std::size_t group_size(std::size_t keys) noexcept {
  return std::bit_ceil(keys);
}

std::size_t group_index(std::size_t size) noexcept {
  return static_cast<std::size_t>(std::countr_zero(size));
}

std::string find_statement(std::string_view key_column, std::size_t size) {
  std::string sql{"SELECT member_id, id_number, firstname, surname, email, cell_number, province_name, "
                  "municipality_name, ward_number, voting_station_name, member_created_at "
                  "FROM vw_member_details_optimized WHERE COALESCE(membership_status, '') = 'Active' AND "};
  sql.append(key_column).append(" IN (?");
  for (std::size_t i = 1; i < size; ++i)
    sql.append(", ?");
  return sql.append(")");
}

void drop_older_twins(std::vector<member>& found) {
  auto older_twin = [&](const member& one) {
    return std::ranges::any_of(found,
                               [&](const member& other) { return other.number == one.number && one.id < other.id; });
  };
  if (std::ranges::none_of(found, older_twin))
    return;
  std::vector<member> kept;
  for (auto& one : found)
    if (!older_twin(one))
      kept.push_back(one);
  found = std::move(kept);
}

} // namespace tessera
