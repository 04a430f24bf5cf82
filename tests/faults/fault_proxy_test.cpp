#include "tests/faults/fault_proxy.hpp"

#include "tests/support/eventually.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/raw_connection.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <netinet/in.h>
#include <poll.h>
#include <span>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

using clock_type = std::chrono::steady_clock;

/// Answers every byte with the same byte. Greets nobody.
class echo_server {
public:
  echo_server() : port_(free_port()), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    BOOST_REQUIRE(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    BOOST_REQUIRE(::listen(listener_, 64) == 0);
    thread_ = std::thread{[this] { serve(); }};
  }
  ~echo_server() {
    stop_ = true;
    ::shutdown(listener_, SHUT_RDWR); // wakes the thread
    thread_.join();
    ::close(listener_);
  }

  std::uint16_t port() const {
    return port_;
  }

  /// How many connections are open now.
  std::size_t open() const {
    return open_;
  }

private:
  void serve() {
    std::vector<pollfd> sockets{{listener_, POLLIN, 0}};
    while (!stop_) {
      ::poll(sockets.data(), sockets.size(), -1);
      for (auto& each : std::span{sockets}.subspan(1)) {
        std::array<char, 4096> buffer;
        auto size = each.revents != 0 ? ::recv(each.fd, buffer.data(), buffer.size(), 0) : 1;
        if (each.revents != 0 && size > 0)
          (void)!::send(each.fd, buffer.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL);
        if (size <= 0)
          ::close(std::exchange(each.fd, -1));
      }
      std::erase_if(sockets, [](const auto& each) { return each.fd < 0; });
      if (sockets[0].revents != 0 && !stop_)
        sockets.push_back({::accept(listener_, nullptr, nullptr), POLLIN, 0});
      open_ = sockets.size() - 1;
    }
    for (auto& each : std::span{sockets}.subspan(1))
      ::close(each.fd);
  }

  std::uint16_t port_;
  int listener_;
  std::atomic<bool> stop_ = false;
  std::atomic<std::size_t> open_ = 0;
  std::thread thread_;
};

struct fixture {
  echo_server server;
  fault_proxy sut{server.port()};

  raw_connection connect() {
    return raw_connection{sut.port()};
  }
};

/// Reads until `size` bytes are there.
std::string read(raw_connection& from, std::size_t size) {
  std::string all;
  while (all.size() < size) {
    auto some = from.read_some();
    if (some.empty())
      throw std::runtime_error("closed after " + std::to_string(all.size()) + " bytes");
    all += some;
  }
  return all;
}

std::string echo_of(raw_connection& through, std::string_view text) {
  through.send(text);
  return read(through, text.size());
}

/// Returns whether a new connection is accepted and then ended by the proxy.
bool is_cut_off(const fault_proxy& proxy) {
  try {
    return raw_connection{proxy.port()}.closed_within(10s);
  } catch (const std::system_error& why) { // it was so soon that connecting seems to fail
    return why.code() == std::errc::connection_reset;
  }
}

/// Returns whether the connection stays open, and nothing comes, for a moment.
bool is_silent(raw_connection& connection) {
  const auto since = clock_type::now();
  return !connection.closed_within(50ms) && clock_type::now() - since >= 50ms; // bytes would have ended the waiting
}

} // namespace

BOOST_AUTO_TEST_SUITE(fault_proxy_test)

BOOST_FIXTURE_TEST_CASE(without_a_fault_all_passes, fixture) {
  auto one = connect();
  auto two = connect();
  BOOST_TEST(echo_of(one, "one") == "one");
  BOOST_TEST(echo_of(two, "two") == "two");
  std::string large(3'000'000, '\0');
  for (std::size_t i = 0; i < large.size(); ++i)
    large[i] = static_cast<char>(i * 31);
  std::thread sender{[&] { one.send(large); }};
  BOOST_TEST((read(two, 0).empty() && read(one, large.size()) == large));
  sender.join();
}

BOOST_FIXTURE_TEST_CASE(who_leaves_is_missed_on_the_other_side, fixture) {
  auto one = connect();
  auto two = connect();
  BOOST_TEST(echo_of(one, "x") == "x");
  BOOST_TEST(echo_of(two, "x") == "x");
  BOOST_TEST(server.open() == 2u);
  one.close();
  BOOST_TEST(eventually(10s, [&] { return server.open() == 1; }));
  two.reset();
  BOOST_TEST(eventually(10s, [&] { return server.open() == 0; }));
}

BOOST_AUTO_TEST_CASE(a_server_that_ends_ends_its_connections) {
  auto server = std::make_unique<echo_server>();
  fault_proxy sut{server->port()};
  raw_connection one{sut.port()};
  BOOST_TEST(echo_of(one, "x") == "x");
  server.reset();
  BOOST_TEST(one.closed_within(10s));
  BOOST_TEST(is_cut_off(sut)); // accepted by the proxy, and then there is nobody
}

BOOST_FIXTURE_TEST_CASE(refusing_resets_what_is_open_and_refuses_what_comes, fixture) {
  auto one = connect();
  BOOST_TEST(echo_of(one, "x") == "x");
  for (int round = 0; round < 3; ++round) {
    sut.inject(fault::refuse());
    BOOST_TEST(one.closed_within(10s));
    for (int i = 0; i < 3; ++i)
      BOOST_CHECK_EXCEPTION(connect(), std::system_error,
                            [](const auto& why) { return why.code() == std::errc::connection_refused; });
    sut.heal();
    auto two = connect();
    BOOST_TEST(echo_of(two, "y") == "y");
    sut.inject(fault::truncate(0)); // ended by the proxy: its address is kept busy for a while by TCP (TIME_WAIT)
    two.send("z");
    BOOST_TEST(two.closed_within(10s));
    two.close();
  }
  BOOST_TEST(eventually(10s, [&] { return server.open() == 0; }));
}

BOOST_FIXTURE_TEST_CASE(resetting_accepts_and_resets, fixture) {
  auto one = connect();
  BOOST_TEST(echo_of(one, "x") == "x");
  sut.inject(fault::reset());
  BOOST_TEST(one.closed_within(10s));
  BOOST_TEST(is_cut_off(sut));
  sut.heal();
  auto three = connect();
  BOOST_TEST(echo_of(three, "y") == "y");
}

BOOST_FIXTURE_TEST_CASE(frozen_connections_go_on_where_they_stood, fixture) {
  auto one = connect();
  BOOST_TEST(echo_of(one, "x") == "x");
  sut.inject(fault::freeze());
  one.send("first ");
  auto two = connect();
  two.send("second");
  auto gone = connect();
  gone.close();
  BOOST_TEST(is_silent(one));
  BOOST_TEST(is_silent(two));
  one.send("and more");
  sut.heal();
  BOOST_TEST(read(one, 14) == "first and more");
  BOOST_TEST(read(two, 6) == "second");
  BOOST_TEST(eventually(10s, [&] { return server.open() == 2; }));
}

BOOST_FIXTURE_TEST_CASE(half_open_connections_swallow_for_good, fixture) {
  auto one = connect();
  BOOST_TEST(echo_of(one, "x") == "x");
  sut.inject(fault::half_open());
  BOOST_TEST(eventually(10s, [&] { return server.open() == 0; }));
  auto two = connect();
  one.send("lost");
  two.send("lost");
  sut.heal();
  one.send("lost, too");
  BOOST_TEST(is_silent(one));
  BOOST_TEST(is_silent(two));
  auto three = connect();
  BOOST_TEST(echo_of(three, "y") == "y");
}

BOOST_FIXTURE_TEST_CASE(slow_answers_come_late_and_in_order, fixture) {
  auto one = connect();
  BOOST_TEST(echo_of(one, "x") == "x");
  sut.inject(fault::slow(100ms));
  auto since = clock_type::now();
  one.send("first ");
  one.send("second");
  BOOST_TEST(read(one, 12) == "first second");
  BOOST_TEST((clock_type::now() - since >= 100ms));
}

BOOST_FIXTURE_TEST_CASE(healing_brings_at_once_what_was_late, fixture) {
  auto one = connect();
  sut.inject(fault::slow(1h));
  one.send("late ");
  BOOST_TEST(is_silent(one));
  sut.heal();
  one.send("and not");
  BOOST_TEST(read(one, 12) == "late and not");
}

BOOST_FIXTURE_TEST_CASE(garbage_has_the_length_of_the_answer_and_comes_again_with_its_seed, fixture) {
  const std::string text(1'000, 'x');
  auto garbage = [&](const fault& what) {
    fault_proxy own{server.port()};
    own.inject(what);
    raw_connection one{own.port()};
    return echo_of(one, text);
  };
  auto all = garbage(fault::garbage(1));
  BOOST_TEST(std::count(all.begin(), all.end(), 'x') < 100);
  BOOST_TEST(garbage(fault::garbage(1)) == all);
  BOOST_TEST(garbage(fault::garbage(2)) != all);
  auto some = garbage(fault::garbage(1, 100));
  BOOST_TEST(some != text);
  BOOST_TEST(std::count(some.begin(), some.end(), 'x') > 900);
}

BOOST_FIXTURE_TEST_CASE(truncated_answers_end_the_connection_and_short_ones_do_not, fixture) {
  auto one = connect();
  sut.inject(fault::truncate(5));
  BOOST_TEST(echo_of(one, "12345") == "12345");
  BOOST_TEST(echo_of(one, "1234") == "1234");
  one.send("1234567");
  BOOST_TEST(read(one, 5) == "12345");
  BOOST_TEST(one.closed_within(10s));
  sut.inject(fault::truncate(0));
  auto two = connect();
  two.send("x");
  BOOST_TEST(two.closed_within(10s));
}

BOOST_FIXTURE_TEST_CASE(dripping_answers_come_piece_by_piece, fixture) {
  auto one = connect();
  sut.inject(fault::drip(20ms, 2));
  auto since = clock_type::now();
  one.send("1234567");
  BOOST_TEST(read(one, 7) == "1234567");
  BOOST_TEST((clock_type::now() - since >= 80ms));
}

BOOST_FIXTURE_TEST_CASE(it_ends_while_connections_are_open_in_every_state, fixture) {
  for (const auto& what : {fault::none(), fault::refuse(), fault::reset(), fault::freeze(), fault::half_open(),
                           fault::slow(1h), fault::garbage(1), fault::truncate(1), fault::drip(1h)}) {
    fault_proxy own{server.port()};
    raw_connection before{own.port()};
    before.send("x");
    own.inject(what);
  }
}

BOOST_AUTO_TEST_SUITE_END()
