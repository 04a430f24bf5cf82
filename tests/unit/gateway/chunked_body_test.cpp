#include "gateway/http/chunked_body.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(chunked_body_test)

BOOST_AUTO_TEST_CASE(a_chunked_body_may_come_in_any_pieces) {
  std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::string body = "5;ext=1\r\nhello\r\n7\r\n, world\r\n0\r\nX-Trailer: y\r\n\r\n";
  for (std::size_t piece = 1; piece <= body.size(); ++piece) {
    chunked_body sut{head};
    std::string pending;
    for (std::size_t at = 0; at < body.size(); at += piece) {
      BOOST_TEST(!sut.complete());
      pending += body.substr(at, piece);
      while (!pending.empty() && !sut.complete()) {
        auto consumed = sut.feed(pending);
        BOOST_REQUIRE(consumed.has_value());
        if (*consumed == 0)
          break;
        pending.erase(0, *consumed);
      }
    }
    BOOST_TEST(sut.complete());
    BOOST_TEST(pending.empty());
    BOOST_TEST(sut.text() == "hello, world");
  }
}

BOOST_AUTO_TEST_CASE(an_empty_chunked_body_may_come_byte_by_byte) {
  chunked_body sut{"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"};
  std::string pending;
  for (char byte : std::string{"0\r\n\r\n"}) {
    BOOST_TEST(!sut.complete());
    pending += byte;
    auto consumed = sut.feed(pending);
    BOOST_REQUIRE(consumed.has_value());
    pending.erase(0, *consumed);
  }
  BOOST_TEST(sut.complete());
  BOOST_TEST(sut.text().empty());
}

BOOST_AUTO_TEST_CASE(a_chunked_body_leaves_what_follows_it) {
  chunked_body sut{"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"};
  std::string bytes = "2\r\nab\r\n0\r\n\r\nGET / HTTP/1.1\r\n";
  std::size_t at = 0;
  while (!sut.complete()) {
    auto consumed = sut.feed(std::string_view{bytes}.substr(at));
    BOOST_REQUIRE(consumed.has_value());
    BOOST_REQUIRE(*consumed > 0);
    at += *consumed;
  }
  BOOST_TEST(bytes.substr(at) == "GET / HTTP/1.1\r\n");
}

BOOST_AUTO_TEST_CASE(bad_chunk_sizes_are_refused) {
  for (std::string bytes :
       {"x\r\nabc", "-1\r\nabc", "fffffffffffffffff\r\n", "5 5\r\nabc", "\r\nabcd\r\n", "5\nhello\r\n"}) {
    chunked_body sut{"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"};
    BOOST_TEST(!sut.feed(bytes).has_value(), bytes);
  }
}

BOOST_AUTO_TEST_SUITE_END()
