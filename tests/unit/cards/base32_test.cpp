#include "cards/base32.hpp"

#include "tests/unit/cards/fixed_keys.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace tessera;
using test::bytes_of;

BOOST_AUTO_TEST_SUITE(base32_test)

BOOST_AUTO_TEST_CASE(it_is_that_of_the_rfc_without_padding) {
  // RFC 4648, section 10.
  const std::pair<std::string, std::string> vectors[] = {{"", ""},
                                                         {"f", "MY"},
                                                         {"fo", "MZXQ"},
                                                         {"foo", "MZXW6"},
                                                         {"foob", "MZXW6YQ"},
                                                         {"fooba", "MZXW6YTB"},
                                                         {"foobar", "MZXW6YTBOI"}};
  for (const auto& [plain, text] : vectors) {
    BOOST_TEST(encode_base32(bytes_of(plain)) == text);
    BOOST_TEST((decode_base32(text) == bytes_of(plain)), text);
    BOOST_TEST(base32_length(plain.size()) == text.size());
  }
}

BOOST_AUTO_TEST_CASE(what_is_written_can_be_read) {
  std::mt19937_64 random{1};
  for (std::size_t size = 0; size < 300; ++size) {
    std::vector<std::uint8_t> bytes(size);
    for (auto& byte : bytes)
      byte = static_cast<std::uint8_t>(random());
    auto text = encode_base32(bytes);
    BOOST_TEST(text.size() == base32_length(size));
    BOOST_TEST((decode_base32(text) == bytes));
  }
}

BOOST_AUTO_TEST_CASE(other_spellings_are_refused) {
  for (auto* text : {"MY======", "my", "MZXW6ytb", " MY", "MY ", "M Y", "MZXW6YQ=", "MZXW6YT0", "MZXW6YT1", "MZXW6YT8",
                     "MZXW6YT9", "MZXW6YT-", "MZXW6YT\x80", "MZXW6YT\xff", "\nMY"})
    BOOST_TEST(!decode_base32(text).has_value(), text);
  BOOST_TEST(!decode_base32(std::string_view{"M\0", 2}).has_value());
}

BOOST_AUTO_TEST_CASE(spare_bits_must_be_zero_and_lengths_possible) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  auto readable_ends = [&](const std::string& front) {
    int count = 0;
    for (auto last : alphabet)
      count += decode_base32(front + last).has_value();
    return count;
  };
  // One byte takes two characters and leaves two bits, two bytes four, three one, four three.
  BOOST_TEST(readable_ends("A") == 8);
  BOOST_TEST(readable_ends("AAA") == 2);
  BOOST_TEST(readable_ends("AAAA") == 16);
  BOOST_TEST(readable_ends("AAAAAA") == 4);
  BOOST_TEST(readable_ends("AAAAAAA") == 32);
  for (auto front : {"", "AA", "AAAAA"})
    BOOST_TEST(readable_ends(front) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
