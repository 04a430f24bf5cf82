#include "storage/card_rows.hpp"

#include "storage/sql_time.hpp"

#include <charconv>
#include <limits>
#include <optional>

namespace tessera {

namespace {

std::optional<std::uint64_t> number_in(const std::string& text, std::uint64_t most) {
  std::uint64_t value = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size() || value > most)
    return std::nullopt;
  return value;
}

} // namespace

result<member_card_state> card_state_of(const std::vector<std::string>& row) {
  constexpr auto last_epoch = std::numeric_limits<card_epoch>::max();
  const failure odd{error_code::internal, "a row of card_state or revocations holds no state of a card"};
  if (row.size() != card_state_column_count)
    return odd;
  auto id = number_in(row[0], max_member_id);
  auto epoch = number_in(row[1], last_epoch);
  auto revoked = row[3].empty() ? std::optional<std::uint64_t>{0} : number_in(row[3], last_epoch);
  auto since = parse_sql_time(row[2]);
  if (!id || !epoch || *epoch == 0 || !revoked || (!since && !row[2].empty()))
    return odd;
  return member_card_state{member_id{*id}, {static_cast<card_epoch>(*epoch), since, static_cast<card_epoch>(*revoked)}};
}

} // namespace tessera
