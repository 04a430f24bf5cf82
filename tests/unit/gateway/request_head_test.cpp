#include "gateway/http/request_head.hpp"

#include "tests/support/beast_head.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <random>
#include <string>
#include <vector>

using namespace tessera;
using state = head_verdict::state;

namespace {

struct refused_head {
  const char* name;
  std::string head;
  head_fault fault;

  friend std::ostream& operator<<(std::ostream& out, const refused_head& x) {
    return out << x.name;
  }
};

const std::string host = "Host: a\r\n";

const refused_head refused_heads[] = {
    {"bare line feed after the request line", "GET / HTTP/1.1\n" + host + "\r\n", head_fault::line_ending},
    {"bare line feed after a header", "GET / HTTP/1.1\r\nHost: a\n\r\n", head_fault::line_ending},
    {"bare line feed as the empty line", "GET / HTTP/1.1\r\n" + host + "\n", head_fault::line_ending},
    {"bare carriage return in a value", "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", head_fault::line_ending},
    {"NUL in a value", std::string{"GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", 28}, head_fault::control_character},
    {"escape in a value", "GET / HTTP/1.1\r\nHost: \x1b\r\n\r\n", head_fault::control_character},
    {"folded header", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n", head_fault::folded_header},
    {"first header folded", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", head_fault::folded_header},
    {"space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", head_fault::header_name},
    {"no colon", "GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n", head_fault::header_name},
    {"empty name", "GET / HTTP/1.1\r\nHost: a\r\n: 1\r\n\r\n", head_fault::header_name},
    {"no host", "GET / HTTP/1.1\r\n\r\n", head_fault::host},
    {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", head_fault::host},
    {"two hosts, other case", "GET / HTTP/1.1\r\nHost: a\r\nhOST: b\r\n\r\n", head_fault::host},
    {"options of the connection without a comma", "GET / HTTP/1.1\r\n" + host + "Connection: a b\r\n\r\n",
     head_fault::connection},
    {"equal lengths twice", "POST / HTTP/1.1\r\n" + host + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
     head_fault::content_length},
    {"list of lengths", "POST / HTTP/1.1\r\n" + host + "Content-Length: 5, 5\r\n\r\n", head_fault::content_length},
    {"signed length", "POST / HTTP/1.1\r\n" + host + "Content-Length: +5\r\n\r\n", head_fault::content_length},
    {"negative length", "POST / HTTP/1.1\r\n" + host + "Content-Length: -5\r\n\r\n", head_fault::content_length},
    {"hexadecimal length", "POST / HTTP/1.1\r\n" + host + "Content-Length: 0x5\r\n\r\n", head_fault::content_length},
    {"space in the length", "POST / HTTP/1.1\r\n" + host + "Content-Length: 5 5\r\n\r\n", head_fault::content_length},
    {"empty length", "POST / HTTP/1.1\r\n" + host + "Content-Length:\r\n\r\n", head_fault::content_length},
    {"length over 64 bits", "POST / HTTP/1.1\r\n" + host + "Content-Length: 99999999999999999999\r\n\r\n",
     head_fault::content_length},
    {"xchunked", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: xchunked\r\n\r\n", head_fault::transfer_encoding},
    {"gzip, chunked", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n",
     head_fault::transfer_encoding},
    {"chunked twice", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
     head_fault::transfer_encoding},
    {"chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", head_fault::transfer_encoding},
    {"both lengths", "POST / HTTP/1.1\r\n" + host + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
     head_fault::both_lengths},
    {"HTTP/2", "GET / HTTP/2.0\r\n" + host + "\r\n", head_fault::version},
    {"HTTP/1.2", "GET / HTTP/1.2\r\n" + host + "\r\n", head_fault::version},
    {"no version", "GET /\r\n" + host + "\r\n", head_fault::request_line},
    {"two spaces", "GET  / HTTP/1.1\r\n" + host + "\r\n", head_fault::request_line},
    {"space in the target", "GET /a b HTTP/1.1\r\n" + host + "\r\n", head_fault::request_line},
    {"target beyond ASCII", "GET /\xc3\xa9 HTTP/1.1\r\n" + host + "\r\n", head_fault::request_line},
    {"absolute target", "GET http://a/ HTTP/1.1\r\n" + host + "\r\n", head_fault::request_line},
    {"no method", " / HTTP/1.1\r\n" + host + "\r\n", head_fault::request_line},
    {"method with a colon", "GE:T / HTTP/1.1\r\n" + host + "\r\n", head_fault::request_line},
    {"TLS hello", std::string{"\x16\x03\x01\x02\x00\x01\x00\n", 8}, head_fault::control_character},
};

head_verdict verdict_on(std::string_view received, const head_limits& limits = {}) {
  http_request ignored;
  return read_head(received, limits, ignored);
}

} // namespace

BOOST_AUTO_TEST_SUITE(request_head_test)

BOOST_DATA_TEST_CASE(refuses_what_could_be_read_in_two_ways, refused_heads) {
  auto verdict = verdict_on(sample.head);
  BOOST_TEST(static_cast<int>(verdict.what) == static_cast<int>(state::refused));
  BOOST_TEST(static_cast<int>(verdict.fault) == static_cast<int>(sample.fault));
  BOOST_TEST(!explain(verdict.fault).empty());
}

BOOST_AUTO_TEST_CASE(accepts_plain_heads_and_says_how_long_they_are) {
  for (std::string head : {
           "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
           "GET / HTTP/1.0\r\n\r\n",
           "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
           "QUERY /x?y=1 HTTP/1.1\r\nhost:a\r\nContent-Length: 12\r\n\r\n",
           "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:  CHUNKED \r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nX-Empty:\r\nX-Tab: a\tb\r\nX-Utf8: \xc3\xa9\r\n\r\n",
       }) {
    auto verdict = verdict_on(head + "rest");
    BOOST_TEST(static_cast<int>(verdict.what) == static_cast<int>(state::complete), head);
    BOOST_TEST(verdict.size == head.size());
  }
}

BOOST_AUTO_TEST_CASE(of_control_characters_only_the_tab_may_stand_in_a_value_wherever_it_is) {
  constexpr std::size_t longest = 20;
  for (int c = 0; c < 256; ++c) {
    if (c == '\r' || c == '\n')
      continue;
    auto bad = (c < 0x20 && c != '\t') || c == 0x7f;
    for (std::size_t at = 0; at < longest; ++at) {
      std::string value(longest, 'v');
      value[at] = static_cast<char>(c);
      auto fault = verdict_on("GET / HTTP/1.1\r\nHost: a\r\nX: " + value + "\r\n\r\n").fault;
      BOOST_TEST((fault == (bad ? head_fault::control_character : head_fault::none)), c << " at " << at);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_beginning_of_a_good_head_is_incomplete) {
  std::string head = "POST /api?x=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nX-A: b\r\n\r\n";
  for (std::size_t size = 0; size < head.size(); ++size)
    BOOST_TEST(static_cast<int>(verdict_on(head.substr(0, size)).what) == static_cast<int>(state::incomplete));
}

BOOST_AUTO_TEST_CASE(limits_hold_whether_the_head_is_whole_or_not) {
  head_limits limits{200, 50};
  auto fault_of = [&](const std::string& head) { return static_cast<int>(verdict_on(head, limits).fault); };
  auto too_long = static_cast<int>(head_fault::target_too_long);
  auto too_large = static_cast<int>(head_fault::head_too_large);
  std::string target(51, 'x');
  BOOST_TEST(fault_of("GET /" + target + " HTTP/1.1\r\nHost: a\r\n\r\n") == too_long);
  BOOST_TEST(fault_of("GET /" + target) == too_long);
  BOOST_TEST(fault_of("GET /" + target + "\r\n") == too_long);
  std::string value(200, 'x');
  BOOST_TEST(fault_of("GET / HTTP/1.1\r\nHost: a\r\nX: " + value + "\r\n\r\n") == too_large);
  BOOST_TEST(fault_of("GET / HTTP/1.1\r\nHost: a\r\nX: " + value) == too_large);
  BOOST_TEST(fault_of("GET / HTTP/1.1\r\nHost: a\r\nX: " + value.substr(0, 150) + "\r\n\r\n") == 0);
}

BOOST_AUTO_TEST_CASE(random_heads_mean_the_same_to_another_parser) {
  const std::vector<std::string> first{"GET / HTTP/1.1",           "POST /a/b?c=d#e HTTP/1.1", "QUERY /?? HTTP/1.0",
                                       "DELETE /%20#x?y HTTP/1.1", "OPTIONS * HTTP/1.1",       "PATCH /a HTTP/1.0"};
  const std::vector<std::string> lines{"Host: a",
                                       "HOST:b\t",
                                       "Connection: close",
                                       "connection:Keep-Alive , x",
                                       "Connection: x,,CLOSE",
                                       "Content-Length: 17",
                                       "content-length:\t0 ",
                                       "Transfer-Encoding: chunked",
                                       "X-Request-Id:  a b  ",
                                       "Accept: */*",
                                       "aCCEPT-eNCODING: br, gzip",
                                       "Authorization: Bearer x",
                                       "authorization:",
                                       "If-None-Match: \"\xc3\xa9\"",
                                       "Origin: https://o",
                                       "Forwarded: for=a",
                                       "X-Forwarded-For: 1.2.3.4, b",
                                       "Idempotency-Key: k",
                                       "Traceparent: 00-1",
                                       "Content-Type: a/b",
                                       "Access-Control-Request-Method: PUT",
                                       "X: y"};
  std::mt19937 random{2};
  auto pick = [&](const auto& from) { return from[random() % from.size()]; };
  std::size_t complete = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto head = pick(first) + "\r\n";
    for (auto count = random() % 8; count > 0; --count)
      head += pick(lines) + "\r\n";
    head += "\r\n";
    if (random() % 4 == 0)
      head[random() % head.size()] = static_cast<char>(random());
    http_request request;
    auto verdict = read_head(head, {}, request);
    if (verdict.what != state::complete)
      continue;
    ++complete;
    BOOST_TEST(difference_to_beast(head.substr(0, verdict.size), request) == "", head);
  }
  BOOST_TEST(complete > 2'000u);
}

BOOST_AUTO_TEST_CASE(random_bytes_never_read_beyond_the_end) {
  std::mt19937 random{1};
  const std::string alphabet = std::string{"GET / HTTP/1.1\r\n:aHost0 \t,Content-Length"} + '\0' + '\x80';
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 80, ' ');
    for (auto& byte : bytes)
      byte = alphabet[random() % alphabet.size()];
    auto exact = std::make_unique<char[]>(bytes.size()); // the address sanitizer sees its end
    std::copy(bytes.begin(), bytes.end(), exact.get());
    auto verdict = verdict_on({exact.get(), bytes.size()});
    if (verdict.what == state::complete)
      BOOST_TEST(verdict.size <= bytes.size());
  }
}

BOOST_AUTO_TEST_SUITE_END()
