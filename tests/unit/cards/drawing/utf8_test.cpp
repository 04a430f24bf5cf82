#include "cards/drawing/utf8.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace tessera;

namespace {

std::vector<char32_t> characters(std::string_view text) {
  std::vector<char32_t> out;
  while (!text.empty())
    out.push_back(take_character(text));
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(utf8_test)

BOOST_AUTO_TEST_CASE(every_character_comes_back) {
  for (char32_t character = 0; character <= 0x10ffff; character += character < 0x3000 ? 1 : 97) {
    if (character >= 0xd800 && character < 0xe000)
      continue;
    std::string text;
    append_utf8(text, character);
    std::string_view rest = text;
    BOOST_TEST_REQUIRE((take_character(rest) == character && rest.empty()));
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_character_is_replaced_byte_by_byte) {
  constexpr char32_t bad = replacement_character;
  struct row {
    std::string_view text;
    std::vector<char32_t> characters;
  };
  const row rows[] = {
      {"\x80", {bad}},
      {"a\xff"
       "b",
       {'a', bad, 'b'}},
      {"\xc0\x80", {bad, bad}},                   // overlong
      {"\xe0\x9f\xbf", {bad, bad, bad}},          // overlong
      {"\xed\xa0\x80", {bad, bad, bad}},          // surrogate
      {"\xf4\x90\x80\x80", {bad, bad, bad, bad}}, // above the last
      {"\xe1\xb9", {bad, bad}},                   // cut
      {"\xe1\xb9\xb0", {0x1e70}},
  };
  for (const auto& [text, expected] : rows)
    BOOST_TEST((characters(text) == expected));
}

BOOST_AUTO_TEST_CASE(utf16_has_surrogates_above_ffff) {
  std::string out;
  append_utf16_hex(out, "AṰ\U0001f600");
  BOOST_TEST(out == "00411E70D83DDE00");
}

BOOST_AUTO_TEST_CASE(a_printable_line_has_no_controls_and_single_spaces) {
  BOOST_TEST(printable_line("  van \t der\n\nMerwe\x7f ") == "van der Merwe");
  BOOST_TEST(printable_line("a\u202eb\u2028c") == "a b c");
  BOOST_TEST(printable_line("\xff") == "\ufffd");
  BOOST_TEST(printable_line("a\uffffb") == "a b");
  BOOST_TEST(printable_line(" \n ").empty());
}

BOOST_AUTO_TEST_SUITE_END()
