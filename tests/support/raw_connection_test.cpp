#include "tests/support/raw_connection.hpp"

#include "tests/support/eventually.hpp"
#include "tests/support/free_port.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <future>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

/// An HTTP server on a thread of its own.
struct http_server {
  http_server() {
    server.set_keep_alive_timeout(1);
    server.Get("/who", [](const httplib::Request& request, httplib::Response& response) {
      response.set_content(request.remote_addr, "text/plain");
    });
    port = static_cast<std::uint16_t>(server.bind_to_any_port("127.0.0.1"));
    thread = std::thread([this] { server.listen_after_bind(); });
    if (!eventually(10s, [this] { return server.is_running(); })) // stop() before would be lost
      std::abort();
  }
  ~http_server() {
    server.stop();
    thread.join();
  }

  httplib::Server server;
  std::uint16_t port = 0;
  std::thread thread;
};

/// Serves one connection: sends `answer`, whatever it is asked, and closes when the client has.
class scripted_server {
public:
  enum class reading { after_answering, before_answering, never };

  explicit scripted_server(std::string answer, reading when = reading::after_answering)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), port_(free_port()) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    BOOST_REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    BOOST_REQUIRE(::listen(fd_, 1) == 0);
    thread_ = std::thread([this, answer = std::move(answer), when] { serve(answer, when); });
  }
  ~scripted_server() {
    ::shutdown(fd_, SHUT_RDWR);
    done_.set_value();
    thread_.join();
    ::close(fd_);
  }

  std::uint16_t port() const noexcept {
    return port_;
  }

private:
  void serve(const std::string& answer, reading when) {
    int peer = ::accept(fd_, nullptr, nullptr);
    if (peer < 0)
      return;
    if (when == reading::before_answering)
      read_to_end(peer);
    [[maybe_unused]] auto sent = ::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
    if (when == reading::after_answering)
      read_to_end(peer);
    if (when == reading::never)
      done_.get_future().wait();
    ::close(peer);
  }

  static void read_to_end(int peer) {
    std::array<char, 1024> buffer;
    while (::recv(peer, buffer.data(), buffer.size(), 0) > 0) {
    }
  }

  int fd_;
  std::uint16_t port_;
  std::promise<void> done_;
  std::thread thread_;
};

std::string get(const std::string& target, const std::string& more = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(raw_connection_test)

BOOST_AUTO_TEST_CASE(responses_are_read_one_after_another) {
  scripted_server server{"HTTP/1.1 200 OK\r\nContent-Type:text/plain \r\nContent-Length: 4\r\n\r\nbody"
                         "HTTP/1.1 204 No Content\r\n\r\n"
                         "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
                         "HTTP/1.1 200 OK\r\n\r\nup to the end"};
  raw_connection sut{server.port()};
  auto first = sut.read_response();
  BOOST_TEST(first.status == 200);
  BOOST_TEST(first.reason == "OK");
  BOOST_TEST(first.body == "body");
  BOOST_TEST(first.header("content-TYPE").value() == "text/plain");
  BOOST_TEST(!first.header("content").has_value());
  auto second = sut.read_response();
  BOOST_TEST(second.status == 204);
  BOOST_TEST(second.body == "");
  BOOST_TEST(sut.read_response().reason == "Not Found");
  sut.shutdown_send();
  BOOST_TEST(sut.read_response().body == "up to the end");
}

BOOST_AUTO_TEST_CASE(a_response_to_head_has_no_body) {
  scripted_server server{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
                         "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"};
  raw_connection sut{server.port()};
  auto first = sut.read_response(raw_connection::request_kind::head);
  BOOST_TEST(first.header("Content-Length").value() == "9");
  BOOST_TEST(sut.read_response().body == "x");
}

BOOST_AUTO_TEST_CASE(what_is_no_response_is_an_error) {
  for (std::string answer : {"SMTP 220 ready\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
                             "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n", "HTTP/1.1 200 OK\r\n"}) {
    scripted_server server{answer};
    raw_connection sut{server.port()};
    sut.shutdown_send();
    BOOST_CHECK_THROW(sut.read_response(), std::runtime_error);
  }
}

BOOST_AUTO_TEST_CASE(sending_stops_where_the_peer_takes_nothing) {
  scripted_server server{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", scripted_server::reading::never};
  raw_connection sut{server.port()};
  const std::string much(64 * 1024 * 1024, 'x');
  auto sent = sut.send_some(much, 50ms);
  BOOST_TEST(sent > 0u);
  BOOST_TEST(sent < much.size());
}

BOOST_FIXTURE_TEST_CASE(the_source_address_can_be_chosen, http_server) {
  raw_connection sut{port, {.source_address = "127.0.0.9"}};
  sut.send(get("/who"));
  BOOST_TEST(sut.read_response().body == "127.0.0.9");
}

BOOST_FIXTURE_TEST_CASE(the_end_is_noticed, http_server) {
  raw_connection sut{port};
  BOOST_TEST(!sut.closed_within(1ms));
  sut.send(get("/who", "Connection: close\r\n"));
  auto all = sut.read_until_closed();
  BOOST_TEST(all.starts_with("HTTP/1.1 200 OK\r\n"));
  BOOST_TEST(all.ends_with("\r\n\r\n127.0.0.1"));
  BOOST_TEST(sut.closed_within(1ms));
  BOOST_CHECK_THROW(sut.read_response(), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(an_answer_is_read_after_a_half_close) {
  scripted_server server{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", scripted_server::reading::before_answering};
  raw_connection sut{server.port()};
  sut.send(get("/"));
  sut.shutdown_send();
  BOOST_TEST(sut.read_response().body == "ok");
}

BOOST_FIXTURE_TEST_CASE(silence_ends_in_a_timeout, http_server) {
  raw_connection sut{port, {.timeout = 20ms}};
  BOOST_CHECK_THROW(sut.read_response(), timed_out);
  BOOST_CHECK_THROW(sut.read_some(), timed_out);
}

BOOST_AUTO_TEST_CASE(nobody_listening_is_an_error) {
  BOOST_CHECK_THROW(raw_connection{free_port()}, std::system_error);
}

BOOST_AUTO_TEST_SUITE_END()
