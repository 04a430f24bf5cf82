#include "tests/support/mariadb_server.hpp"

#include "tests/support/eventually.hpp"
#include "tests/support/free_port.hpp"

#include <csignal>
#include <fstream>
#include <iterator>
#include <mysql.h>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace tessera::test {
namespace {

using namespace std::chrono_literals;

// Generous, because sanitized test programs run beside it on few cores.
constexpr auto start_timeout = 60s;
constexpr unsigned connect_seconds = 5;
constexpr unsigned io_seconds = 60;
constexpr int start_attempts = 5;

// Small files: writing them is most of the time that a start takes.
constexpr const char* redo_log_size = "--innodb-log-file-size=8M";

void install(const std::filesystem::path& data, const temp_dir& scratch) {
  std::vector<std::string> arguments{"mariadb-install-db", "--no-defaults", "--auth-root-authentication-method=normal",
                                     "--skip-test-db",     redo_log_size,   "--datadir=" + data.string()};
  if (::geteuid() == 0)
    arguments.emplace_back("--user=root");
  process installer({.arguments = std::move(arguments), .output = scratch / "install.log"});
  if (installer.wait(start_timeout) != 0)
    throw std::runtime_error("mariadb-install-db failed:\n" + installer.output());
}

/// Returns an initialised data directory, made once per test program.
const std::filesystem::path& data_template() {
  static const temp_dir dir;
  static const std::filesystem::path data = [] {
    auto result = dir / "data";
    install(result, dir);
    return result;
  }();
  return data;
}

struct closer {
  void operator()(MYSQL* connection) const {
    mysql_close(connection);
  }
  void operator()(MYSQL_RES* result) const {
    mysql_free_result(result);
  }
};
using connection_ptr = std::unique_ptr<MYSQL, closer>;
using result_ptr = std::unique_ptr<MYSQL_RES, closer>;

[[noreturn]] void fail(MYSQL* connection) {
  throw std::runtime_error(std::string{"MariaDB: "} + mysql_error(connection));
}

connection_ptr connect(std::uint16_t port) {
  connection_ptr connection{mysql_init(nullptr)};
  mysql_options(connection.get(), MYSQL_OPT_CONNECT_TIMEOUT, &connect_seconds);
  mysql_options(connection.get(), MYSQL_OPT_READ_TIMEOUT, &io_seconds);
  mysql_options(connection.get(), MYSQL_OPT_WRITE_TIMEOUT, &io_seconds);
  mysql_options(connection.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
  if (mysql_real_connect(connection.get(), "127.0.0.1", "tessera", "secret", "tessera_test", port, nullptr,
                         CLIENT_MULTI_STATEMENTS)
      == nullptr)
    fail(connection.get());
  return connection;
}

/// Runs all statements and returns the first column of the first row of the first result.
std::string run(std::uint16_t port, std::string_view sql) {
  auto connection = connect(port);
  if (mysql_real_query(connection.get(), sql.data(), sql.size()) != 0)
    fail(connection.get());
  std::string value;
  bool has_value = false;
  for (int more = 0; more == 0; more = mysql_next_result(connection.get())) {
    result_ptr result{mysql_store_result(connection.get())};
    if (!result && mysql_errno(connection.get()) != 0)
      fail(connection.get());
    MYSQL_ROW row = result && !has_value ? mysql_fetch_row(result.get()) : nullptr;
    if (row != nullptr && row[0] != nullptr)
      value.assign(row[0], mysql_fetch_lengths(result.get())[0]);
    has_value |= result != nullptr;
  }
  if (mysql_errno(connection.get()) != 0) // a later statement failed
    fail(connection.get());
  return value;
}

} // namespace

mariadb_server::mariadb_server(std::vector<std::string> more) : more_(std::move(more)) {
  std::filesystem::copy(data_template(), dir_ / "data", std::filesystem::copy_options::recursive);
  // Runs before the server accepts connections: who can connect finds everything in place.
  std::ofstream{dir_ / "init.sql"} << "CREATE DATABASE IF NOT EXISTS tessera_test CHARACTER SET utf8mb4;\n"
                                      "CREATE USER IF NOT EXISTS 'tessera'@'%' IDENTIFIED BY 'secret';\n"
                                      "GRANT ALL PRIVILEGES ON *.* TO 'tessera'@'%' WITH GRANT OPTION;\n";
  for (int attempt = 1;; ++attempt) {
    port_ = free_port();
    try {
      start();
      return;
    } catch (const std::runtime_error&) {
      if (attempt == start_attempts)
        throw;
    }
  }
}

mariadb_server::~mariadb_server() {
  // Nothing needs its data any more, and an orderly stop takes long.
  kill_hard();
}

std::string mariadb_server::url() const {
  return "mysql://tessera:secret@127.0.0.1:" + std::to_string(port_) + "/tessera_test";
}

void mariadb_server::start() {
  std::vector<std::string> arguments{
      "mariadbd",
      "--no-defaults",
      "--datadir=" + (dir_ / "data").string(),
      "--tmpdir=" + (dir_ / "data").string(), // a server that starts clears away the others' tables there
      "--socket=" + (dir_ / "s").string(),
      "--pid-file=" + (dir_ / "pid").string(),
      "--init-file=" + (dir_ / "init.sql").string(),
      "--bind-address=127.0.0.1",
      "--port=" + std::to_string(port_),
      "--skip-name-resolve",
      "--skip-log-bin",
      "--performance-schema=OFF",
      "--character-set-server=utf8mb4",
      "--max-connections=500",
      "--max-connect-errors=1000000",
      "--innodb-buffer-pool-size=32M",
      redo_log_size,
      // Each commit reaches the system, which kill_hard() does not end, but waits for no disk. 0 would lose a second.
      "--innodb-flush-log-at-trx-commit=2",
      "--innodb-use-native-aio=0",
      "--innodb-buffer-pool-load-at-startup=OFF",
      "--key-buffer-size=1M",
      "--aria-pagecache-buffer-size=8M",
  };
  if (::geteuid() == 0)
    arguments.emplace_back("--user=root");
  arguments.insert(arguments.end(), more_.begin(), more_.end());
  server_.reset();
  server_ = std::make_unique<process>(
      process::options{.arguments = std::move(arguments), .output = dir_ / "log", .working_directory = dir_.path()});
  bool up = eventually(start_timeout, [this] { return !server_->running() || answers(); });
  if (!up || !server_->running())
    throw std::runtime_error("MariaDB did not start:\n" + log());
}

bool mariadb_server::answers() {
  try {
    // Another server may have the port, ours then ends.
    return query_value("SELECT @@pid_file") == (dir_ / "pid").string();
  } catch (const std::runtime_error&) {
    return false;
  }
}

void mariadb_server::kill_hard() {
  if (!server_)
    return;
  server_->signal(SIGKILL);
  server_.reset();
}

void mariadb_server::freeze() {
  server_->freeze();
}

void mariadb_server::thaw() {
  server_->thaw();
}

void mariadb_server::restart() {
  start();
}

bool mariadb_server::running() {
  return server_ && server_->running();
}

void mariadb_server::execute(std::string_view sql) {
  run(port_, sql);
}

std::string mariadb_server::query_value(std::string_view sql) {
  return run(port_, sql);
}

std::uint64_t mariadb_server::status(std::string_view name) {
  auto value = query_value("SELECT variable_value FROM information_schema.global_status WHERE variable_name = '"
                           + std::string{name} + "'");
  if (value.empty())
    throw std::runtime_error("MariaDB has no status variable " + std::string{name});
  return std::stoull(value);
}

mariadb_server::statement_counts mariadb_server::statements() {
  return {status("Com_stmt_execute"), status("Questions")};
}

std::string mariadb_server::log() const {
  std::ifstream file(dir_ / "log", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

} // namespace tessera::test
