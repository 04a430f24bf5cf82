#include "storage/mysql_session.hpp"

#include "tests/faults/fault_proxy.hpp"
#include "tests/integration/store/fixture.hpp"
#include "tests/support/certificate.hpp"

namespace tessera::test {

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

/// A server with a certificate of its own for localhost, behind a proxy.
struct fixture {
  std::vector<std::string> server_arguments() {
    auto made = make_certificate("localhost", key_kind::rsa);
    write_private(certificate_file, made.chain);
    write_private(dir / "server.key", made.key);
    return {"--ssl-cert=" + certificate_file.string(), "--ssl-key=" + (dir / "server.key").string()};
  }

  result<std::unique_ptr<mysql_session>> connect(tls_mode mode, const std::string& trusted = "") {
    return mysql_session::open({"localhost", proxy.port(), "tessera", "secret", "tessera_test", mode, trusted},
                               {.connect = connect_timeout});
  }

  bool is_encrypted(tls_mode mode, const std::string& trusted = "") {
    auto session = must(connect(mode, trusted));
    return must(session->query_row("SHOW SESSION STATUS LIKE 'Ssl_cipher'", 2))[1] != "";
  }

  temp_dir dir;
  std::filesystem::path certificate_file = dir / "server.pem";
  mariadb_server server{server_arguments()};
  fault_proxy proxy{server.port()};
  std::chrono::milliseconds connect_timeout = 10s;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mysql_tls, fixture)

BOOST_AUTO_TEST_CASE(connections_are_encrypted_as_the_address_says) {
  BOOST_TEST(!is_encrypted(tls_mode::off));
  BOOST_TEST(is_encrypted(tls_mode::prefer));
  BOOST_TEST(is_encrypted(tls_mode::require));
  BOOST_TEST(is_encrypted(tls_mode::verify, certificate_file));
  auto distrusted = connect(tls_mode::verify);
  BOOST_REQUIRE(!distrusted.has_value());
  BOOST_TEST(distrusted.error().detail.find("no TLS connection") != std::string::npos, distrusted.error().detail);
}

BOOST_AUTO_TEST_CASE(a_handshake_that_drips_is_given_up_after_the_connect_timeout) {
  // The greeting passes within half a second; the certificate behind it would take many times as long.
  proxy.inject(fault::drip(20ms, 5));
  connect_timeout = 1s;
  const auto start = steady::now();
  auto failed = connect(tls_mode::require);
  const auto took = steady::now() - start;
  BOOST_REQUIRE(!failed.has_value());
  BOOST_TEST((failed.error().code == error_code::database_unavailable));
  BOOST_TEST((took >= connect_timeout));
  BOOST_TEST((took < connect_timeout + 3s));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tessera::test
