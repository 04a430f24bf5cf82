#include "storage/sqlite_session.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace tessera {

namespace {

using namespace std::chrono_literals;

/// A reader's working set: 16 MiB of pages of its own, the rest by the system's cache through the mapping.
constexpr std::string_view session_pragmas = "PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384; "
                                             "PRAGMA mmap_size = 268435456; PRAGMA temp_store = MEMORY";

constexpr auto longest_pause = 10ms;

failure cannot_open(const std::filesystem::path& file, std::string_view why) {
  return {error_code::database_unavailable, "cannot open " + file.string() + ": " + std::string{why}};
}

/// Makes the file readable for nobody else from its first moment on. The files beside it get the same mode by SQLite.
status create_file(const std::filesystem::path& file) {
  std::error_code fault;
  if (file.has_parent_path())
    std::filesystem::create_directories(file.parent_path(), fault);
  auto descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0)
    return cannot_open(file, std::system_category().message(errno));
  ::close(descriptor);
  return ok();
}

} // namespace

failure sqlite_failure(int code) {
  auto detail = std::string{sqlite3_errstr(code)} + " (SQLite result " + std::to_string(code) + ")";
  switch (code & 0xff) {
  case SQLITE_CONSTRAINT:
    return {error_code::conflict, "a key belongs to another row already, or a value is missing: " + detail};
  case SQLITE_MISUSE:
  case SQLITE_RANGE:
    return {error_code::internal, std::move(detail)};
  default:
    return {error_code::database_unavailable, std::move(detail)};
  }
}

result<std::unique_ptr<sqlite_session>> sqlite_session::open(const std::filesystem::path& file, mode how,
                                                             std::chrono::milliseconds patience) {
  // Nobody asks how much memory SQLite has; counting it takes a lock per allocation.
  static std::once_flag once;
  std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
  std::error_code fault;
  if (how == mode::create) {
    if (auto made = create_file(file); !made)
      return made.error();
  } else if (!std::filesystem::exists(file, fault)) {
    return cannot_open(file, "there is no such file");
  }
  std::unique_ptr<sqlite_session> session{new sqlite_session};
  if (auto done = session->connect(file, patience); !done)
    return cannot_open(file, done.error().detail);
  return session;
}

sqlite_session::~sqlite_session() {
  sqlite3_close_v2(handle_);
}

status sqlite_session::connect(const std::filesystem::path& file, std::chrono::milliseconds patience) {
  patience_ = patience;
  auto code = sqlite3_open_v2(file.c_str(), &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code != SQLITE_OK)
    return sqlite_failure(code);
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_handler(handle_, &sqlite_session::wait_for_lock, this);
  if (auto done = execute(session_pragmas); !done)
    return done;
  return use_write_ahead_log();
}

/// The mode stays with the file. Where two connections switch it at once, SQLite fails one of them without asking the
/// busy handler.
status sqlite_session::use_write_ahead_log() {
  auto deadline = std::chrono::steady_clock::now() + patience_;
  for (;;) {
    auto done = execute("PRAGMA journal_mode = WAL");
    if (done || (sqlite3_errcode(handle_) & 0xff) != SQLITE_BUSY || std::chrono::steady_clock::now() >= deadline)
      return done;
    std::this_thread::sleep_for(longest_pause);
  }
}

status sqlite_session::execute(std::string_view sql) {
  if (interrupted_)
    return sqlite_failure(SQLITE_INTERRUPT);
  auto code = sqlite3_exec(handle_, std::string{sql}.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK)
    return sqlite_failure(code);
  return ok();
}

result<bool> sqlite_session::has_table(std::string_view name) {
  auto code = sqlite3_table_column_metadata(handle_, nullptr, std::string{name}.c_str(), nullptr, nullptr, nullptr,
                                            nullptr, nullptr, nullptr);
  if (code != SQLITE_OK && code != SQLITE_ERROR)
    return sqlite_failure(code);
  return code == SQLITE_OK;
}

/// SQLite's own busy handler cannot be interrupted before 3.41.
int sqlite_session::wait_for_lock(void* self, int attempt) {
  auto& session = *static_cast<sqlite_session*>(self);
  auto now = std::chrono::steady_clock::now();
  if (attempt == 0)
    session.waiting_since_ = now;
  if (session.interrupted_ || now - session.waiting_since_ >= session.patience_)
    return 0;
  std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(1ms * (attempt + 1), longest_pause));
  return 1;
}

void sqlite_session::interrupt() noexcept {
  interrupted_ = true;
  sqlite3_interrupt(handle_);
}

} // namespace tessera
