#include "storage/mysql_connection.hpp"

#include <charconv>

namespace tessera {

namespace {

/// Needs no privilege.
constexpr std::string_view buffer_pool_statement =
    "SHOW GLOBAL STATUS WHERE Variable_name IN ('Innodb_buffer_pool_bytes_data', 'Innodb_buffer_pool_read_requests', "
    "'Innodb_buffer_pool_reads')";
constexpr std::string_view buffer_pool_size_statement = "SELECT @@innodb_buffer_pool_size";

std::uint64_t number_of(const std::optional<std::string>& text) {
  std::uint64_t value = 0;
  if (text)
    std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

} // namespace

result<std::optional<buffer_pool_state>> mysql_connection::buffer_pool() {
  auto rows = session_->query(buffer_pool_statement, 2);
  if (!rows)
    return rows.error();
  auto size = session_->query_row(buffer_pool_size_statement, 1);
  if (!size)
    return size.error();
  buffer_pool_state state;
  state.bytes = number_of(size->front());
  for (const auto& row : *rows) {
    auto value = number_of(row[1]);
    if (row[0] == "Innodb_buffer_pool_bytes_data")
      state.used_bytes = value;
    else if (row[0] == "Innodb_buffer_pool_read_requests")
      state.requests = value;
    else
      state.reads = value;
  }
  return std::optional{state};
}

} // namespace tessera
