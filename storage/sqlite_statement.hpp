#pragma once

#include "cards/member.hpp"
#include "cards/result.hpp"
#include "storage/sqlite_session.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <sqlite3.h>
#include <string_view>
#include <vector>

namespace tessera {

/// A prepared statement of a session. Parameters count from 1; text is bound by reference, so it must live until the
/// call that executes.
class sqlite_statement {
public:
  static result<sqlite_statement> prepare(sqlite_session& session, std::string_view sql);

  void bind(int parameter, std::string_view text);
  void bind(int parameter, std::uint64_t number);
  void bind_null(int parameter);

  /// Executes it and drops what it returns.
  status execute();

  /// Executes it and returns the members of its rows (columns as in `member_column`).
  result<std::vector<member>> fetch_members();

  /// Executes it and returns its rows as text; NULL is "".
  result<std::vector<std::vector<std::string>>> fetch_texts();

private:
  struct closer {
    void operator()(sqlite3_stmt* handle) const noexcept {
      sqlite3_finalize(handle);
    }
  };
  using handle_ptr = std::unique_ptr<sqlite3_stmt, closer>;

  sqlite_statement(sqlite_session& session, handle_ptr handle) : session_(&session), handle_(std::move(handle)) {
  }

  /// Executes it, calls `row` per row, and resets it whatever happens, so that no read lock stays behind.
  template <class Row>
  status for_each_row(Row row);

  std::string_view text(int column);
  std::optional<member> read_member();

  sqlite_session* session_;
  handle_ptr handle_;
};

} // namespace tessera
