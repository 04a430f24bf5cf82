#include "loadtest/http_answer.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace tessera::loadtest;

namespace {

const std::string head = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 3\r\nRetry-After: 2\r\nEmpty:\r\n\r\n";

} // namespace

BOOST_AUTO_TEST_SUITE(http_answer_test)

BOOST_AUTO_TEST_CASE(an_answer_is_complete_with_its_last_byte) {
  auto text = head + "abc";
  http_answer found;
  for (std::size_t size = 0; size < text.size(); ++size)
    BOOST_TEST((parse(std::string_view{text}.substr(0, size), found) == answer_progress::incomplete));
  BOOST_TEST((parse(text, found) == answer_progress::complete));
  BOOST_TEST(found.status == 503);
  BOOST_TEST(found.body == "abc");
}

BOOST_AUTO_TEST_CASE(what_is_no_answer_with_a_length_or_goes_on_is_malformed) {
  http_answer found;
  BOOST_TEST((parse("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", found) == answer_progress::malformed));
  BOOST_TEST((parse("HTTP/1.1 200 OK\r\nX-Content-Length: 0\r\n\r\n", found) == answer_progress::malformed));
  BOOST_TEST((parse("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", found) == answer_progress::malformed));
  BOOST_TEST((parse(head + "abcd", found) == answer_progress::malformed));
}

BOOST_AUTO_TEST_CASE(headers_are_found_by_their_whole_name_in_any_case) {
  const auto text = head + "abc";
  http_answer found;
  parse(text, found);
  BOOST_TEST(header_of(found.head, "Content-Length") == "3");
  BOOST_TEST(header_of(found.head, "retry-after") == "2");
  BOOST_TEST(header_of(found.head, "Retry") == "");
  BOOST_TEST(header_of(found.head, "Empty") == "");
  BOOST_TEST(header_of(found.head, "X-Cache") == "");
}

BOOST_AUTO_TEST_SUITE_END()
