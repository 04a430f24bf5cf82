#include "gateway/tls_stream.hpp"

#include "tests/unit/gateway/tls_pair.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <random>

using namespace tessera;
using namespace tessera::test;

namespace {

/// A stream and a client, and the steps that a loop would take for them.
struct fixture : tls_pair {
  explicit fixture(const tls_client::options& how = {}, const tls_context& context = test_context())
      : tls_pair(how), sut(context.accept(server_fd)) {
    BOOST_REQUIRE(sut);
  }
  ~fixture() {
    sut.reset();
    ::close(server_fd);
  }

  /// Returns what `read` gives: bytes, or "" with `last` saying how it ended.
  std::string read(std::size_t most = 64 * 1024) {
    std::string buffer(most, '\0');
    last = sut->read(buffer);
    fault = last < 0 ? errno : 0;
    buffer.resize(last > 0 ? static_cast<std::size_t>(last) : 0);
    return buffer;
  }
  bool shake_hands() {
    for (int step = 0; step < 10; ++step) {
      bool done = client->shake_hands() == 1;
      read();
      if (done && !sut->handshaking())
        return true;
    }
    return false;
  }
  void say(std::string_view bytes) {
    BOOST_REQUIRE(client->write(bytes) == static_cast<ssize_t>(bytes.size()));
  }

  std::unique_ptr<tls_stream> sut;
  ssize_t last = 0;
  int fault = 0;
};

constexpr int all_versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

/// Returns a context with a chain that is larger than what a socket takes at once.
std::shared_ptr<const tls_context> with_long_chain(int certificates) {
  temp_dir dir;
  auto made = make_certificate("test");
  auto text = made.chain + made.key;
  for (int i = 1; i < certificates; ++i)
    text += made.chain;
  write_private(dir / "both.pem", text);
  return *tls_context::load({dir / "both.pem", {}});
}

} // namespace

BOOST_AUTO_TEST_SUITE(tls_stream_test)

BOOST_AUTO_TEST_CASE(bytes_go_both_ways) {
  for (int version : all_versions) {
    fixture pair{{.version = version}};
    BOOST_REQUIRE(pair.shake_hands());
    BOOST_TEST(pair.client->protocol() == "http/1.1");
    BOOST_TEST(pair.client->name() == "test");
    pair.say("question");
    BOOST_TEST(pair.read() == "question");
    BOOST_TEST(pair.sut->write("answer") == 6);
    BOOST_TEST(pair.received() == "answer");
    BOOST_TEST(pair.read() == "");
    BOOST_TEST(pair.fault == EAGAIN);
  }
}

BOOST_AUTO_TEST_CASE(a_handshake_may_come_byte_by_byte) {
  // The client's bytes go through the test, one at a time.
  int relay[2];
  BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, relay) == 0);
  for (int version : all_versions) {
    fixture pair;
    tls_client slow{relay[0], {.version = version}};
    char buffer[16 * 1024];
    bool done = false;
    for (int round = 0; round < 10 && !(done && !pair.sut->handshaking()); ++round) {
      done = slow.shake_hands() == 1;
      auto sent = ::recv(relay[1], buffer, sizeof buffer, 0);
      for (ssize_t i = 0; i < sent; ++i) {
        BOOST_TEST(pair.sut->handshaking());
        BOOST_REQUIRE(::send(pair.client_fd, buffer + i, 1, 0) == 1);
        BOOST_TEST(pair.read() == "");
        BOOST_TEST(pair.fault == EAGAIN);
        BOOST_TEST(pair.sut->read_events() == std::uint32_t{EPOLLIN});
      }
      auto answered = ::recv(pair.client_fd, buffer, sizeof buffer, 0);
      if (answered > 0)
        BOOST_REQUIRE(::send(relay[1], buffer, static_cast<std::size_t>(answered), 0) == answered);
    }
    BOOST_TEST(done);
    BOOST_TEST(!pair.sut->handshaking());
  }
  ::close(relay[0]);
  ::close(relay[1]);
}

BOOST_AUTO_TEST_CASE(a_read_waits_for_room_where_the_handshake_has_to_write) {
  auto context = with_long_chain(64);
  fixture pair{{}, *context};
  int least = 1;
  BOOST_REQUIRE(::setsockopt(pair.server_fd, SOL_SOCKET, SO_SNDBUF, &least, sizeof least) == 0);
  BOOST_TEST(pair.client->shake_hands() == -1);
  BOOST_TEST(pair.read() == "");
  BOOST_TEST(pair.fault == EAGAIN);
  BOOST_TEST(pair.sut->read_events() == std::uint32_t{EPOLLOUT});
  BOOST_TEST(pair.ready(EPOLLOUT) == 0u);
  bool done = false;
  for (int step = 0; step < 1'000 && !(done && !pair.sut->handshaking()); ++step) {
    done = pair.client->shake_hands() == 1;
    if (pair.ready(pair.sut->read_events()) != 0)
      pair.read();
  }
  BOOST_TEST(done);
  BOOST_TEST(pair.client->chain_length() == 64);
  BOOST_TEST(pair.sut->read_events() == std::uint32_t{EPOLLIN});
}

BOOST_AUTO_TEST_CASE(a_write_waits_for_input_where_the_handshake_has_to_read) {
  fixture pair;
  BOOST_TEST(pair.sut->write("too early") == -1);
  BOOST_TEST(errno == EAGAIN);
  BOOST_TEST(pair.sut->write_events() == std::uint32_t{EPOLLIN});
  for (int step = 0; step < 10 && pair.sut->write("too early") < 0; ++step)
    pair.client->shake_hands();
  BOOST_TEST(pair.received() == "too early");
  BOOST_TEST(pair.sut->write_events() == std::uint32_t{EPOLLOUT});
}

BOOST_AUTO_TEST_CASE(bytes_that_lie_here_already_are_announced) {
  fixture pair;
  BOOST_REQUIRE(pair.shake_hands());
  std::string sent;
  for (int record = 0; record < 10; ++record) {
    auto part = std::string(1'000, static_cast<char>('a' + record));
    pair.say(part);
    sent += part;
  }
  std::string got;
  while (got.size() < sent.size()) {
    got += pair.read(700);
    BOOST_REQUIRE(pair.last > 0);
    // The socket is empty after the first read, and the stream says what wakes a loop nevertheless.
    bool more = got.size() < sent.size();
    BOOST_TEST(pair.sut->read_events() == (more ? EPOLLIN | EPOLLOUT : std::uint32_t{EPOLLIN}));
    BOOST_TEST((pair.ready(pair.sut->read_events()) != 0) == more);
  }
  BOOST_TEST(got == sent);
}

BOOST_AUTO_TEST_CASE(one_read_takes_many_records) {
  fixture pair;
  BOOST_REQUIRE(pair.shake_hands());
  for (int record = 0; record < 20; ++record)
    pair.say(std::string(100, 'x'));
  BOOST_TEST(pair.read() == std::string(2'000, 'x'));
}

BOOST_AUTO_TEST_CASE(large_bodies_cross_small_sockets_in_both_directions) {
  std::mt19937 random{3};
  for (int version : all_versions) {
    fixture pair{{.version = version}};
    BOOST_REQUIRE(pair.shake_hands());
    for (int fd : {pair.client_fd, pair.server_fd}) {
      int small = 8 * 1024;
      BOOST_REQUIRE(::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small) == 0);
    }
    std::string text(3'000'000, '\0');
    for (auto& c : text)
      c = static_cast<char>('a' + random() % 26);
    std::string to_server;
    std::string to_client;
    std::size_t sent = 0;
    std::size_t answered = 0;
    bool blocked = false;
    for (int step = 0; step < 100'000 && (to_server.size() < text.size() || to_client.size() < text.size()); ++step) {
      if (sent < text.size())
        if (auto size = pair.client->write(std::string_view{text}.substr(sent)); size > 0)
          sent += static_cast<std::size_t>(size);
      to_server += pair.read(1 + random() % 40'000);
      if (answered < text.size()) {
        // Moved, and longer than last time: as the bytes of a session that gets more to write.
        auto rest = std::string{
            std::string_view{text}.substr(answered, 20'000 + random() % 200'000 + text.size() / 50 * (step % 2))};
        if (blocked)
          rest = text.substr(answered);
        auto size = pair.sut->write(rest);
        blocked = size < 0;
        BOOST_REQUIRE((size > 0 || errno == EAGAIN));
        answered += size > 0 ? static_cast<std::size_t>(size) : 0;
      }
      to_client += pair.received();
    }
    BOOST_TEST((to_server == text));
    BOOST_TEST((to_client == text));
  }
}

BOOST_AUTO_TEST_CASE(old_versions_are_refused) {
  for (int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    fixture pair{{.version = version, .ciphers = "ALL:@SECLEVEL=0"}};
    BOOST_TEST(!pair.shake_hands());
    BOOST_TEST(pair.last == -1);
    BOOST_TEST(pair.fault == ECONNABORTED);
    BOOST_TEST(pair.client->failure() == "tlsv1 alert protocol version");
  }
}

BOOST_AUTO_TEST_CASE(weak_ciphers_are_refused_and_ours_go_first) {
  fixture weak{{.version = TLS1_2_VERSION, .ciphers = "AES128-SHA:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"}};
  BOOST_TEST(!weak.shake_hands());
  fixture any{{.version = TLS1_2_VERSION, .ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256"}};
  BOOST_REQUIRE(any.shake_hands());
  BOOST_TEST(any.client->cipher() == "ECDHE-ECDSA-AES128-GCM-SHA256");
}

BOOST_AUTO_TEST_CASE(only_http_1_1_is_agreed) {
  fixture both{{.protocols = "\x02h2\x08http/1.1"}};
  BOOST_REQUIRE(both.shake_hands());
  BOOST_TEST(both.client->protocol() == "http/1.1");
  fixture none{{.protocols = ""}};
  BOOST_TEST(none.shake_hands());
  fixture other{{.protocols = "\x02h2"}};
  BOOST_TEST(!other.shake_hands());
  BOOST_TEST(other.client->failure() == "tlsv1 alert no application protocol");
}

BOOST_AUTO_TEST_CASE(renegotiation_is_refused) {
  fixture pair{{.version = TLS1_2_VERSION}};
  BOOST_REQUIRE(pair.shake_hands());
  pair.client->ask_to_renegotiate();
  BOOST_TEST(pair.client->shake_hands() == -1);
  BOOST_TEST(pair.read() == "");
  pair.client->shake_hands();
  BOOST_TEST(pair.client->failure() == "no renegotiation");
}

BOOST_AUTO_TEST_CASE(new_keys_are_taken_at_any_time_but_not_for_ever) {
  fixture pair{{.version = TLS1_3_VERSION}};
  BOOST_REQUIRE(pair.shake_hands());
  for (int round = 0; round < tls_stream::most_handshake_records; ++round) {
    pair.client->ask_for_new_keys();
    pair.say("question");
    BOOST_TEST(pair.read() == "question");
    BOOST_TEST(pair.sut->write("answer") == 6);
    BOOST_TEST(pair.received() == "answer");
  }
  pair.client->ask_for_new_keys();
  pair.say("question");
  BOOST_TEST(pair.read() == "");
  BOOST_TEST(pair.last == 0);
}

BOOST_AUTO_TEST_CASE(a_flood_of_new_keys_ends_early) {
  fixture pair{{.version = TLS1_3_VERSION}};
  BOOST_REQUIRE(pair.shake_hands());
  for (int i = 0; i < 100; ++i) {
    pair.client->ask_for_new_keys();
    BOOST_REQUIRE(pair.client->shake_hands() == 1);
  }
  pair.say("question");
  BOOST_TEST(pair.read() == "");
  BOOST_TEST(pair.last == 0);
  BOOST_TEST(pair.ready(EPOLLIN) == 0u); // all of it was there
}

BOOST_AUTO_TEST_CASE(one_read_takes_no_more_than_a_buffer_however_much_is_there) {
  fixture pair;
  BOOST_REQUIRE(pair.shake_hands());
  int large = 1024 * 1024;
  BOOST_REQUIRE(::setsockopt(pair.client_fd, SOL_SOCKET, SO_SNDBUF, &large, sizeof large) == 0);
  for (int record = 0; record < 10; ++record)
    pair.say(std::string(10'000, 'x'));
  std::size_t total = 0;
  int reads = 0;
  for (; total < 100'000; ++reads) {
    BOOST_REQUIRE(pair.ready(pair.sut->read_events()) != 0u); // so the loop comes back for the rest
    total += pair.read(128 * 1024).size();
    BOOST_TEST(pair.last < 20'000);
  }
  BOOST_TEST(reads > 5);
}

BOOST_AUTO_TEST_CASE(new_tls_versions_resume_and_tls_1_2_does_not) {
  fixture first{{.version = TLS1_3_VERSION}};
  BOOST_REQUIRE(first.shake_hands());
  first.received();
  BOOST_TEST(first.client->has_ticket());
  fixture second{{.version = TLS1_3_VERSION, .session = first.client->session()}};
  BOOST_REQUIRE(second.shake_hands());
  BOOST_TEST(second.client->resumed());

  fixture old{{.version = TLS1_2_VERSION}};
  BOOST_REQUIRE(old.shake_hands());
  BOOST_TEST(!old.client->has_ticket());
}

BOOST_AUTO_TEST_CASE(the_end_is_announced_and_understood) {
  for (int version : all_versions) {
    fixture pair{{.version = version}};
    BOOST_REQUIRE(pair.shake_hands());
    BOOST_TEST(pair.sut->write("last") == 4);
    BOOST_TEST(pair.sut->shut_down());
    BOOST_TEST(pair.sut->shut_down()); // once more does no harm
    char buffer[100];
    BOOST_TEST(pair.client->read(buffer) == 4);
    BOOST_TEST(pair.client->read(buffer) == 0);
    pair.say("late");
    BOOST_TEST(pair.read() == "late");
    pair.client->shut_down();
    pair.read();
    BOOST_TEST(pair.last == 0);
  }
}

BOOST_AUTO_TEST_CASE(the_end_behind_a_request_is_told_after_it) {
  fixture pair;
  BOOST_REQUIRE(pair.shake_hands());
  pair.say("question");
  pair.client->shut_down();
  BOOST_TEST(pair.read() == "question");
  BOOST_TEST(pair.ready(pair.sut->read_events()) != 0u);
  pair.read();
  BOOST_TEST(pair.last == 0);
  BOOST_TEST(pair.sut->write("answer") == 6); // the other direction is still open
  BOOST_TEST(pair.received() == "answer");
}

BOOST_AUTO_TEST_CASE(an_end_without_announcement_is_an_end) {
  fixture pair;
  BOOST_REQUIRE(pair.shake_hands());
  pair.received(); // closing a socket of this kind with unread bytes would be an error
  pair.close_client();
  pair.read();
  BOOST_TEST(pair.last == 0);
}

BOOST_AUTO_TEST_CASE(the_end_is_announced_later_where_there_is_no_room) {
  fixture pair;
  BOOST_REQUIRE(pair.shake_hands());
  pair.received();
  // What fills the socket need not be TLS, as nobody takes it for that.
  char filling[4'096] = {};
  std::size_t filled = 0;
  for (ssize_t size; (size = ::send(pair.server_fd, filling, sizeof filling, 0)) > 0;)
    filled += static_cast<std::size_t>(size);
  BOOST_TEST(!pair.sut->shut_down());
  BOOST_TEST(pair.sut->write_events() == std::uint32_t{EPOLLOUT});
  BOOST_TEST(pair.ready(EPOLLOUT) == 0u);
  while (filled > 0) {
    auto size = ::recv(pair.client_fd, filling, std::min(sizeof filling, filled), 0);
    BOOST_REQUIRE(size > 0);
    filled -= static_cast<std::size_t>(size);
  }
  BOOST_TEST(pair.sut->shut_down());
  char buffer[1];
  BOOST_TEST(pair.client->read(buffer) == 0);
}

BOOST_AUTO_TEST_CASE(plain_http_is_told_what_is_wrong) {
  fixture pair;
  std::string_view request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  BOOST_REQUIRE(::send(pair.client_fd, request.data(), request.size(), 0) == static_cast<ssize_t>(request.size()));
  pair.read();
  BOOST_TEST(pair.fault == ECONNABORTED);
  char buffer[1'000];
  auto size = ::recv(pair.client_fd, buffer, sizeof buffer, 0);
  BOOST_REQUIRE(size > 0);
  std::string answer{buffer, static_cast<std::size_t>(size)};
  BOOST_TEST(answer.starts_with("HTTP/1.1 400 "), answer);
  BOOST_TEST(answer.find("https://") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(garbage_ends_the_connection_for_good) {
  std::mt19937 random{11};
  for (int round = 0; round < 200; ++round) {
    fixture pair;
    bool agreed = round % 2 == 0;
    if (agreed)
      BOOST_REQUIRE(pair.shake_hands());
    std::string bytes(1 + random() % 2'000, '\0');
    for (auto& c : bytes)
      c = static_cast<char>(random());
    BOOST_REQUIRE(::send(pair.client_fd, bytes.data(), bytes.size(), 0) > 0);
    ::shutdown(pair.client_fd, SHUT_WR);
    for (int step = 0; step < 3; ++step)
      BOOST_TEST(pair.read() == "");
    BOOST_TEST((pair.last == 0 || pair.fault == ECONNABORTED));
    if (pair.fault == ECONNABORTED) {
      BOOST_TEST(pair.sut->write("x") == -1);
      BOOST_TEST(pair.sut->shut_down()); // there is nothing to wait for
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
