#include "gateway/http/idempotency_key.hpp"

#include "tests/unit/gateway/is_head.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;

namespace {

/// Returns what is read of a head with these lines.
input<std::string> key_of(const std::string& lines) {
  auto head = "POST / HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n";
  http_request request;
  BOOST_REQUIRE(is_head(head, request));
  return parse_idempotency_key(request);
}

std::string good(const std::string& value) {
  return std::get<std::string>(key_of("idempotency-KEY: " + value + "\r\n"));
}

bool is_refused(const std::string& lines) {
  auto what = key_of(lines);
  auto* fault = std::get_if<problem>(&what);
  return fault && fault->code == error_code::validation && fault->errors.front().pointer == "/Idempotency-Key";
}

} // namespace

BOOST_AUTO_TEST_SUITE(idempotency_key_test)

BOOST_AUTO_TEST_CASE(a_key_is_taken_as_it_was_sent) {
  BOOST_TEST(std::get<std::string>(key_of("")) == "");
  BOOST_TEST(good("8e03978e-40d5-43dd-bc93-6894a57f9324") == "8e03978e-40d5-43dd-bc93-6894a57f9324");
  BOOST_TEST(good("\"quoted\"") == "\"quoted\"");
  BOOST_TEST(good("  blanks-around\t ") == "blanks-around"); // they are no part of a value
  BOOST_TEST(good(std::string(255, '~')) == std::string(255, '~'));
  BOOST_TEST(good("!") == "!");
}

BOOST_AUTO_TEST_CASE(what_is_no_key_is_refused_by_the_headers_name) {
  BOOST_TEST(is_refused("Idempotency-Key:\r\n"));
  BOOST_TEST(is_refused("Idempotency-Key: \r\n"));
  BOOST_TEST(is_refused("Idempotency-Key: two words\r\n"));
  BOOST_TEST(is_refused("Idempotency-Key: t\tab\r\n"));
  BOOST_TEST(is_refused("Idempotency-Key: gr\xc3\xbc\xc3\x9f\r\n"));
  BOOST_TEST(is_refused("Idempotency-Key: " + std::string(256, 'a') + "\r\n"));
  BOOST_TEST(is_refused("Idempotency-Key: a\r\nIdempotency-Key: a\r\n"));
  BOOST_TEST(is_refused("Idempotency-Key: a\r\nIdempotency-Key: b\r\nIdempotency-Key: c\r\n"));
}

BOOST_AUTO_TEST_SUITE_END()
