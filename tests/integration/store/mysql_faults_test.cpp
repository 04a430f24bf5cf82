#include "storage/mysql_errors.hpp"

#include "tests/integration/store/fixture.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/free_port.hpp"

#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace tessera::test {

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

int code_of(const failure& why) {
  return static_cast<int>(why.code);
}

constexpr int unavailable = static_cast<int>(error_code::database_unavailable);

struct own_server {
  mariadb_server server;
  mysql_address address{"127.0.0.1", server.port(), "tessera", "secret", "tessera_test", tls_mode::off, ""};
  database_settings settings;

  own_server() {
    must(store()->migrate());
  }
  std::shared_ptr<member_store> store() const {
    return make_member_store(address, settings);
  }
};

result<std::vector<member>> find_one(store_connection& connection) {
  const std::array keys{number_of("8001015009087")};
  return connection.find(std::span<const id_number>{keys});
}

/// A signal takes a moment: returns the first answer that is a failure, and how long that one took.
std::pair<result<std::vector<member>>, steady::duration> find_until_it_fails(store_connection& connection) {
  for (;;) {
    auto start = steady::now();
    auto outcome = find_one(connection);
    if (!outcome)
      return {std::move(outcome), steady::now() - start};
  }
}

/// Accepts no connection by itself, but the system does for it, and nothing ever answers.
class silent_listener {
public:
  silent_listener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    BOOST_REQUIRE(::bind(fd_, reinterpret_cast<sockaddr*>(&where), size) == 0);
    BOOST_REQUIRE(::listen(fd_, 8) == 0);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&where), &size);
    port_ = ntohs(where.sin_port);
  }
  ~silent_listener() {
    ::close(fd_);
  }
  std::uint16_t port() const {
    return port_;
  }

private:
  int fd_;
  std::uint16_t port_ = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(mysql_faults)

BOOST_AUTO_TEST_CASE(a_killed_server_makes_the_connection_unusable_and_a_new_one_works_after_its_return) {
  own_server own;
  auto connection = must(own.store()->connect());
  BOOST_TEST(find_one(*connection).has_value());
  own.server.kill_hard();
  for (int i = 0; i < 2; ++i) {
    auto failed = find_one(*connection);
    BOOST_REQUIRE(!failed.has_value());
    BOOST_TEST(code_of(failed.error()) == unavailable);
  }
  auto ping = connection->ping();
  BOOST_REQUIRE(!ping.has_value());
  BOOST_TEST(code_of(ping.error()) == unavailable);
  auto refused = own.store()->connect();
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST(code_of(refused.error()) == unavailable);
  own.server.restart();
  BOOST_TEST(find_one(*must(own.store()->connect())).has_value());
}

BOOST_AUTO_TEST_CASE(an_interrupt_frees_a_thread_that_waits_for_a_frozen_server) {
  own_server own;
  own.settings.read_timeout = 60s;
  auto connection = must(own.store()->connect());
  own.server.freeze();
  std::atomic<bool> done{false};
  result<std::vector<member>> outcome{std::vector<member>{}};
  std::thread waiting{[&] {
    outcome = find_until_it_fails(*connection).first;
    done = true;
  }};
  // Whether the interrupt comes before or after the statement was sent, the call must fail.
  BOOST_TEST(!eventually(200ms, [&] { return done.load(); }));
  connection->interrupt();
  BOOST_TEST(eventually(5s, [&] { return done.load(); }));
  waiting.join();
  own.server.thaw();
  BOOST_REQUIRE(!outcome.has_value());
  BOOST_TEST(code_of(outcome.error()) == unavailable);
}

BOOST_AUTO_TEST_CASE(the_read_timeout_counts_in_milliseconds) {
  own_server own;
  own.settings.read_timeout = 300ms;
  auto connection = must(own.store()->connect());
  BOOST_TEST(find_one(*connection).has_value());
  own.server.freeze();
  auto [failed, waited] = find_until_it_fails(*connection);
  own.server.thaw();
  BOOST_REQUIRE(!failed.has_value());
  BOOST_TEST(code_of(failed.error()) == unavailable);
  BOOST_TEST((waited >= 250ms));
  BOOST_TEST((waited < 3s));
}

BOOST_AUTO_TEST_CASE(a_server_that_accepts_but_never_greets_is_given_up_after_the_connect_timeout) {
  silent_listener silent;
  database_settings settings;
  settings.connect_timeout = 700ms; // the library rounds to 1 s
  settings.read_timeout = 60s;
  auto store = make_member_store(
      mysql_address{"127.0.0.1", silent.port(), "tessera", "secret", "tessera_test", tls_mode::off, ""}, settings);
  auto start = steady::now();
  auto failed = store->connect();
  auto waited = steady::now() - start;
  BOOST_REQUIRE(!failed.has_value());
  BOOST_TEST(code_of(failed.error()) == unavailable);
  BOOST_TEST((waited >= 700ms));
  BOOST_TEST((waited < 10s));
}

BOOST_AUTO_TEST_CASE(wrong_password_database_and_port_are_told_apart_without_the_password) {
  mysql_under_test kind;
  auto address = kind.address();
  auto error_of = [](const mysql_address& at) {
    auto outcome = make_member_store(at, {})->connect();
    BOOST_REQUIRE(!outcome.has_value());
    BOOST_TEST(code_of(outcome.error()) == unavailable);
    BOOST_TEST(outcome.error().detail.find("hunter2") == std::string::npos);
    return outcome.error().detail;
  };
  auto wrong = address;
  wrong.password = "hunter2";
  BOOST_TEST(error_of(wrong).find("refused the user or the password") != std::string::npos);
  wrong = address;
  wrong.database = "nowhere";
  BOOST_TEST(error_of(wrong).find("no database of this name") != std::string::npos);
  wrong = address;
  wrong.port = free_port();
  BOOST_TEST(error_of(wrong).find("cannot be reached") != std::string::npos);
  wrong = address;
  wrong.host = "no-such-host.invalid";
  BOOST_TEST(error_of(wrong).find("no-such-host.invalid") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(required_encryption_is_not_given_up_when_the_server_has_none) {
  mysql_under_test kind;
  BOOST_REQUIRE_EQUAL(kind.value("SELECT @@have_ssl = 'YES'"), "0");
  auto address = kind.address();
  address.tls = tls_mode::prefer;
  BOOST_TEST(make_member_store(address, {})->connect().has_value());
  for (auto mode : {tls_mode::require, tls_mode::verify}) {
    address.tls = mode;
    auto refused = make_member_store(address, {})->connect();
    BOOST_REQUIRE(!refused.has_value());
    BOOST_TEST(code_of(refused.error()) == unavailable);
  }
}

BOOST_AUTO_TEST_CASE(a_missing_table_says_what_to_do_and_names_no_key) {
  mysql_under_test kind;
  auto connection = must(kind.store()->connect());
  auto failed = find_one(*connection);
  BOOST_REQUIRE(!failed.has_value());
  BOOST_TEST(failed.error().detail.find("tessera migrate") != std::string::npos);
  BOOST_TEST(!holds_id_number(failed.error().detail));
}

BOOST_AUTO_TEST_CASE(the_table_of_errors_tells_dead_connections_from_failed_statements) {
  for (unsigned code : {1040u, 1045u, 1049u, 1053u, 1203u, 2002u, 2003u, 2006u, 2013u, 2999u}) {
    BOOST_TEST_CONTEXT(code) {
      BOOST_TEST(!explain_mysql(code).survives);
      BOOST_TEST(code_of(mysql_failure(code)) == unavailable);
    }
  }
  for (unsigned code : {1146u, 1205u, 1213u, 1062u, 1999u}) {
    BOOST_TEST_CONTEXT(code)
    BOOST_TEST(explain_mysql(code).survives);
  }
  BOOST_TEST(explain_mysql(1213).transient);
  BOOST_TEST(!explain_mysql(1146).transient);
  BOOST_TEST(code_of(mysql_failure(1062)) == static_cast<int>(error_code::conflict));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tessera::test
