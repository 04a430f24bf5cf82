#include "storage/mysql_session.hpp"

#include "cards/id_number.hpp"
#include "storage/mysql_connect.hpp"
#include "storage/mysql_errors.hpp"

#include <algorithm>
#include <errmsg.h>
#include <fcntl.h>
#include <ma_pvio.h>
#include <mutex>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <new>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace tessera {

namespace {

/// A silent peer is noticed after 30 + 3 * 10 s, well before the usual two hours.
constexpr int keep_alive_idle_seconds = 30;
constexpr int keep_alive_interval_seconds = 10;
constexpr int keep_alive_probes = 3;

/// Where Debian and its kin keep the certificates that the system trusts; for tls=verify without ca=.
constexpr const char* system_certificates = "/etc/ssl/certs/ca-certificates.crt";

/// TIMESTAMP columns are then read in UTC; too long values are refused rather than cut.
constexpr const char* session_variables =
    "SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION'";

struct result_closer {
  void operator()(MYSQL_RES* rows) const noexcept {
    mysql_free_result(rows);
  }
};

void set_option(int socket, int level, int name, int value) {
  ::setsockopt(socket, level, name, &value, sizeof value); // a connection without it is still a good one
}

void start_library() {
  static std::once_flag once;
  std::call_once(once, [] { mysql_library_init(0, nullptr, nullptr); });
}

} // namespace

mysql_session::mysql_session() : handle_(mysql_init(nullptr)) {
  if (!handle_)
    throw std::bad_alloc{};
}

mysql_session::~mysql_session() {
  handle_.reset();
  if (socket_ >= 0)
    ::close(socket_);
}

result<std::unique_ptr<mysql_session>> mysql_session::open(const mysql_address& address,
                                                           const mysql_timeouts& timeouts) {
  start_library();
  std::unique_ptr<mysql_session> session{new mysql_session};
  if (auto done = session->connect(address, timeouts); !done)
    return failure{done.error().code, "cannot connect to " + describe(address) + ": " + done.error().detail};
  return session;
}

status mysql_session::connect(const mysql_address& address, const mysql_timeouts& timeouts) {
  auto* mysql = handle_.get();
  auto deadline = std::chrono::steady_clock::now() + timeouts.connect;
  unsigned protocol = MYSQL_PROTOCOL_TCP; // else "localhost" means a Unix socket
  unsigned no_local_files = 0;            // a server could ask for any file of ours
  my_bool reconnect = 0;
  prepare_mysql_connect(mysql);
  mysql_options(mysql, MYSQL_OPT_PROTOCOL, &protocol);
  mysql_options(mysql, MYSQL_OPT_LOCAL_INFILE, &no_local_files);
  mysql_options(mysql, MYSQL_OPT_RECONNECT, &reconnect);
  mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  mysql_options(mysql, MYSQL_INIT_COMMAND, session_variables); // so that it, too, is done by the deadline
  if (auto done = prepare_tls(address); !done)
    return done;
  if (!mysql_connect(mysql, address, deadline))
    return fail(mysql_errno(mysql));
  bool must_be_encrypted = address.tls == tls_mode::require || address.tls == tls_mode::verify;
  if (must_be_encrypted && mysql_get_ssl_cipher(mysql) == nullptr)
    return fail(CR_SSL_CONNECTION_ERROR);
  prepare_socket(timeouts);
  return ok();
}

status mysql_session::prepare_tls(const mysql_address& address) {
  auto* mysql = handle_.get();
  if (address.tls == tls_mode::off)
    return ok();
  my_bool verify = address.tls == tls_mode::verify ? 1 : 0;
  my_bool enforce = 1; // the library's word for "use it if the server can"
  mysql_options(mysql, MYSQL_OPT_SSL_ENFORCE, &enforce);
  mysql_options(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
  if (address.tls != tls_mode::verify)
    return ok();
  const char* trusted = address.ca_file.empty() ? system_certificates : address.ca_file.c_str();
  if (::access(trusted, R_OK) != 0)
    return failure{error_code::database_unavailable,
                   std::string{"the certificates in "} + trusted + " cannot be read; name another file with ca="};
  mysql_options(mysql, MYSQL_OPT_SSL_CA, trusted);
  return ok();
}

void mysql_session::prepare_socket(const mysql_timeouts& timeouts) {
  auto* mysql = handle_.get();
  auto socket = static_cast<int>(mysql_get_socket(mysql));
  set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, keep_alive_idle_seconds);
  set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, keep_alive_interval_seconds);
  set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, keep_alive_probes);
  socket_ = ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
  // The options know whole seconds only; the transport below them counts in milliseconds.
  auto* transport = mysql->net.pvio;
  transport->timeout[PVIO_READ_TIMEOUT] = static_cast<int>(timeouts.read.count());
  transport->timeout[PVIO_WRITE_TIMEOUT] = static_cast<int>(timeouts.write.count());
}

status mysql_session::execute(std::string_view sql) {
  auto rows = query(sql);
  if (!rows)
    return rows.error();
  return ok();
}

result<std::vector<mysql_row>> mysql_session::query(std::string_view sql) {
  auto* mysql = handle_.get();
  if (!usable_)
    return fail(CR_SERVER_GONE_ERROR);
  if (mysql_real_query(mysql, sql.data(), sql.size()) != 0)
    return fail(mysql_errno(mysql));
  std::vector<mysql_row> all;
  do { // a procedure call has a result more than its rows
    std::unique_ptr<MYSQL_RES, result_closer> rows{mysql_store_result(mysql)};
    if (!rows && mysql_errno(mysql) != 0)
      return fail(mysql_errno(mysql));
    while (MYSQL_ROW row = rows ? mysql_fetch_row(rows.get()) : nullptr) {
      const auto* lengths = mysql_fetch_lengths(rows.get());
      auto& copy = all.emplace_back();
      for (unsigned i = 0; i < mysql_num_fields(rows.get()); ++i)
        copy.push_back(row[i] == nullptr ? std::nullopt
                                         : std::optional<std::string>{std::in_place, row[i], lengths[i]});
    }
  } while (mysql_next_result(mysql) == 0);
  if (mysql_errno(mysql) != 0)
    return fail(mysql_errno(mysql));
  return all;
}

result<std::vector<mysql_row>> mysql_session::query(std::string_view sql, std::size_t columns) {
  auto rows = query(sql);
  if (rows && std::ranges::any_of(*rows, [columns](const auto& row) { return row.size() != columns; }))
    return fail(CR_MALFORMED_PACKET);
  return rows;
}

result<mysql_row> mysql_session::query_row(std::string_view sql, std::size_t columns) {
  auto rows = query(sql, columns);
  if (!rows)
    return rows.error();
  if (rows->size() != 1)
    return fail(CR_MALFORMED_PACKET);
  return std::move(rows->front());
}

void mysql_session::append_literal(std::string& sql, std::string_view text) {
  auto start = sql.size();
  sql.resize(start + 2 * text.size() + 3); // at worst every byte is escaped; two quotes and the library's NUL
  sql[start] = '\'';
  auto length = mysql_real_escape_string(handle_.get(), sql.data() + start + 1, text.data(), text.size());
  sql.resize(start + 1 + length);
  sql.push_back('\'');
}

std::vector<std::string> texts_of(mysql_row row) {
  std::vector<std::string> texts;
  texts.reserve(row.size());
  for (auto& column : row)
    texts.push_back(std::move(column).value_or(""));
  return texts;
}

failure mysql_session::fail(unsigned code) {
  if (code == 0) // the library gave up without a reason
    code = CR_SERVER_LOST;
  last_error_ = code;
  usable_ = usable_ && explain_mysql(code).survives;
  return mysql_failure(code);
}

std::string mysql_session::server_words() const {
  return mask_id_numbers(mysql_error(handle_.get()));
}

void mysql_session::interrupt() noexcept {
  if (socket_ >= 0)
    ::shutdown(socket_, SHUT_RDWR);
}

} // namespace tessera
