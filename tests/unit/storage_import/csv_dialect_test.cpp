#include "storage/import/csv_dialect.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(csv_dialect_test)

BOOST_AUTO_TEST_CASE(the_most_frequent_delimiter_of_the_header_is_taken) {
  BOOST_CHECK((detect_csv_dialect("a,b;c,d\n1;2;3;4;5").value() == csv_dialect{',', 0}));
  BOOST_CHECK((detect_csv_dialect("a;b;c\n").value() == csv_dialect{';', 0}));
  BOOST_CHECK((detect_csv_dialect("a\tb\n").value() == csv_dialect{'\t', 0}));
  BOOST_CHECK((detect_csv_dialect("a|b\n").value() == csv_dialect{'|', 0}));
  BOOST_CHECK((detect_csv_dialect("\"a,b,c,d\";e\n").value() == csv_dialect{';', 0}));
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_and_excels_first_line_are_skipped_but_for_its_line_end) {
  BOOST_CHECK((detect_csv_dialect("\xEF\xBB\xBF"
                                  "a;b\n")
                   .value()
               == csv_dialect{';', 3}));
  BOOST_CHECK((detect_csv_dialect("sep=;\r\na;b\n").value() == csv_dialect{';', 5}));
}

BOOST_AUTO_TEST_CASE(what_is_no_csv_is_refused) {
  using namespace std::string_view_literals;
  BOOST_TEST(!detect_csv_dialect("\xFF\xFE"
                                 "a\0b\0"sv));
  BOOST_TEST(!detect_csv_dialect("PK\x03\x04rest"sv));
}

BOOST_AUTO_TEST_SUITE_END()
