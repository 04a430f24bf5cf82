#include "storage/change_rows.hpp"

#include "storage/sql_time.hpp"

#include <charconv>

namespace tessera {

std::string change_condition(std::uint64_t from, std::span<const change_gap> gaps, std::size_t limit) {
  auto sql = " WHERE change_id >= " + std::to_string(from);
  for (const auto& gap : gaps)
    sql.append(" OR change_id BETWEEN ")
        .append(std::to_string(gap.first))
        .append(" AND ")
        .append(std::to_string(gap.last));
  return sql.append(" ORDER BY change_id LIMIT ").append(std::to_string(limit));
}

std::uint64_t change_number(const std::string& text) noexcept {
  std::uint64_t value = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  return fault == std::errc{} && end == text.data() + text.size() ? value : 0;
}

change_page change_page_of(std::span<const std::vector<std::string>> rows) {
  change_page page;
  page.rows.reserve(rows.size());
  for (const auto& row : rows) {
    auto& change = page.rows.emplace_back();
    change.number = change_number(row[0]);
    change.member.value = change_number(row[1]);
    change.old_number = id_number::from_digits(row[2]);
    change.new_number = id_number::from_digits(row[3]);
    change.at = parse_sql_time(row[4]).value_or(utc_time{});
    page.now = parse_sql_time(row[5]).value_or(utc_time{});
  }
  return page;
}

} // namespace tessera
