#include "storage/mysql_statement.hpp"

#include "storage/sql_time.hpp"

#include <algorithm>
#include <errmsg.h>

namespace tessera {

namespace {

constexpr unsigned long microseconds_per_millisecond = 1'000;

utc_time to_time(const MYSQL_TIME& time) {
  return make_time(time.year, time.month, time.day, time.hour, time.minute, time.second,
                   static_cast<unsigned>(time.second_part / microseconds_per_millisecond));
}

} // namespace

MYSQL_BIND bind_text(char* data, unsigned long length) noexcept {
  MYSQL_BIND bind{};
  bind.buffer_type = MYSQL_TYPE_STRING;
  bind.buffer = data;
  bind.buffer_length = length;
  return bind;
}

MYSQL_BIND bind_number(std::uint64_t& number) noexcept {
  MYSQL_BIND bind{};
  bind.buffer_type = MYSQL_TYPE_LONGLONG;
  bind.buffer = &number;
  bind.buffer_length = sizeof number;
  bind.is_unsigned = 1;
  return bind;
}

mysql_member_columns::mysql_member_columns() {
  for (unsigned i = 0; i < member_columns; ++i) {
    binds_[i] = bind_text(texts_[i].data(), text_size);
    binds_[i].length = &lengths_[i];
    binds_[i].is_null = &nulls_[i];
  }
  binds_[column_member_id] = bind_number(id_);
  binds_[column_member_id].is_null = &nulls_[column_member_id];
  auto& created = binds_[column_member_created_at];
  created.buffer_type = MYSQL_TYPE_DATETIME;
  created.buffer = &created_;
  created.buffer_length = sizeof created_;
}

std::string mysql_member_columns::text(MYSQL_STMT* statement, unsigned column) {
  if (nulls_[column] != 0)
    return {};
  auto length = lengths_[column];
  if (length <= text_size)
    return {texts_[column].data(), length};
  std::string whole(length, '\0');
  auto bind = bind_text(whole.data(), length);
  unsigned long read = 0;
  bind.length = &read;
  mysql_stmt_fetch_column(statement, &bind, column, 0);
  return whole;
}

std::optional<member> mysql_member_columns::read(MYSQL_STMT* statement) {
  auto number = nulls_[column_id_number] != 0 || lengths_[column_id_number] > text_size
                    ? std::nullopt
                    : id_number::from_digits({texts_[column_id_number].data(), lengths_[column_id_number]});
  if (!number || nulls_[column_member_id] != 0 || id_ == 0 || id_ > max_member_id)
    return std::nullopt;
  return member{.id = member_id{id_},
                .number = *number,
                .first_name = text(statement, column_firstname),
                .last_name = text(statement, column_surname),
                .email = text(statement, column_email),
                .phone_number = text(statement, column_cell_number),
                .province_name = text(statement, column_province_name),
                .municipality_name = text(statement, column_municipality_name),
                .ward_number = text(statement, column_ward_number),
                .voting_station_name = text(statement, column_voting_station_name),
                .joined = nulls_[column_member_created_at] != 0 ? utc_time{} : to_time(created_)};
}

result<mysql_statement> mysql_statement::prepare(mysql_session& session, std::string_view sql,
                                                 std::span<MYSQL_BIND> parameters) {
  mysql_statement statement{session, handle_ptr{mysql_stmt_init(session.handle())}};
  auto* handle = statement.handle_.get();
  if (handle == nullptr)
    return session.fail(mysql_errno(session.handle()));
  if (mysql_stmt_prepare(handle, sql.data(), sql.size()) != 0)
    return statement.fail();
  // The library copies as many as the server says that there are.
  if (mysql_stmt_param_count(handle) != parameters.size())
    return session.fail(CR_MALFORMED_PACKET);
  if (!parameters.empty() && mysql_stmt_bind_param(handle, parameters.data()) != 0)
    return statement.fail();
  return statement;
}

failure mysql_statement::fail() {
  return session_->fail(mysql_stmt_errno(handle_.get()));
}

status mysql_statement::run() {
  if (mysql_stmt_execute(handle_.get()) != 0)
    return fail();
  return ok();
}

/// The library copies as many as the server says that there are columns.
status mysql_statement::bind_result(std::span<MYSQL_BIND> columns) {
  if (mysql_stmt_field_count(handle_.get()) != columns.size())
    return session_->fail(CR_MALFORMED_PACKET);
  if (mysql_stmt_bind_result(handle_.get(), columns.data()) != 0)
    return fail();
  return ok();
}

status mysql_statement::execute() {
  auto done = run();
  if (done)
    mysql_stmt_free_result(handle_.get());
  return done;
}

result<std::vector<member>> mysql_statement::fetch_members(mysql_member_columns& columns, std::size_t expected) {
  auto* handle = handle_.get();
  if (auto done = run(); !done)
    return done.error();
  if (auto bound = bind_result(columns.binds()); !bound)
    return bound.error();
  std::vector<member> found;
  found.reserve(expected);
  for (;;) {
    auto outcome = mysql_stmt_fetch(handle);
    if (outcome == MYSQL_NO_DATA)
      break;
    if (outcome != 0 && outcome != MYSQL_DATA_TRUNCATED)
      return fail();
    if (auto one = columns.read(handle))
      found.push_back(std::move(*one));
  }
  mysql_stmt_free_result(handle);
  return found;
}

result<std::optional<std::string>> mysql_statement::fetch_text() {
  auto* handle = handle_.get();
  if (auto done = run(); !done)
    return done.error();
  std::array<char, 256> buffer{};
  unsigned long length = 0;
  my_bool is_null = 0;
  auto bind = bind_text(buffer.data(), buffer.size());
  bind.length = &length;
  bind.is_null = &is_null;
  if (auto bound = bind_result({&bind, 1}); !bound)
    return bound.error();
  auto outcome = mysql_stmt_fetch(handle);
  if (outcome != 0 && outcome != MYSQL_NO_DATA && outcome != MYSQL_DATA_TRUNCATED)
    return fail();
  std::optional<std::string> text;
  if (outcome != MYSQL_NO_DATA)
    text.emplace(buffer.data(), is_null != 0 ? 0 : std::min<std::size_t>(length, buffer.size()));
  mysql_stmt_free_result(handle);
  return text;
}

} // namespace tessera
