#pragma once

#include "cards/member.hpp"
#include "cards/result.hpp"
#include "storage/member_query.hpp"
#include "storage/mysql_session.hpp"

#include <array>
#include <memory>
#include <mysql.h>
#include <span>
#include <string_view>
#include <vector>

namespace tessera {

/// Where the library puts a row's columns: one set serves all statements of a connection, one after another.
class mysql_member_columns {
public:
  mysql_member_columns();
  mysql_member_columns(const mysql_member_columns&) = delete;
  mysql_member_columns& operator=(const mysql_member_columns&) = delete;

  std::span<MYSQL_BIND> binds() noexcept {
    return binds_;
  }

  /// Returns the row that `statement` fetched last; nothing if it has no proper ID number or member id.
  std::optional<member> read(MYSQL_STMT* statement);

private:
  /// Names are shorter as a rule; longer ones are fetched again by themselves.
  static constexpr std::size_t text_size = 160;

  std::string text(MYSQL_STMT* statement, unsigned column);

  std::array<MYSQL_BIND, member_columns> binds_{};
  std::array<std::array<char, text_size>, member_columns> texts_;
  std::array<unsigned long, member_columns> lengths_{};
  std::array<my_bool, member_columns> nulls_{};
  std::uint64_t id_ = 0;
  MYSQL_TIME created_{};
};

/// A prepared statement of a session. Parameters are bound once, to memory that outlives the statement.
class mysql_statement {
public:
  static result<mysql_statement> prepare(mysql_session& session, std::string_view sql,
                                         std::span<MYSQL_BIND> parameters);

  /// Executes it and drops what it returns.
  status execute();

  /// Executes it and returns the members of its rows.
  result<std::vector<member>> fetch_members(mysql_member_columns& columns, std::size_t expected);

  /// Executes it and returns the first column of its first row, nothing if there is no row. NULL is "".
  result<std::optional<std::string>> fetch_text();

private:
  struct closer {
    void operator()(MYSQL_STMT* handle) const noexcept {
      mysql_stmt_close(handle);
    }
  };
  using handle_ptr = std::unique_ptr<MYSQL_STMT, closer>;

  mysql_statement(mysql_session& session, handle_ptr handle) : session_(&session), handle_(std::move(handle)) {
  }
  failure fail();
  status run();
  status bind_result(std::span<MYSQL_BIND> columns);

  mysql_session* session_;
  handle_ptr handle_;
};

/// Returns a parameter or result column: text of a fixed length, or an unsigned 64-bit number.
MYSQL_BIND bind_text(char* data, unsigned long length) noexcept;
MYSQL_BIND bind_number(std::uint64_t& number) noexcept;

} // namespace tessera
