#pragma once

#include "cards/result.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <sqlite3.h>
#include <string_view>

namespace tessera {

/// Returns the failure for a result code of SQLite, in words without any data of the statement's.
failure sqlite_failure(int code);

/// One connection to an SQLite file: write-ahead log, foreign keys, one waits for the other's lock. One thread (SQLite
/// does no locking of its own for it), except `interrupt`.
class sqlite_session {
public:
  enum class mode : std::uint8_t {
    existing, ///< fails if there is no such file
    create,   ///< makes the file (mode 0600, it holds personal data) and its directory
  };

  /// `patience`: how long a call waits for the lock of another connection.
  static result<std::unique_ptr<sqlite_session>> open(const std::filesystem::path& file, mode how,
                                                      std::chrono::milliseconds patience);

  ~sqlite_session();
  sqlite_session(const sqlite_session&) = delete;
  sqlite_session& operator=(const sqlite_session&) = delete;

  /// Runs one statement or several.
  status execute(std::string_view sql);

  /// Runs `work` in a transaction that takes the write lock at its start.
  template <class Work>
  auto in_transaction(Work work) -> decltype(work());

  /// Returns whether there is a table of this name.
  result<bool> has_table(std::string_view name);

  sqlite3* handle() noexcept {
    return handle_;
  }

  /// Makes a call that blocks in another thread fail soon, and all later ones.
  void interrupt() noexcept;

  bool interrupted() const noexcept {
    return interrupted_;
  }

private:
  sqlite_session() = default;
  status connect(const std::filesystem::path& file, std::chrono::milliseconds patience);
  status use_write_ahead_log();
  static int wait_for_lock(void* self, int attempt);

  sqlite3* handle_ = nullptr;
  std::atomic<bool> interrupted_{false};
  std::chrono::milliseconds patience_{0};
  std::chrono::steady_clock::time_point waiting_since_;
};

template <class Work>
auto sqlite_session::in_transaction(Work work) -> decltype(work()) {
  if (auto begun = execute("BEGIN IMMEDIATE"); !begun)
    return begun.error();
  auto done = work();
  if (done) {
    auto committed = execute("COMMIT");
    if (committed)
      return done;
    done = committed.error();
  }
  if (sqlite3_get_autocommit(handle_) == 0)
    static_cast<void>(execute("ROLLBACK"));
  return done;
}

} // namespace tessera
