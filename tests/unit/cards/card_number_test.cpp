#include "cards/card_number.hpp"

#include "cards/id_number.hpp"

#include <boost/test/unit_test.hpp>

#include <cctype>
#include <cstdlib>
#include <string>
#include <vector>

using namespace tessera;

namespace {

constexpr std::string_view characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-abc .";

std::string text_of(std::uint64_t member, card_epoch epoch = 1, card_template design = card_template::standard) {
  return to_string(card_number{member_id{member}, epoch, design});
}

bool is_number(std::string_view text) {
  return parse_card_number(text).has_value();
}

std::string detail_of(std::string_view text) {
  auto got = parse_card_number(text);
  return got ? "" : got.error().detail;
}

const std::vector<std::string> samples = {
    text_of(1),
    text_of(123),
    text_of(987'654, 42, card_template::premium),
    text_of(50'505'050, 100),
    text_of(max_card_member, last_card_epoch, card_template::premium),
};

} // namespace

BOOST_AUTO_TEST_SUITE(card_number_test)

BOOST_AUTO_TEST_CASE(the_check_character_is_that_of_iso_7064) {
  // The example of ISO/IEC 7064 for MOD 37,36, which the Global Release Identifier (GRid) takes from there, too.
  BOOST_TEST(check_character("A12425GABC1234002") == 'M');
  BOOST_TEST(check_character("A1-2425G-ABC1234002") == 'M');
  BOOST_TEST(check_character("") == '1');
}

BOOST_AUTO_TEST_CASE(a_number_has_its_members_epoch_and_template_in_it) {
  BOOST_TEST(text_of(123).substr(0, 11) == "000123-01S-");
  BOOST_TEST(text_of(123, 2, card_template::premium).substr(0, 11) == "000123-02P-");
  BOOST_TEST(text_of(1'234'567, 100).substr(0, 13) == "1234567-100S-");
  for (const auto& text : samples)
    BOOST_TEST(is_number(text), text);
  auto read = parse_card_number(text_of(987'654, 42, card_template::premium));
  BOOST_TEST((*read == card_number{member_id{987'654}, 42, card_template::premium}));
  card_claims claims{member_id{123}, 7, card_template::premium, {}, {}};
  BOOST_TEST(card_number_of(claims) == text_of(123, 7, card_template::premium));
}

BOOST_AUTO_TEST_CASE(no_number_can_be_taken_for_an_id_number) {
  for (const auto& text : samples)
    BOOST_TEST(!holds_id_number(text), text);
}

BOOST_AUTO_TEST_CASE(what_has_not_the_form_is_said_to_have_none) {
  auto end = std::string(1, check_character("00012301S"));
  for (const auto& text : {std::string{},
                           std::string{"-"},
                           std::string{"000123"},
                           "000123-01S" + end,
                           "00012301S" + end,
                           "123-01S-" + end,
                           "0000123-01S-" + end,
                           "000123-1S-" + end,
                           "000123-001S-" + end,
                           "000123-01X-" + end,
                           "000123-01s-" + end,
                           "000123--01S-" + end,
                           "+00123-01S-" + end,
                           " 000123-01S-" + end,
                           "000123-01S-" + end + " ",
                           "000123-S-" + end,
                           "-01S-" + end,
                           text_of(0),
                           text_of(1, 0),
                           text_of(max_card_member + 1),
                           std::string{"000001-65536S-A"},
                           std::string{"99999999999999999999999-01S-A"}})
    BOOST_TEST(detail_of(text).find("form 000123-01S-X") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(every_slip_in_one_character_is_found) {
  for (const auto& text : samples)
    for (std::size_t at = 0; at < text.size(); ++at)
      for (auto character : characters)
        if (auto slipped = text; character != text[at]) {
          slipped[at] = character;
          BOOST_TEST(!is_number(slipped), text << " as " << slipped);
        }
}

BOOST_AUTO_TEST_CASE(a_number_that_is_cut_short_is_found) {
  for (const auto& text : samples)
    for (std::size_t at = 0; at < text.size(); ++at) {
      BOOST_TEST(!is_number(text.substr(0, at)));
      BOOST_TEST(!is_number(text.substr(at + 1)));
    }
}

BOOST_AUTO_TEST_CASE(swaps_of_neighbours_are_found_but_for_one_in_36_of_those_that_differ_by_one) {
  std::size_t by_one = 0;
  std::size_t missed = 0;
  for (std::uint64_t member = 1; member <= 20'000; ++member) {
    auto text = text_of(member * 37 + 100'000, static_cast<card_epoch>(member % 90 + 1));
    for (std::size_t at = 0; at + 1 < text.size(); ++at) {
      if (text[at] == text[at + 1])
        continue;
      auto swapped = text;
      std::swap(swapped[at], swapped[at + 1]);
      auto differ_by_one = std::isdigit(static_cast<unsigned char>(text[at])) != 0
                           && std::isdigit(static_cast<unsigned char>(text[at + 1])) != 0
                           && std::abs(text[at] - text[at + 1]) == 1;
      by_one += differ_by_one;
      if (is_number(swapped)) {
        ++missed;
        BOOST_TEST(differ_by_one, text << " as " << swapped);
      }
    }
  }
  BOOST_TEST_MESSAGE(missed << " of " << by_one << " swaps of digits that differ by one are missed");
  BOOST_TEST(missed * 30 < by_one);
}

BOOST_AUTO_TEST_CASE(a_wrong_check_character_is_named) {
  auto text = text_of(123);
  text.back() = text.back() == 'A' ? 'B' : 'A';
  BOOST_TEST(detail_of(text).find("check character") != std::string::npos);
  BOOST_TEST(detail_of(text).find("123-01S-" + std::string(1, text.back())) == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
