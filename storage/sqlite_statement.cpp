#include "storage/sqlite_statement.hpp"

#include "storage/member_query.hpp"
#include "storage/sql_time.hpp"

#include <string>

namespace tessera {

result<sqlite_statement> sqlite_statement::prepare(sqlite_session& session, std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  auto code = sqlite3_prepare_v3(session.handle(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                 &handle, nullptr);
  if (code != SQLITE_OK)
    return sqlite_failure(code);
  return sqlite_statement{session, handle_ptr{handle}};
}

void sqlite_statement::bind(int parameter, std::string_view text) {
  // Without data() of its own an empty text would be bound as NULL.
  const char* data = text.data() == nullptr ? "" : text.data();
  sqlite3_bind_text64(handle_.get(), parameter, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void sqlite_statement::bind(int parameter, std::uint64_t number) {
  // SQLite's integers are signed; no member id lies above their range (see `max_member_id`).
  constexpr auto largest = static_cast<std::uint64_t>(INT64_MAX);
  sqlite3_bind_int64(handle_.get(), parameter, static_cast<std::int64_t>(number < largest ? number : largest));
}

void sqlite_statement::bind_null(int parameter) {
  sqlite3_bind_null(handle_.get(), parameter);
}

template <class Row>
status sqlite_statement::for_each_row(Row row) {
  if (session_->interrupted())
    return sqlite_failure(SQLITE_INTERRUPT);
  auto* handle = handle_.get();
  int code = SQLITE_OK;
  while ((code = sqlite3_step(handle)) == SQLITE_ROW)
    row();
  sqlite3_reset(handle);
  if (code != SQLITE_DONE)
    return sqlite_failure(code);
  return ok();
}

status sqlite_statement::execute() {
  return for_each_row([] {});
}

std::string_view sqlite_statement::text(int column) {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  if (data == nullptr)
    return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

std::optional<member> sqlite_statement::read_member() {
  auto number = id_number::from_digits(text(column_id_number));
  auto id = sqlite3_column_int64(handle_.get(), column_member_id);
  if (!number || id < 1 || static_cast<std::uint64_t>(id) > max_member_id)
    return std::nullopt;
  auto copy = [this](int column) { return std::string{text(column)}; };
  return member{.id = member_id{static_cast<std::uint64_t>(id)},
                .number = *number,
                .first_name = copy(column_firstname),
                .last_name = copy(column_surname),
                .email = copy(column_email),
                .phone_number = copy(column_cell_number),
                .province_name = copy(column_province_name),
                .municipality_name = copy(column_municipality_name),
                .ward_number = copy(column_ward_number),
                .voting_station_name = copy(column_voting_station_name),
                .joined = parse_sql_time(text(column_member_created_at)).value_or(utc_time{})};
}

result<std::vector<member>> sqlite_statement::fetch_members() {
  std::vector<member> found;
  auto done = for_each_row([&] {
    if (auto one = read_member())
      found.push_back(std::move(*one));
  });
  if (!done)
    return done.error();
  return found;
}

result<std::vector<std::vector<std::string>>> sqlite_statement::fetch_texts() {
  std::vector<std::vector<std::string>> rows;
  auto done = for_each_row([&] {
    auto& row = rows.emplace_back();
    for (int i = 0; i < sqlite3_column_count(handle_.get()); ++i)
      row.emplace_back(text(i));
  });
  if (!done)
    return done.error();
  return rows;
}

} // namespace tessera
