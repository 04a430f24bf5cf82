#include "gateway/proxy_intake.hpp"

#include "gateway/peer.hpp"

#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>

using namespace tessera;

namespace {

constexpr std::string_view header = "PROXY TCP4 192.0.2.7 192.0.2.8 1234 443\r\n";

/// Both ends of a TCP connection: low-water marks mean something to TCP only.
struct fixture {
  fixture() {
    int listening = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    BOOST_REQUIRE(::bind(listening, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    BOOST_REQUIRE(::listen(listening, 1) == 0);
    socklen_t size = sizeof at;
    ::getsockname(listening, reinterpret_cast<sockaddr*>(&at), &size);
    client = ::socket(AF_INET, SOCK_STREAM, 0);
    BOOST_REQUIRE(::connect(client, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    sockaddr_storage from{};
    size = sizeof from;
    server = ::accept4(listening, reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK);
    address = address_of(from);
    ::close(listening);
  }
  ~fixture() {
    ::close(client);
    ::close(server);
  }

  void send(std::string_view bytes) {
    BOOST_REQUIRE(::send(client, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  }
  /// Returns whether the system reports the socket as readable, waiting up to `timeout_ms` for it.
  bool readable(int timeout_ms = 10'000) {
    pollfd wanted{server, POLLIN, 0};
    return ::poll(&wanted, 1, timeout_ms) == 1;
  }
  proxy_header::state take() {
    got = take_proxy_header(server, seen);
    return got.what;
  }
  std::string rest() {
    char bytes[100];
    auto size = ::recv(server, bytes, sizeof bytes, 0);
    return {bytes, size > 0 ? static_cast<std::size_t>(size) : 0};
  }

  int client = -1;
  int server = -1;
  ip_address address;
  std::size_t seen = 0;
  proxy_header got;
};

} // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(proxy_header::state)

BOOST_FIXTURE_TEST_SUITE(proxy_intake_test, fixture)

BOOST_AUTO_TEST_CASE(the_other_end_of_a_socket_has_an_address) {
  BOOST_TEST(address.is_loopback());
  sockaddr_storage six{};
  six.ss_family = AF_INET6;
  reinterpret_cast<sockaddr_in6&>(six).sin6_addr = IN6ADDR_LOOPBACK_INIT;
  BOOST_TEST(to_string(address_of(six)) == "::1");
  sockaddr_storage local{};
  local.ss_family = AF_UNIX;
  BOOST_TEST(!address_of(local).is_loopback());
}

BOOST_AUTO_TEST_CASE(the_header_is_taken_and_what_follows_is_left) {
  send(std::string{header} + "GET / HTTP/1.1\r\n");
  BOOST_TEST(readable());
  BOOST_TEST(take() == proxy_header::state::complete);
  BOOST_TEST(to_string(got.source) == "192.0.2.7");
  BOOST_TEST(rest() == "GET / HTTP/1.1\r\n");
}

BOOST_AUTO_TEST_CASE(a_header_may_come_in_pieces_and_part_of_it_makes_no_noise) {
  for (std::size_t i = 0; i + 1 < header.size(); ++i) {
    send(header.substr(i, 1));
    BOOST_REQUIRE(readable());
    BOOST_REQUIRE(take() == proxy_header::state::incomplete);
    BOOST_REQUIRE(!readable(0));
  }
  send(header.substr(header.size() - 1));
  BOOST_TEST(readable());
  BOOST_TEST(take() == proxy_header::state::complete);
  BOOST_TEST(!readable(0));
  send("x");
  BOOST_TEST(readable()); // a single byte counts again
  BOOST_TEST(rest() == "x");
}

BOOST_AUTO_TEST_CASE(whoever_has_no_header_or_ends_within_it_is_refused) {
  send("GET / HTTP/1.1\r\n");
  BOOST_TEST(readable());
  BOOST_TEST(take() == proxy_header::state::malformed);
}

BOOST_AUTO_TEST_CASE(an_end_within_the_header_is_noticed) {
  send(header.substr(0, 10));
  BOOST_TEST(readable());
  BOOST_TEST(take() == proxy_header::state::incomplete);
  ::shutdown(client, SHUT_WR);
  BOOST_TEST(readable());
  BOOST_TEST(take() == proxy_header::state::malformed);
}

BOOST_AUTO_TEST_CASE(an_end_before_the_header_is_noticed) {
  ::shutdown(client, SHUT_WR);
  BOOST_TEST(readable());
  BOOST_TEST(take() == proxy_header::state::malformed);
}

BOOST_AUTO_TEST_SUITE_END()
