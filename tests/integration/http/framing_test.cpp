#include "tests/integration/http/http_client.hpp"
#include "tests/integration/http/shared_service.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

std::string a_member() {
  return member_path + shared_store().number(6);
}

/// Asserts that `bytes` are answered with `status` and `code`, and that the connection ends then, whatever follows.
void check_refused(const std::string& bytes, int status, const std::string& code) {
  raw_connection connection{shared_port()};
  connection.send(bytes + request("GET", ready_path));
  auto answer = connection.read_response();
  BOOST_TEST(answer.status == status);
  BOOST_TEST(json_document{answer}.text("/error/code") == code);
  BOOST_TEST(header(answer, "Connection") == "close");
  BOOST_TEST(connection.closed_within(5s));
}

/// Returns a head with one more header of `size` bytes.
std::string with_long_header(std::size_t size) {
  return request("GET", a_member(), "X-Long: " + std::string(size, 'a') + "\r\n");
}

std::string lookup_body() {
  return R"({"id_number":")" + shared_store().number(6) + "\"}";
}

/// Returns `count` requests, each with an id of its own, that travel different ways through the service.
std::string pipelined(int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) {
    auto id = "X-Request-Id: n" + std::to_string(i) + "\r\n";
    auto member = member_path + shared_store().number(20 + static_cast<std::size_t>(i));
    switch (i % 4) {
    case 0: // asks the database, and so takes longer than those behind it
      bytes += request("GET", member, id);
      break;
    case 1:
      bytes += request("GET", ready_path, id);
      break;
    case 2:
      bytes += request("GET", "/nowhere", id);
      break;
    default:
      bytes += request("POST", warm_path, id + "Content-Length: 0\r\n");
      break;
    }
  }
  return bytes;
}

void check_pipelined(raw_connection& connection, int count) {
  for (int i = 0; i < count; ++i) {
    auto answer = connection.read_response();
    BOOST_TEST(header(answer, "X-Request-Id") == "n" + std::to_string(i));
    // A second warming while the first goes on is refused.
    BOOST_TEST((answer.status == (i % 4 == 2 ? 404 : 200) || (i % 4 == 3 && answer.status == 409)));
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(framing_test)

BOOST_AUTO_TEST_CASE(other_methods_and_other_paths_are_told_apart) {
  auto wrong = ask(shared_port(), request("DELETE", a_member()));
  BOOST_TEST(wrong.status == 405);
  BOOST_TEST(header(wrong, "Allow") == "GET, HEAD, OPTIONS");
  json_document body{wrong};
  BOOST_TEST(body.text("/error/code") == "METHOD_NOT_ALLOWED");
  BOOST_TEST(body.text("/error/path") == member_path + "*************");
  BOOST_TEST(ask(shared_port(), request("PATCH", ready_path)).status == 405);
  BOOST_TEST(header(ask(shared_port(), request("GET", lookup_path)), "Allow") == "POST, QUERY, OPTIONS");
  BOOST_TEST(header(ask(shared_port(), request("GET", clear_path + "1")), "Allow") == "DELETE, OPTIONS");
  for (const char* path : {"/", "/api/v1", "/api/v1/optimized-cards/member", "/api/v1/optimized-cards/member/",
                           "/api/v2/health", "//api/v1/health"}) {
    auto missing = get(shared_port(), path);
    BOOST_TEST_CONTEXT(path) {
      BOOST_TEST(missing.status == 404);
      BOOST_TEST(json_document{missing}.text("/error/message") == "Route not found");
    }
  }
}

BOOST_AUTO_TEST_CASE(bodies_have_a_limit) {
  const std::size_t most = 64 * 1024;
  auto sized = [](std::size_t size) {
    return request("POST", lookup_path,
                   "Content-Type: application/json\r\nContent-Length: " + std::to_string(size) + "\r\n");
  };
  // The largest body is read (and is no JSON), one byte more is refused before it comes.
  auto largest = ask(shared_port(), sized(most) + std::string(most, 'x'));
  BOOST_TEST(largest.status == 400);
  check_refused(sized(most + 1), 413, "PAYLOAD_TOO_LARGE");
  check_refused(sized(999'999'999'999'999), 413, "PAYLOAD_TOO_LARGE");
  auto chunked = request("POST", lookup_path, "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n");
  for (int i = 0; i < 65; ++i)
    chunked += "400\r\n" + std::string(1024, 'x') + "\r\n";
  check_refused(chunked + "0\r\n\r\n", 413, "PAYLOAD_TOO_LARGE");
}

BOOST_AUTO_TEST_CASE(the_whole_answer_comes_though_the_client_still_sends) {
  // Closing with unread input would reset the connection and destroy the answer.
  raw_connection connection{shared_port()};
  connection.send(request("POST", lookup_path, "Content-Length: 1000000\r\n") + std::string(1'000'000, 'x'));
  BOOST_TEST(connection.read_response().status == 413);
}

BOOST_AUTO_TEST_CASE(targets_and_heads_have_limits) {
  BOOST_TEST(get(shared_port(), ready_path + "?" + std::string(8'000, 'q')).status == 200);
  check_refused(request("GET", ready_path + "?" + std::string(8'200, 'q')), 414, "URI_TOO_LONG");
  BOOST_TEST(ask(shared_port(), with_long_header(16'000)).status == 200);
  check_refused(with_long_header(16'384), 431, "HEADERS_TOO_LARGE");
  check_refused(with_long_header(100'000), 431, "HEADERS_TOO_LARGE");
}

BOOST_AUTO_TEST_CASE(a_client_may_wait_for_leave_to_send_its_body) {
  auto body = lookup_body();
  auto head = request("POST", lookup_path,
                      "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: "
                          + std::to_string(body.size()) + "\r\n");
  raw_connection connection{shared_port()};
  for (int i = 0; i < 2; ++i) {
    connection.send(head);
    BOOST_TEST(connection.read_response().status == 100);
    connection.send(body);
    BOOST_TEST(connection.read_response().status == 200);
  }
  connection.send(head + body); // one that does not wait needs no leave
  BOOST_TEST(connection.read_response().status == 200);
  // What would be refused gets no leave.
  connection.send(request("POST", lookup_path, "Expect: 100-continue\r\nContent-Length: 70000\r\n"));
  BOOST_TEST(connection.read_response().status == 413);
}

BOOST_AUTO_TEST_CASE(connections_end_where_the_client_says_so) {
  for (std::string bytes :
       {request("GET", a_member(), "Connection: close\r\n"), "GET " + a_member() + " HTTP/1.0\r\n\r\n"}) {
    raw_connection connection{shared_port()};
    connection.send(bytes);
    auto answer = connection.read_response();
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(header(answer, "Connection") == "close");
    BOOST_TEST(connection.closed_within(5s));
  }
  raw_connection kept{shared_port()};
  for (int i = 0; i < 3; ++i) {
    kept.send("GET " + a_member() + " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    auto answer = kept.read_response();
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(header(answer, "Connection") == "keep-alive");
  }
}

BOOST_AUTO_TEST_CASE(pipelined_requests_are_answered_in_order) {
  for (int count : {16, 40, 120}) {
    own_service sut; // so that the members are not cached
    raw_connection connection{sut.port()};
    connection.send(pipelined(count));
    check_pipelined(connection, count);
  }
}

BOOST_AUTO_TEST_CASE(a_request_may_come_byte_by_byte) {
  auto body = lookup_body();
  auto chunked = request("POST", lookup_path, "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n");
  for (char c : body)
    chunked += std::string{"1\r\n"} + c + "\r\n";
  raw_connection connection{shared_port()};
  for (const auto& bytes :
       {request("GET", a_member()), json_request("POST", lookup_path, body), chunked + "0\r\n\r\n"}) {
    for (char c : bytes)
      connection.send({&c, 1}); // without Nagle's delay, so mostly one packet each
    auto answer = connection.read_response();
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(json_document{answer}.text("/data/id_number") == shared_store().number(6));
  }
}

BOOST_AUTO_TEST_CASE(empty_lines_before_a_request_are_ignored) {
  BOOST_TEST(ask(shared_port(), "\r\n\r\n" + request("GET", a_member())).status == 200);
}

BOOST_AUTO_TEST_CASE(what_could_smuggle_a_request_is_refused) {
  const auto first = "POST " + lookup_path + " HTTP/1.1\r\n";
  const std::string host = "Host: localhost\r\n";
  for (const auto& head : std::vector<std::string>{
           first + host + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           first + host + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
           first + host + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
           first + host + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
           first + host + "Content-Length: 5, 5\r\n\r\nhello",
           first + host + "Content-Length: +5\r\n\r\nhello",
           first + host + "Content-Length: 0x5\r\n\r\nhello",
           first + host + "Content-Length: -5\r\n\r\nhello",
           first + host + "Content-Length:\r\n\r\n",
           first + host + "Content-Length: 99999999999999999999999\r\n\r\n",
           first + host + host + "\r\n",
           first + host + "Host: other\r\n\r\n",
           first + "\r\n", // no Host at all
           first + host + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
           first + host + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
           first + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           first + host + "Transfer-Encoding: identity\r\n\r\n",
           first + host + "Transfer-Encoding:\x0b chunked\r\n\r\n0\r\n\r\n",
           first + host + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
           first + host + "X-Folded: one\r\n two\r\n\r\n",
           first + host + " X-Leading: space\r\n\r\n",
           first + host + "No-Colon\r\n\r\n",
           first + host + ": empty\r\n\r\n",
           first + host + "X-Null: a" + std::string(1, '\0') + "b\r\n\r\n",
           first + "Host: localhost\n\r\n",
           "GET " + a_member() + " HTTP/1.1\nHost: localhost\n\n",
           first + host + "X-Return: a\rb\r\n\r\n",
           "GET  " + a_member() + " HTTP/1.1\r\n" + host + "\r\n",
           "GET " + a_member() + " HTTP/2.0\r\n" + host + "\r\n",
           "GET " + a_member() + " http/1.1\r\n" + host + "\r\n",
           "GET " + a_member() + "\r\n" + host + "\r\n",
           "GET http://localhost" + a_member() + " HTTP/1.1 \r\n" + host + "\r\n",
           "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
           first + host + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
           first + host + "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
           first + host + "Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
           first + host + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
           "POST " + lookup_path + " HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "\x16\x03\x01\x02\x01", // a TLS client hello
       }) {
    BOOST_TEST_CONTEXT(head) {
      check_refused(head, 400, "VALIDATION_ERROR");
    }
  }
}

BOOST_AUTO_TEST_CASE(what_stands_in_a_refused_request_is_not_a_second_one) {
  raw_connection connection{shared_port()};
  connection.send(request("POST", lookup_path, "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n"
                  + request("GET", ready_path));
  auto all = connection.read_until_closed();
  BOOST_TEST(all.starts_with("HTTP/1.1 400 "));
  BOOST_TEST(all.find("HTTP/1.1", 8) == all.npos);
}

BOOST_AUTO_TEST_CASE(a_client_that_has_finished_sending_still_gets_its_answers) {
  own_service sut;
  raw_connection connection{sut.port()};
  connection.send(pipelined(16));
  connection.shutdown_send();
  check_pipelined(connection, 16);
  BOOST_TEST(connection.closed_within(5s));
  // Half a request is none.
  raw_connection half{sut.port()};
  half.send("GET " + a_member());
  half.shutdown_send();
  BOOST_TEST(half.closed_within(5s));
}

BOOST_AUTO_TEST_SUITE_END()
