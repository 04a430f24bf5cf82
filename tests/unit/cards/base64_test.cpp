#include "cards/base64.hpp"

#include <boost/test/unit_test.hpp>

#include <sodium.h>

#include <random>
#include <utility>

using namespace tessera;

namespace {

std::string encoded(std::string_view bytes) {
  std::string out;
  append_base64(out, bytes);
  return out;
}

std::string encoded_by_libsodium(std::string_view bytes) {
  std::string out(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  out.pop_back(); // the NUL
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(base64_test)

BOOST_AUTO_TEST_CASE(it_is_that_of_the_rfc) {
  // RFC 4648, section 10, and section 9 for the letters that base64url has others for.
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"},
                                                                   {"\x14\xfb\x9c\x03\xd9\x7e", "FPucA9l+"},
                                                                   {"\xff\xef\xff", "/+//"}};
  for (const auto& [plain, text] : vectors)
    BOOST_TEST(encoded(plain) == text);
  BOOST_TEST(encoded(std::string_view{"\0\0\0\0", 4}) == "AAAAAA==");
}

BOOST_AUTO_TEST_CASE(it_is_appended_to_what_is_there) {
  std::string out{"data:image/png;base64,"};
  append_base64(out, "fo");
  append_base64(out, "f");
  BOOST_TEST(out == "data:image/png;base64,Zm8=Zg==");
}

BOOST_AUTO_TEST_CASE(random_bytes_are_encoded_as_by_libsodium) {
  std::mt19937 random{4648};
  for (std::size_t size = 0; size < 600; ++size) {
    std::string bytes(size, '\0');
    for (auto& byte : bytes)
      byte = static_cast<char>(random());
    BOOST_REQUIRE_EQUAL(encoded(bytes), encoded_by_libsodium(bytes));
  }
}

BOOST_AUTO_TEST_SUITE_END()
