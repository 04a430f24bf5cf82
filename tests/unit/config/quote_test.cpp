#include "config/quote.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(quote_test)

BOOST_AUTO_TEST_CASE(what_needs_escaping_is_escaped) {
  BOOST_TEST(quote("") == R"("")");
  BOOST_TEST(quote("a\"b\\c") == R"("a\"b\\c")");
  BOOST_TEST(quote("a\nb\tc\rd") == R"("a\nb\tc\rd")");
  BOOST_TEST(quote("\x01\x1f\x7f\0"s) == R"("\u0001\u001f\u007f\u0000")");
  BOOST_TEST(quote("Nkosinathi Dlamini-Müller €𝄞") == "\"Nkosinathi Dlamini-Müller €𝄞\"");
}

BOOST_AUTO_TEST_CASE(what_is_no_utf_8_is_replaced) {
  const auto r = "\xef\xbf\xbd"s;
  BOOST_TEST(quote("a\xff"
                   "b")
             == "\"a" + r + "b\"");
  BOOST_TEST(quote("\xc3") == "\"" + r + "\"");
  BOOST_TEST(quote("\xc0\x80") == "\"" + r + r + "\"");                 // overlong
  BOOST_TEST(quote("\xed\xa0\x80") == "\"" + r + r + r + "\"");         // a surrogate
  BOOST_TEST(quote("\xf4\x90\x80\x80") == "\"" + r + r + r + r + "\""); // beyond U+10FFFF
  BOOST_TEST(quote("\xe2\x82\"") == "\"" + r + r + "\\\"\"");           // cut short before a quote
}

BOOST_AUTO_TEST_CASE(without_quotes_only_what_breaks_a_line_is_escaped) {
  std::string out;
  append_printable(out, "a\"b\\c\nd");
  BOOST_TEST(out == "a\"b\\c\\nd");
}

BOOST_AUTO_TEST_SUITE_END()
