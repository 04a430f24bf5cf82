#include "cards/iso_time.hpp"
#include "storage/import/cell_id_number.hpp"
#include "storage/import/cell_text.hpp"
#include "storage/import/cell_time.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace tessera;

namespace {

std::string number_in(std::string_view text) {
  auto cell = read_id_number(text);
  return cell.number ? cell.number->str() : "";
}

} // namespace

BOOST_AUTO_TEST_SUITE(cell_test)

BOOST_AUTO_TEST_CASE(an_id_number_is_read_with_and_without_separators) {
  BOOST_TEST(number_in("8001015009087") == "8001015009087");
  BOOST_TEST(number_in("800101 5009 087") == "8001015009087");
  BOOST_TEST(number_in("800101-5009-087") == "8001015009087");
  BOOST_TEST(!read_id_number("8001015009087").restored);
}

BOOST_AUTO_TEST_CASE(zeros_that_a_spreadsheet_dropped_are_put_back_if_the_number_is_then_right) {
  BOOST_TEST(number_in("506071234088") == "0506071234088");
  BOOST_TEST(number_in("2295000083") == "0002295000083");
  BOOST_TEST(read_id_number("506071234088").restored);
  BOOST_TEST(read_id_number("2295000083").restored);
}

BOOST_AUTO_TEST_CASE(zeros_are_not_put_back_if_the_number_is_then_wrong) {
  BOOST_TEST(number_in("506071234087") == "");
  BOOST_TEST(read_id_number("506071234087").reason
             == "has 12 digits instead of 13, and with zeros in front it is no ID number either");
  BOOST_TEST(read_id_number("295000083").reason == "has 9 digits instead of 13");
}

BOOST_AUTO_TEST_CASE(what_a_spreadsheet_made_of_a_number_is_no_id_number) {
  for (const auto* text : {"8.00102E+12", "8,00102E+12", "8001015009087.0", "8001015009087,0"}) {
    BOOST_TEST_CONTEXT(text) {
      BOOST_TEST(number_in(text) == "");
      BOOST_TEST(read_id_number(text).reason.ends_with("format the column as text and export it again"));
    }
  }
}

BOOST_AUTO_TEST_CASE(each_fault_of_an_id_number_has_its_reason_and_no_reason_has_a_digit_of_it) {
  BOOST_TEST(read_id_number("").reason == "is empty");
  BOOST_TEST(read_id_number("80010A5009087").reason == "has other characters than digits");
  BOOST_TEST(read_id_number("8013015009087").reason == "does not begin with a date of birth");
  BOOST_TEST(read_id_number("8001015009987").reason == "does not have 0, 1 or 2 as its 11th digit");
  BOOST_TEST(read_id_number("8001015009088").reason == "does not match its last digit, the check digit");
  BOOST_TEST(read_id_number("80010150090870").reason == "has 14 digits instead of 13");
}

BOOST_AUTO_TEST_CASE(a_cell_is_cleaned_of_white_space_and_of_the_apostrophe_of_text) {
  BOOST_TEST(clean_cell("  Zoë \t van\r\n Wyk\xC2\xA0") == "Zoë van Wyk");
  BOOST_TEST(clean_cell("'0821234567") == "0821234567");
  BOOST_TEST(clean_cell(" \r\n ") == "");
}

BOOST_AUTO_TEST_CASE(utf8_is_told_from_what_is_none) {
  for (const auto* good : {"", "plain", "Zoë", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"})
    BOOST_TEST(is_utf8(good), good);
  for (const auto* bad : {"Zo\xEB", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82"})
    BOOST_TEST(!is_utf8(bad));
  BOOST_TEST(count_characters("Zoë €") == 5U);
}

BOOST_AUTO_TEST_CASE(windows_1252_becomes_utf8) {
  BOOST_TEST(utf8_of_windows_1252("Zo\xEB \x80") == "Zoë €");
}

BOOST_AUTO_TEST_CASE(times_are_read_where_their_order_is_clear) {
  auto iso = [](std::string_view text) {
    auto cell = read_time(text);
    return cell.time ? iso8601(*cell.time) : cell.reason;
  };
  BOOST_TEST(iso("2026-01-31") == iso("2026/01/31"));
  BOOST_TEST(iso("2026-01-31").starts_with("2026-01-31T00:00:00"));
  BOOST_TEST(iso("2026-01-31 18:30").starts_with("2026-01-31T18:30:00"));
  for (const auto* bad : {"31/01/2026", "2026-02-30", "yesterday", "46053"})
    BOOST_TEST(!read_time(bad).time, bad);
}

BOOST_AUTO_TEST_SUITE_END()
