#include "cards/csv_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;

namespace {

std::string field(std::string_view text) {
  std::string out;
  append_csv_field(out, text);
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(csv_text_test)

BOOST_AUTO_TEST_CASE(plain_text_stays_as_it_is) {
  BOOST_TEST(field("") == "");
  BOOST_TEST(field("12 Zoë") == "12 Zoë");
  BOOST_TEST(field("a-b=c") == "a-b=c");
}

BOOST_AUTO_TEST_CASE(what_would_end_a_field_is_quoted) {
  BOOST_TEST(field("a,b") == "\"a,b\"");
  BOOST_TEST(field("say \"no\"") == "\"say \"\"no\"\"\"");
  BOOST_TEST(field("a\r\nb") == "\"a\r\nb\"");
}

BOOST_AUTO_TEST_CASE(what_a_spreadsheet_takes_for_a_formula_is_none) {
  BOOST_TEST(field("=1+1") == "'=1+1");
  BOOST_TEST(field("+27") == "'+27");
  BOOST_TEST(field("-1") == "'-1");
  BOOST_TEST(field("@SUM(A1)") == "'@SUM(A1)");
  BOOST_TEST(field("\t=1") == "'\t=1");
  BOOST_TEST(field("=HYPERLINK(\"x\",\"y\")") == "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"");
}

BOOST_AUTO_TEST_SUITE_END()
