#include "cards/base64url.hpp"

#include "tests/unit/cards/fixed_keys.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;
using test::bytes_of;

BOOST_AUTO_TEST_SUITE(base64url_test)

BOOST_AUTO_TEST_CASE(it_is_that_of_the_rfc_without_padding) {
  // RFC 4648, section 10; RFC 7515, appendix C, for the two that differ from base64.
  const std::pair<std::string, std::string> vectors[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\x03\xec\xff\xe0\xc1", "A-z_4ME"}};
  for (const auto& [plain, text] : vectors) {
    BOOST_TEST(encode_base64url(bytes_of(plain)) == text);
    BOOST_TEST((decode_base64url(text) == bytes_of(plain)), text);
  }
}

BOOST_AUTO_TEST_CASE(other_spellings_are_refused) {
  for (auto* text :
       {"Zg==", "Zg=", "A+z/4ME", "Zh", "Zm9", "Z", "Zm9vY", " Zg", "Zg ", "Z g", "Zg\n", "Z.g", "Z\x80", "Zm9\xff"})
    BOOST_TEST(!decode_base64url(text).has_value(), text);
  BOOST_TEST(!decode_base64url(std::string_view{"Zg\0", 3}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
