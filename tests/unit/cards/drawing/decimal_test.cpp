#include "cards/drawing/decimal.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(decimal_test)

BOOST_AUTO_TEST_CASE(decimals_are_as_short_as_they_can_be) {
  struct row {
    double value;
    int decimals;
    const char* text;
  };
  const row rows[] = {{0, 3, "0"},         {1, 3, "1"},          {-1.5, 3, "-1.5"},     {0.0004, 3, "0"},
                      {-0.0004, 3, "0"},   {0.0005, 3, "0.001"}, {12.3456, 2, "12.35"}, {12.3, 0, "12"},
                      {1e6, 3, "1000000"}, {0.05, 3, "0.05"},    {-0.125, 3, "-0.125"}, {2.834646, 6, "2.834646"}};
  for (const auto& [value, decimals, text] : rows) {
    std::string out;
    append_decimal(out, value, decimals);
    BOOST_TEST(out == text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
