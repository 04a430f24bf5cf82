#include "gateway/session.hpp"

#include "tests/unit/gateway/tls_pair.hpp"

#include <openssl/ssl.h>

#include <map>
#include <random>

using namespace tessera;
using namespace tessera::test;

namespace {

/// A session that speaks TLS, run as the gateway runs it: by the events for which it waits, and no others.
struct fixture : tls_pair, session_owner {
  explicit fixture(const tls_client::options& how = {}) : tls_pair(how) {
    limits.unwritten_bytes = 4'000;
    sut = std::make_unique<session>(*this, limits, server_fd, 1, test_context().accept(server_fd));
  }
  ~fixture() override {
    sut.reset();
  }

  void on_request(session&, std::uint32_t sequence, const http_request& request) override {
    bodies.emplace_back(request.body);
    auto answer = "[" + std::string{request.path} + std::string(answer_padding, '.') + "]";
    if (answer_at_once)
      sut->respond(sequence, answer, !request.keep_alive);
    else
      owed[sequence] = answer;
  }
  void on_fault(session&, std::uint32_t sequence, read_fault, std::string_view) override {
    sut->respond(sequence, "[fault]", true);
  }
  void on_interest(session&, std::uint32_t events) override {
    interest = events;
  }
  void on_output(session&) override {
    output = true;
  }

  /// One round of a loop, unless the connection is over. Returns whether anything was ready.
  bool round() {
    auto events = ready(interest);
    if (!alive || events == 0)
      return false;
    auto allowed = sut->allowed_by(events);
    BOOST_TEST(allowed != 0u, "an event for nothing would be reported for ever");
    if ((allowed & EPOLLOUT) != 0)
      alive = sut->flush();
    if (alive && (allowed & EPOLLIN) != 0)
      alive = sut->on_readable(scratch);
    settle();
    return true;
  }

  /// What the gateway does at the end of a round.
  void settle() {
    for (bool again = true; alive && again;) {
      again = false;
      if (std::exchange(output, false))
        alive = sut->flush();
      if (alive && !sut->lingering() && sut->backlogged()) {
        auto before = sut->next_sequence();
        alive = sut->resume();
        again = output || sut->next_sequence() != before;
      }
    }
  }
  bool shake_hands() {
    for (int step = 0; step < 10; ++step) {
      bool done = client->shake_hands() == 1;
      round();
      if (done && !sut->handshaking())
        return true;
    }
    return false;
  }
  void rounds() {
    for (int i = 0; i < 1'000 && round(); ++i) {
    }
  }

  session_limits limits;
  std::unique_ptr<session> sut;
  bool alive = true;
  bool answer_at_once = true;
  std::size_t answer_padding = 0;
  std::map<std::uint32_t, std::string> owed;
  std::vector<std::string> bodies;
  std::uint32_t interest = EPOLLIN;
  bool output = false;
  std::array<char, 3'000> scratch;
};

std::string get(const std::string& path, const std::string& more = {}) {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + more + "\r\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(tls_session_test)

BOOST_AUTO_TEST_CASE(a_request_is_answered_at_once) {
  fixture on;
  BOOST_TEST(on.sut->handshaking());
  BOOST_REQUIRE(on.shake_hands());
  BOOST_TEST(on.sut->fresh());
  on.client->write(get("/a"));
  BOOST_TEST(on.round());
  BOOST_TEST(on.received() == "[/a]");
  BOOST_TEST(on.sut->idle());
  BOOST_TEST(!on.sut->fresh());
  BOOST_TEST(!on.round());
}

// Requests of all sizes, written in pieces of all sizes, answered at once or later, with answers below and above what
// sockets take, by clients that read all the time or now and then: all is answered in order, nothing gets stuck though
// the loop acts on events alone, and no event comes for nothing.
BOOST_AUTO_TEST_CASE(random_traffic_is_answered_in_order_by_events_alone) {
  std::mt19937 random{17};
  for (int trial = 0; trial < 60; ++trial) {
    fixture on{{.version = trial % 2 == 0 ? TLS1_2_VERSION : TLS1_3_VERSION}};
    BOOST_REQUIRE(on.shake_hands());
    int small = 8 * 1024;
    ::setsockopt(on.server_fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    on.answer_padding = trial % 3 == 0 ? 0 : random() % 30'000;
    on.answer_at_once = trial % 4 < 2;
    std::string requests;
    std::string expected;
    std::vector<std::string> bodies;
    for (int i = 0; i < 60; ++i) {
      auto path = "/" + std::to_string(i);
      bodies.emplace_back(random() % 2 ? random() % 20'000 : random() % 40, 'x');
      requests += "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(bodies.back().size())
                  + "\r\n\r\n" + bodies.back();
      expected += "[" + path + std::string(on.answer_padding, '.') + "]";
    }
    std::string answers;
    std::size_t sent = 0;
    bool blocked = false;
    int quiet = 0;
    while (answers.size() < expected.size() && quiet < 100) {
      bool moved = on.round();
      if (sent < requests.size() && random() % 2) {
        // What was blocked must come again, and no less of it.
        auto size = on.client->write(
            std::string_view{requests}.substr(sent, blocked ? requests.size() : 1 + random() % 30'000));
        blocked = size < 0;
        sent += size > 0 ? static_cast<std::size_t>(size) : 0;
        moved = moved || size > 0;
      }
      if (!on.owed.empty() && random() % 3 == 0) { // in any order
        auto which = std::next(on.owed.begin(), static_cast<std::ptrdiff_t>(random() % on.owed.size()));
        on.sut->respond(which->first, which->second, false);
        on.owed.erase(which);
        on.settle();
        moved = true;
      }
      if (random() % 4 == 0) {
        auto got = on.received();
        answers += got;
        moved = moved || !got.empty();
      }
      quiet = moved ? 0 : quiet + 1;
      BOOST_REQUIRE(on.alive);
    }
    BOOST_TEST((answers == expected), "trial " << trial << ": " << answers.size() << " of " << expected.size());
    BOOST_TEST((on.bodies == bodies));
    on.rounds();
    BOOST_TEST(on.sut->idle());
  }
}

// A client that reads now and then: the newest piece always comes, by events alone, and none comes damaged.
BOOST_AUTO_TEST_CASE(a_stream_goes_on_however_slowly_it_is_read) {
  std::mt19937 random{31};
  fixture on;
  BOOST_REQUIRE(on.shake_hands());
  int small = 8 * 1024;
  ::setsockopt(on.server_fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  on.answer_at_once = false;
  on.client->write(get("/stream") + get("/behind"));
  on.rounds();
  on.sut->begin_stream(0, "head ", "first", session::stream_end::last_chunk);
  on.sut->respond(1, "behind", false);
  std::string got;
  std::size_t given = 0;
  for (int i = 0; i < 3'000; ++i) {
    auto text = "<" + std::to_string(i) + std::string(random() % 3'000, '.') + ">";
    given += text.size();
    on.sut->stream(0, text);
    on.settle();
    on.rounds();
    if (random() % 10 == 0)
      got += on.received();
    BOOST_REQUIRE(on.alive);
  }
  on.sut->end_stream(0, "end", false);
  on.settle();
  for (bool moved = true; moved;) {
    auto part = on.received();
    got += part;
    moved = on.round() || !part.empty();
  }
  BOOST_TEST(got.size() < given / 2);
  BOOST_TEST(got.starts_with("head 5\r\nfirst\r\n"));
  BOOST_TEST(got.ends_with("\r\n3\r\nend\r\n0\r\n\r\nbehind"));
  BOOST_TEST(on.sut->idle());
}

BOOST_AUTO_TEST_CASE(the_last_answer_is_followed_by_the_announced_end) {
  fixture on;
  BOOST_REQUIRE(on.shake_hands());
  on.client->write(get("/a", "Connection: close\r\n"));
  on.rounds();
  BOOST_TEST(on.received() == "[/a]");
  BOOST_TEST(on.client->failure() == "");
  BOOST_TEST(on.sut->lingering());
  char buffer[1];
  BOOST_TEST(on.client->read(buffer) == 0);
  on.client->shut_down();
  on.rounds();
  BOOST_TEST(!on.alive);
}

BOOST_AUTO_TEST_CASE(what_follows_the_last_request_is_discarded) {
  fixture on;
  BOOST_REQUIRE(on.shake_hands());
  auto bytes = get("/a", "Connection: close\r\n") + std::string(30'000, 'x');
  for (std::size_t sent = 0; sent < bytes.size();) {
    auto size = on.client->write(std::string_view{bytes}.substr(sent));
    BOOST_REQUIRE(size > 0);
    sent += static_cast<std::size_t>(size);
    on.rounds();
  }
  BOOST_TEST(on.alive);
  BOOST_TEST(on.received() == "[/a]");
  BOOST_TEST(on.bodies.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_idle_connection_ends_with_an_announcement) {
  fixture on;
  BOOST_REQUIRE(on.shake_hands());
  on.received();
  on.sut.reset();
  char buffer[1];
  BOOST_TEST(on.client->read(buffer) == 0);
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_cut_off_does_not_end_like_a_whole_one) {
  fixture on;
  BOOST_REQUIRE(on.shake_hands());
  on.answer_padding = 1'000'000;
  on.client->write(get("/a"));
  on.rounds();
  BOOST_TEST(on.sut->writing());
  on.sut.reset();
  BOOST_TEST(on.received().size() < 1'000'000u);
  BOOST_TEST(on.client->failure() != "");
}

BOOST_AUTO_TEST_CASE(a_client_that_announces_its_end_still_gets_its_answer) {
  fixture on;
  BOOST_REQUIRE(on.shake_hands());
  on.answer_at_once = false;
  on.client->write(get("/a"));
  on.client->shut_down();
  on.rounds();
  BOOST_TEST(on.alive);
  BOOST_TEST(on.interest == 0u); // nothing more can come
  on.sut->respond(0, "late", false);
  on.settle();
  BOOST_TEST(!on.alive); // all is said
  on.sut.reset();
  BOOST_TEST(on.received() == "late");
  BOOST_TEST(on.client->failure() == "");
}

BOOST_AUTO_TEST_CASE(a_failed_handshake_ends_the_connection) {
  fixture on;
  BOOST_REQUIRE(::send(on.client_fd, "nonsense\r\n\r\n", 12, 0) == 12);
  BOOST_TEST(on.round());
  BOOST_TEST(!on.alive);
  BOOST_TEST(on.bodies.empty());
}

BOOST_AUTO_TEST_SUITE_END()
