#include "guard/api_key.hpp"

#include <boost/test/unit_test.hpp>

#include <cctype>
#include <random>
#include <regex>
#include <set>
#include <sodium.h>
#include <string>

using namespace tessera;
using kind = credentials::kind;

namespace {

key_seed seed_of(std::uint64_t number) {
  std::mt19937_64 random{number};
  key_seed bytes;
  for (auto& byte : bytes)
    byte = static_cast<std::uint8_t>(random());
  return bytes;
}

key_seed counting_seed() {
  key_seed bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(i);
  return bytes;
}

/// Of bytes 0, 1, 2 …; the hash by Python: blake2b(b"tsk_abcdefghij_" + bytes(range(10, 42)), digest_size=32).
const std::string counted = "tsk_abcdefghij_CgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCmtG79R";
const std::string counted_hash = "ad1bbf5197897a6ebd3f96f9b722bbe1a564c91894725be8a0782545d6511592";

credentials read_line(std::string_view value) {
  return read_authorization({&value, 1});
}

bool is_malformed(std::string_view text) {
  return read_api_key(text).what == kind::malformed;
}

} // namespace

BOOST_AUTO_TEST_SUITE(api_key_test)

BOOST_AUTO_TEST_CASE(a_key_is_made_as_documented) {
  auto made = make_api_key(counting_seed());
  BOOST_TEST(made.text == counted);
  BOOST_TEST(made.id.text() == "abcdefghij");
  std::string hex(65, '\0');
  sodium_bin2hex(hex.data(), hex.size(), made.hash.data(), made.hash.size());
  hex.pop_back();
  BOOST_TEST(hex == counted_hash);
}

BOOST_AUTO_TEST_CASE(every_key_is_read_back_and_can_be_searched_for) {
  const std::regex form{"tsk_[a-z2-7]{10}_[A-Za-z0-9_-]{48}"};
  std::set<std::string> texts;
  for (std::uint64_t i = 0; i < 500; ++i) {
    auto made = make_api_key(seed_of(i));
    BOOST_TEST(std::regex_match(made.text, form), made.text);
    auto read = read_api_key(made.text);
    BOOST_TEST((read == credentials{kind::key, made.id, made.hash}));
    texts.insert(made.text);
  }
  BOOST_TEST(texts.size() == 500u);
}

BOOST_AUTO_TEST_CASE(a_key_with_any_one_character_changed_is_malformed) {
  auto text = make_api_key(seed_of(5)).text;
  BOOST_REQUIRE(text.find('-') != std::string::npos); // the two that are special
  BOOST_REQUIRE(text.find('_', 15) != std::string::npos);
  for (std::size_t at = 0; at < text.size(); ++at)
    for (int c = 0; c < 256; ++c)
      if (auto changed = text; static_cast<char>(c) != text[at]) {
        changed[at] = static_cast<char>(c);
        BOOST_TEST(is_malformed(changed), at << ": " << c);
      }
}

BOOST_AUTO_TEST_CASE(parts_of_keys_and_more_than_a_key_are_malformed) {
  auto text = make_api_key(seed_of(2)).text;
  for (std::size_t length = 0; length < text.size(); ++length)
    BOOST_TEST(is_malformed(text.substr(0, length)));
  for (auto* after : {" ", "A", "=", "==", "\r", ","})
    BOOST_TEST(is_malformed(text + after));
  BOOST_TEST(is_malformed(" " + text));
  BOOST_TEST(is_malformed(text + text));
  BOOST_TEST(is_malformed(std::string(1'000'000, 'A')));
}

BOOST_AUTO_TEST_CASE(the_hash_is_another_for_another_id_or_secret) {
  auto seed = seed_of(3);
  auto made = make_api_key(seed);
  auto other_id = seed;
  other_id[0] ^= 1;
  auto other_secret = seed;
  other_secret.back() ^= 1;
  BOOST_TEST((make_api_key(other_id).hash != made.hash));
  BOOST_TEST((make_api_key(other_secret).hash != made.hash));
  BOOST_TEST((make_api_key(other_secret).id == made.id));
}

BOOST_AUTO_TEST_CASE(ids_are_ten_characters_of_base32) {
  BOOST_TEST(key_id::parse("abcdefghij")->text() == "abcdefghij");
  BOOST_TEST(key_id::parse("zzzzz77222").has_value());
  for (auto* none :
       {"", "abcdefghi", "abcdefghijk", "abcdefgh1j", "abcdefgh8j", "Abcdefghij", "abcde_ghij", "abcde ghij"})
    BOOST_TEST(!key_id::parse(none).has_value(), none);
  BOOST_TEST(!key_id::parse(key_id{}.text()).has_value());
  // All 32 are reached, from all bytes equally.
  std::array<int, 256> seen{};
  for (int byte = 0; byte < 256; ++byte) {
    std::array<std::uint8_t, key_id::length> random{};
    random[0] = static_cast<std::uint8_t>(byte);
    ++seen[static_cast<unsigned char>(key_id{random}.text()[0])];
  }
  BOOST_TEST(std::ranges::count(seen, 8) == 32);
  BOOST_TEST(std::ranges::count(seen, 0) == 224);
}

BOOST_AUTO_TEST_CASE(a_bearer_token_is_read_from_the_header) {
  auto made = make_api_key(seed_of(4));
  credentials key{kind::key, made.id, made.hash};
  for (auto* scheme : {"Bearer ", "bearer ", "BEARER ", "bEaReR    "})
    BOOST_TEST((read_line(scheme + made.text) == key), scheme);
}

BOOST_AUTO_TEST_CASE(a_request_without_the_header_presents_nothing_and_with_two_nonsense) {
  BOOST_TEST((read_authorization({}) == credentials{}));
  auto line = "Bearer " + make_api_key(seed_of(4)).text;
  for (const std::array<std::string_view, 2>& lines :
       {std::array<std::string_view, 2>{line, line}, {line, "Basic dXNlcjpwYXNz"}, {"", line}})
    BOOST_TEST((read_authorization(lines).what == kind::malformed));
}

BOOST_AUTO_TEST_CASE(other_schemes_present_nothing_to_us) {
  auto text = make_api_key(seed_of(4)).text;
  for (const std::string& value :
       {std::string{}, std::string{"Basic dXNlcjpwYXNz"}, std::string{"Digest username=\"x\""}, "Bearers " + text,
        "Bearer" + text, "Bearer\t" + text, " Bearer " + text, text, std::string{"Bear"}})
    BOOST_TEST((read_line(value) == credentials{}), value);
}

BOOST_AUTO_TEST_CASE(a_bearer_that_is_not_exactly_one_key_is_malformed) {
  auto text = make_api_key(seed_of(4)).text;
  for (const std::string& value :
       {std::string{"Bearer"}, std::string{"Bearer "}, "Bearer " + text + " ", "Bearer " + text + " " + text,
        "Bearer " + text + "," + text, "Bearer Bearer " + text, "Bearer \"" + text + "\"", "Bearer \t" + text,
        std::string{"Bearer eyJhbGciOiJIUzI1NiJ9.e30.ZRrHA1JJJW8opsbCGfG_HACGpVUMN_a9IV7pAx_Zmeo"},
        "Bearer " + std::string(100'000, ' ')})
    BOOST_TEST((read_line(value).what == kind::malformed), value.substr(0, 200));
}

BOOST_AUTO_TEST_CASE(a_key_with_some_random_bytes_in_it_is_never_taken_for_one) {
  std::mt19937_64 random{5};
  auto text = "Bearer " + make_api_key(seed_of(5)).text;
  for (int i = 0; i < 20'000; ++i) {
    auto value = text;
    for (auto changes = 1 + random() % 4; changes > 0; --changes)
      value[7 + random() % (value.size() - 7)] = static_cast<char>(random());
    if (value != text)
      BOOST_TEST((read_line(value).what != kind::key));
  }
}

BOOST_AUTO_TEST_SUITE_END()
