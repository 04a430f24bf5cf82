#include "cards/presented_card.hpp"

#include "cards/card_jwt.hpp"
#include "cards/card_token.hpp"
#include "tests/unit/cards/fixed_keys.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;
using kind = presented_card::kind;

namespace {

const std::string token(132, 'A');

bool is(std::string_view text, kind what, std::string_view within = {}) {
  return read_presented(text) == presented_card{what, within};
}

} // namespace

BOOST_AUTO_TEST_SUITE(presented_card_test)

BOOST_AUTO_TEST_CASE(a_token_is_known_by_its_length_and_letters) {
  BOOST_TEST(is(token, kind::token, token));
  BOOST_TEST(is(" \t" + token + "\r\n", kind::token, token));
  for (const auto& text : {token + "A", token.substr(1), token.substr(1) + "a", token.substr(1) + "-",
                           token.substr(0, 66) + " " + token.substr(67), token.substr(1) + "\x80"})
    BOOST_TEST(is(text, kind::malformed), text);
}

BOOST_AUTO_TEST_CASE(the_address_of_a_qr_code_holds_a_token) {
  for (const auto& front : {"HTTPS://CARDS.EXAMPLE.ORG/V#", "https://cards.example.org/V#", "HttpS://a/V#",
                            "http://127.0.0.1:8080/V#", "https://[::1]:8443/V#"})
    BOOST_TEST(is(front + token, kind::token, token), front);
  BOOST_TEST(is("\n" + ("https://a/V#" + token) + " ", kind::token, token));
}

BOOST_AUTO_TEST_CASE(other_addresses_are_malformed) {
  for (const auto& front : {"https:///V#", "https://a/v#", "https://a/V/#", "https://a/x/V#", "https://a/V?x#",
                            "https://a?/V#", "https://a#/V#", "https://a/V##", "https:/a/V#", "ftp://a/V#", "//a/V#",
                            "a/V#", "xhttps://a/V#", "https://a/V#x", "https://a/V# "})
    BOOST_TEST(is(front + token, kind::malformed), front);
  for (const auto& text : {"https://a/V", "https://a/V#", "https://", "https://a", "HTTPS"})
    BOOST_TEST(is(text, kind::malformed), text);
  BOOST_TEST(is("https://a/V#" + token + "#", kind::malformed));
}

BOOST_AUTO_TEST_CASE(three_parts_of_base64url_are_a_jwt) {
  for (const std::string text : {"a.b.c", "..", "eyJhbGciOiJFZERTQSJ9.e30.AA-_"})
    BOOST_TEST(is(text + "\n", kind::jwt, text), text);
  for (const auto& text : {"a.b", "a.b.c.d", "a.b.c=", "a.b.c d", "a.b+.c", "a/b.c.d"})
    BOOST_TEST(is(text, kind::malformed), text);
  BOOST_TEST(is("." + std::string(longest_card_jwt - 2, 'a') + ".", kind::jwt,
                "." + std::string(longest_card_jwt - 2, 'a') + "."));
  BOOST_TEST(is("." + std::string(longest_card_jwt - 1, 'a') + ".", kind::malformed));
}

BOOST_AUTO_TEST_CASE(json_is_card_data_that_nobody_signed) {
  for (const auto& text : {R"({"card_id":"x","security_hash":"y"})", "[", "{", " \n{}", "[1,2]"})
    BOOST_TEST(is(text, kind::unsigned_data), text);
  for (const auto& text : {"", " ", "\r\n", "\"{}\"", "null", "7", "<card/>", "8001015009087"})
    BOOST_TEST(is(text, kind::malformed), text);
}

BOOST_AUTO_TEST_CASE(what_is_too_long_is_malformed) {
  BOOST_TEST(is("{" + std::string(longest_presented_card - 1, ' '), kind::unsigned_data));
  BOOST_TEST(is("{" + std::string(longest_presented_card, ' '), kind::malformed));
  BOOST_TEST(is(std::string(longest_presented_card, ' ') + token, kind::malformed));
  BOOST_TEST(is("https://" + std::string(10'000'000, 'a') + "/V#" + token, kind::malformed));
}

BOOST_AUTO_TEST_CASE(a_good_card_verifies_in_each_form) {
  auto keys = test::rfc_keys();
  auto claims = test::sample_claims();
  auto text = sign_card(claims, keys).text();
  for (const auto& presented : {text, "HTTPS://CARDS.EXAMPLE.ORG/V#" + text, text + "\r\n",
                                make_card_jwt(claims, "https://cards.example.org", keys)})
    BOOST_TEST((verify_presented(presented, keys) == checked_card{card_fault::none, claims}), presented);
  BOOST_TEST((verify_presented("{}", keys) == checked_card{card_fault::unsigned_data}));
  BOOST_TEST((verify_presented("a card", keys) == checked_card{card_fault::malformed}));
  auto others = test::keys_of({test::seed_of(1)});
  BOOST_TEST((verify_presented("https://a/V#" + text, others) == checked_card{card_fault::unknown_key}));
}

BOOST_AUTO_TEST_SUITE_END()
