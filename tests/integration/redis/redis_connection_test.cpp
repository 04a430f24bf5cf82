#include "storage/redis_connection.hpp"

#include "tests/integration/redis/l2_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <fcntl.h>
#include <functional>
#include <future>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::test;

namespace {

constexpr auto slack = 1s;

/// Takes one connection and does with it what the test says, to show what the real server never would.
class scripted_server {
public:
  explicit scripted_server(std::function<void(int)> script) : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    BOOST_REQUIRE(::bind(listener_, generic, size) == 0);
    BOOST_REQUIRE(::listen(listener_, 1) == 0);
    BOOST_REQUIRE(::getsockname(listener_, generic, &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread{[this, script = std::move(script)] {
      auto peer = ::accept(listener_, nullptr, nullptr);
      script(peer);
      ::close(peer);
    }};
  }
  ~scripted_server() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  redis_address address() const {
    return {"127.0.0.1", port_, "", "", 0};
  }
  std::string url() const {
    return "redis://127.0.0.1:" + std::to_string(port_);
  }

private:
  int listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

bool send_text(int to, std::string_view text) {
  return ::send(to, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}

void receive_until_closed(int from) {
  char bytes[4096];
  while (::recv(from, bytes, sizeof bytes, 0) > 0) {
  }
}

/// Reads until that many MGETs have come.
void receive_commands(int from, std::size_t count) {
  constexpr std::string_view command = "MGET";
  std::string received;
  char bytes[4096];
  for (;;) {
    std::size_t found = 0;
    for (auto at = received.find(command); at != received.npos; at = received.find(command, at + 1))
      ++found;
    if (found >= count)
      return;
    auto size = ::recv(from, bytes, sizeof bytes, 0);
    if (size <= 0)
      return;
    received.append(bytes, static_cast<std::size_t>(size));
  }
}

redis_connection::clock::time_point in(std::chrono::milliseconds time) {
  return redis_connection::clock::now() + time;
}

} // namespace

BOOST_AUTO_TEST_SUITE(redis_connection_test)

BOOST_AUTO_TEST_CASE(a_pipeline_is_answered_in_order) {
  redis_server server;
  redis_connection sut;
  BOOST_REQUIRE(sut.open({"127.0.0.1", server.port(), "", "", 0}, patient).has_value());
  for (int round = 0; round < 3; ++round) {
    sut.append({"SET", "key", "zero\0byte\r\n"});
    sut.append({"NOSUCHCOMMAND"});
    sut.append({"GET", "key"});
    sut.append({"GET", ""});
    auto replies = sut.exchange(in(patient));
    BOOST_REQUIRE(replies.has_value());
    BOOST_REQUIRE(replies->size() == 4u);
    BOOST_TEST((*replies)[0]->type == REDIS_REPLY_STATUS);
    BOOST_TEST((*replies)[1]->type == REDIS_REPLY_ERROR);
    BOOST_TEST((*replies)[2]->type == REDIS_REPLY_STRING);
    BOOST_TEST((*replies)[3]->type == REDIS_REPLY_NIL);
  }
}

BOOST_AUTO_TEST_CASE(bytes_of_every_value_go_and_come) {
  redis_server server;
  redis_connection sut;
  BOOST_REQUIRE(sut.open({"127.0.0.1", server.port(), "", "", 0}, patient).has_value());
  std::string all(3'000'000, '\0');
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = static_cast<char>(i * 31);
  sut.append({"SET", "key", all});
  sut.append({"GET", "key"});
  auto replies = sut.exchange(in(patient));
  BOOST_REQUIRE(replies.has_value());
  BOOST_TEST((std::string_view{(*replies)[1]->str, (*replies)[1]->len} == all));
}

BOOST_AUTO_TEST_CASE(the_descriptor_is_not_inherited) {
  redis_server server;
  std::vector<int> open_before;
  for (int fd = 0; fd < 256; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0)
      open_before.push_back(fd);
  }
  redis_connection sut;
  BOOST_REQUIRE(sut.open({"127.0.0.1", server.port(), "", "", 0}, patient).has_value());
  int found = 0;
  for (int fd = 0; fd < 256; ++fd) {
    auto flags = ::fcntl(fd, F_GETFD);
    if (flags < 0 || std::ranges::find(open_before, fd) != open_before.end())
      continue;
    ++found;
    BOOST_TEST((flags & FD_CLOEXEC) != 0);
    int keepalive = 0;
    socklen_t size = sizeof keepalive;
    BOOST_REQUIRE(::getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &keepalive, &size) == 0);
    BOOST_TEST(keepalive != 0);
  }
  BOOST_TEST(found == 1);
}

BOOST_AUTO_TEST_CASE(an_answer_without_end_does_not_prolong_the_deadline) {
  scripted_server server{[](int peer) {
    // There is always something to read, and never all of it.
    std::string part(4 * 1024 * 1024, 'x');
    auto goes_on = send_text(peer, "$500000000\r\n");
    for (int i = 0; goes_on && i < 110; ++i)
      goes_on = send_text(peer, part);
    receive_until_closed(peer);
  }};
  redis_connection sut;
  BOOST_REQUIRE(sut.open(server.address(), patient).has_value());
  sut.append({"PING"});
  auto start = redis_connection::clock::now();
  auto got = sut.exchange(in(100ms));
  BOOST_TEST((redis_connection::clock::now() - start < 300ms));
  BOOST_REQUIRE(!got.has_value());
  BOOST_TEST(got.error().detail.find("in time") != std::string::npos, got.error().detail);
  BOOST_TEST(!sut.is_open());
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_read_does_not_block_the_sender) {
  std::promise<void> over;
  scripted_server server{[&](int) { over.get_future().wait(); }};
  redis_connection sut;
  BOOST_REQUIRE(sut.open(server.address(), patient).has_value());
  std::string large(64 * 1024 * 1024, 'x');
  sut.append({"SET", "key", large});
  auto start = redis_connection::clock::now();
  auto sent = sut.exchange(in(100ms)).has_value();
  auto took = redis_connection::clock::now() - start;
  over.set_value();
  BOOST_TEST(!sent);
  BOOST_TEST((took < slack));
}

BOOST_AUTO_TEST_CASE(what_is_no_redis_is_refused) {
  std::string deep;
  for (int i = 0; i < 1'000; ++i)
    deep += "*1\r\n";
  for (const auto& answer : {std::string{"HTTP/1.1 400 Bad Request\r\n\r\n"}, std::string{"\r\n"}, deep,
                             std::string{"$-5\r\n"}, std::string{"*99999999999999999999\r\n"}, std::string{":x\r\n"}}) {
    scripted_server server{[&](int peer) {
      send_text(peer, answer);
      receive_until_closed(peer);
    }};
    l2_client client{settings_for(server.url(), 300ms), sample_sealer()};
    BOOST_TEST(!client.connect().has_value(), answer);
    BOOST_TEST(!client.connected());
  }
}

BOOST_AUTO_TEST_CASE(an_answer_that_announces_more_than_it_can_hold_costs_no_time) {
  for (const auto& answer : {"*65537\r\n", "*2147483647\r\n", "*1\r\n*2147483647\r\n"}) {
    scripted_server server{[&](int peer) {
      send_text(peer, answer);
      receive_until_closed(peer);
    }};
    redis_connection sut;
    BOOST_REQUIRE(sut.open(server.address(), patient).has_value());
    sut.append({"PING"});
    auto start = redis_connection::clock::now();
    auto got = sut.exchange(in(patient));
    BOOST_TEST((redis_connection::clock::now() - start < slack));
    BOOST_REQUIRE(!got.has_value());
    BOOST_TEST(got.error().detail.find("memory") != std::string::npos, got.error().detail);
    BOOST_TEST(!sut.is_open());
  }
}

BOOST_AUTO_TEST_CASE(replies_that_do_not_belong_to_the_command_are_refused) {
  const std::string ready = "*1\r\n$-1\r\n";
  for (const auto& answer : {"+OK\r\n", ":1\r\n", "$-1\r\n", "*-1\r\n", "*0\r\n", "*1\r\n$-1\r\n", "$2\r\nxx\r\n",
                             "*2\r\n$-1\r\n$-1\r\n", "*4\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n", "-ERR no\r\n"}) {
    scripted_server server{[&](int peer) {
      send_text(peer, ready);
      char bytes[4096];
      (void)::recv(peer, bytes, sizeof bytes, 0);
      (void)::recv(peer, bytes, sizeof bytes, 0);
      send_text(peer, answer);
      receive_until_closed(peer);
    }};
    l2_client client{settings_for(server.url()), sample_sealer()};
    BOOST_REQUIRE(client.connect().has_value());
    auto number = sample_member(1).number;
    BOOST_TEST(!client.get({&number, 1}).has_value(), answer);
    BOOST_TEST(!client.connected());
  }
}

BOOST_AUTO_TEST_CASE(strange_elements_are_misses) {
  const std::string number_16 = "$16\r\n1111111111111111\r\n";
  for (const auto& answer : {std::string{"*3\r\n:0\r\n:1\r\n:2\r\n"}, std::string{"*3\r\n*0\r\n*0\r\n*0\r\n"},
                             "*3\r\n" + number_16 + "+a\r\n" + number_16, "*3\r\n" + number_16 + "$0\r\n\r\n" + number_16,
                             std::string{"*3\r\n-ERR\r\n-ERR\r\n-ERR\r\n"}}) {
    scripted_server server{[&](int peer) {
      send_text(peer, "*1\r\n$-1\r\n");
      receive_commands(peer, 2); // that of connecting, then ours; they may come together
      send_text(peer, answer);
      receive_until_closed(peer);
    }};
    l2_client client{settings_for(server.url()), sample_sealer()};
    BOOST_REQUIRE(client.connect().has_value());
    auto number = sample_member(1).number;
    auto got = client.get({&number, 1});
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST((got->at(0).what == l2_entry::outcome::miss));
  }
}

BOOST_AUTO_TEST_SUITE_END()
