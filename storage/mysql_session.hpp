#pragma once

#include "cards/result.hpp"
#include "storage/store_url.hpp"

#include <chrono>
#include <memory>
#include <mysql.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

struct mysql_timeouts {
  std::chrono::milliseconds connect{2'000}; ///< until statements can be sent
  std::chrono::milliseconds read{5'000};    ///< for the server to send the next bytes
  std::chrono::milliseconds write{5'000};
};

/// A row of a small result: text, or nothing for NULL.
using mysql_row = std::vector<std::optional<std::string>>;

/// Returns the row's texts, with "" for NULL.
std::vector<std::string> texts_of(mysql_row row);

/// One connection to MySQL or MariaDB: utf8mb4, UTC, strict mode, TCP keep-alive, no reconnecting. One thread, except
/// `interrupt`. When a call fails the connection tells whether it is `usable` still.
class mysql_session {
public:
  static result<std::unique_ptr<mysql_session>> open(const mysql_address& address, const mysql_timeouts& timeouts);

  ~mysql_session();
  mysql_session(const mysql_session&) = delete;
  mysql_session& operator=(const mysql_session&) = delete;

  /// Runs one statement and drops its rows.
  status execute(std::string_view sql);

  /// Runs one statement and returns its rows, of whatever columns; for small results.
  result<std::vector<mysql_row>> query(std::string_view sql);

  /// The same, where each row must have `columns` columns: whoever reads them need not doubt the server.
  result<std::vector<mysql_row>> query(std::string_view sql, std::size_t columns);

  /// The same, where there must be one row.
  result<mysql_row> query_row(std::string_view sql, std::size_t columns);

  /// Appends `text` as a quoted and escaped literal.
  void append_literal(std::string& sql, std::string_view text);

  /// Returns the failure for an error code and remembers whether the connection survived it.
  failure fail(unsigned code);

  bool usable() const noexcept {
    return usable_;
  }

  /// Returns the last error as `fail` was given it.
  unsigned last_error() const noexcept {
    return last_error_;
  }

  /// Returns the server's own words for its last error, ID numbers masked. For those who change schemas only.
  std::string server_words() const;

  MYSQL* handle() noexcept {
    return handle_.get();
  }

  /// Shuts the connection's socket down: a call that blocks in another thread fails at once, and so do all later ones.
  void interrupt() noexcept;

private:
  struct closer {
    void operator()(MYSQL* handle) const noexcept {
      mysql_close(handle);
    }
  };

  mysql_session();
  status connect(const mysql_address& address, const mysql_timeouts& timeouts);
  status prepare_tls(const mysql_address& address);
  void prepare_socket(const mysql_timeouts& timeouts);

  std::unique_ptr<MYSQL, closer> handle_;
  /// A duplicate of the socket's descriptor. The library closes its own whenever it meets an error, and another thread
  /// must never shut down what the system has given that number to since; this one closes with the object.
  int socket_ = -1;
  bool usable_ = true;
  unsigned last_error_ = 0;
};

} // namespace tessera
