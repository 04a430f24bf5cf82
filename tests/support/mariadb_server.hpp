#pragma once

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::test {

/// A MariaDB server of its own on 127.0.0.1, with the empty database `tessera_test` and the account tessera/secret that
/// may do everything. Ends with this object. What was committed survives kill_hard() and restart().
class mariadb_server {
public:
  /// Starts the server, with further arguments if there are any, and waits until it answers. Throws std::runtime_error
  /// with its log if it does not.
  explicit mariadb_server(std::vector<std::string> more = {});
  ~mariadb_server();
  mariadb_server(const mariadb_server&) = delete;
  mariadb_server& operator=(const mariadb_server&) = delete;

  /// Returns mysql://tessera:secret@127.0.0.1:PORT/tessera_test.
  std::string url() const;

  std::uint16_t port() const noexcept {
    return port_;
  }

  /// Ends the server at once (SIGKILL), as a crash does. Its connections are reset, new ones refused.
  void kill_hard();

  /// Stops the server from running (SIGSTOP) and returns when it has stopped: the system still accepts connections for
  /// it, but nothing is answered.
  void freeze();
  void thaw();

  /// Starts the server again on the same port and data, ending it before if it runs, and waits until it answers.
  void restart();

  bool running();

  /// Runs one statement or several, separated by semicolons, in `tessera_test`, over a connection of its own. Throws
  /// std::runtime_error with the server's message.
  void execute(std::string_view sql);

  /// Returns the first column of the first row of a query, "" for NULL or no row. Throws as execute().
  std::string query_value(std::string_view sql);

  /// Returns a counter or gauge of SHOW GLOBAL STATUS, e.g. "Threads_connected". Asking counts as a query and as a
  /// connection itself.
  std::uint64_t status(std::string_view name);

  struct statement_counts {
    std::uint64_t executed = 0;  ///< Com_stmt_execute: executions of prepared statements; asking for it adds none
    std::uint64_t questions = 0; ///< Questions: all statements of clients, the helper's own included
  };

  /// Returns what the server has counted since it was started last.
  statement_counts statements();

  /// Returns the server's log.
  std::string log() const;

private:
  void start();
  bool answers();

  temp_dir dir_;
  std::vector<std::string> more_;
  std::uint16_t port_ = 0;
  std::unique_ptr<process> server_;
};

} // namespace tessera::test
