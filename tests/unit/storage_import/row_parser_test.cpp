#include "storage/import/row_parser.hpp"
#include "tests/unit/storage_import/csv_rows.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;

namespace {

class parsed_file {
public:
  explicit parsed_file(std::string_view text) {
    auto records = test::csv_rows(text);
    import_limits limits;
    limits.fill(12);
    row_parser parser{import_header::read(records.at(0), {}, false).value(), {.limits = limits}};
    for (std::size_t i = 1; i < records.size(); ++i) {
      auto parsed = parser.parse(records[i]);
      if (auto* row = std::get_if<import_row>(&parsed))
        rows.push_back(std::move(*row));
      else if (auto* reject = std::get_if<rejected_row>(&parsed))
        rejected.push_back(std::move(*reject));
    }
    restored = parser.restored();
    places = parser.take_places();
  }

  std::string reason() const {
    return rejected.at(0).column + " " + rejected.at(0).reason;
  }

  std::vector<import_row> rows;
  std::vector<rejected_row> rejected;
  std::vector<import_place> places;
  std::uint64_t restored = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(row_parser_test)

BOOST_AUTO_TEST_CASE(a_row_is_read_by_the_header) {
  parsed_file file{"Name,ID No,Member ID,Status\n Zoë ,8001015009087,7,ACTIVE\n"};
  BOOST_REQUIRE_EQUAL(file.rows.size(), 1);
  const auto& row = file.rows[0];
  BOOST_TEST(row.line == 2U);
  BOOST_TEST(row.id->value == 7U);
  BOOST_TEST((row.number.str() == "8001015009087"));
  BOOST_TEST(row.values[import_column::firstname].value() == "Zoë");
  BOOST_TEST(row.values[import_column::membership_status].value() == "Active");
  BOOST_TEST(row.source.size() == 0U);
}

BOOST_AUTO_TEST_CASE(rows_of_nothing_are_no_rows) {
  parsed_file file{"name,id number\n,\n  , \n"};
  BOOST_TEST(file.rows.empty());
  BOOST_TEST(file.rejected.empty());
}

BOOST_AUTO_TEST_CASE(a_row_of_another_width_is_rejected_but_for_empty_fields_after_it) {
  BOOST_TEST(parsed_file{"name,id number\nA,8001015009087,,\n"}.rows.size() == 1U);
  BOOST_TEST(parsed_file{"name,id number\nA,8001015009087,x\n"}.reason() == " has more fields than the header");
  BOOST_TEST(parsed_file{"name,id number\nA\n"}.reason() == " has fewer fields than the header");
}

BOOST_AUTO_TEST_CASE(values_that_cannot_be_kept_are_rejected_with_the_files_name_of_the_column) {
  BOOST_TEST(parsed_file{"Name,ID No\n,8001015009087\n"}.reason() == "Name is empty");
  BOOST_TEST(parsed_file{"Name,ID No\nA\x01,8001015009087\n"}.reason() == "Name has a control character");
  BOOST_TEST(parsed_file{"Name,ID No\nABCDEFGHIJKLM,8001015009087\n"}.reason()
             == "Name is longer than the store's column");
  BOOST_TEST(parsed_file{"Name,ID No\nA,8001015009088\n"}.reason()
             == "ID No does not match its last digit, the check digit");
  BOOST_TEST(parsed_file{"Name,ID No,Joined\nA,8001015009087,31/01/2026\n"}.rejected.size() == 1U);
  BOOST_TEST(parsed_file{"Name,ID No,Member id\nA,8001015009087,0\n"}.rejected.size() == 1U);
}

BOOST_AUTO_TEST_CASE(of_rows_with_one_key_the_first_that_is_in_order_counts) {
  parsed_file file{"name,id number,member id\n"
                   ",8001015009087,1\nA,8001015009087,2\nB,8001015009087,3\nC,8512310001082,2\n"};
  BOOST_REQUIRE_EQUAL(file.rows.size(), 1);
  BOOST_TEST(file.rows[0].line == 3U);
  BOOST_REQUIRE_EQUAL(file.rejected.size(), 3);
  BOOST_TEST(file.rejected[1].column == "id number");
  BOOST_TEST(file.rejected[1].reason == "is the same as in an earlier row");
  BOOST_TEST(file.rejected[1].detail == "line 3");
  BOOST_TEST(file.rejected[2].column == "member id");
}

BOOST_AUTO_TEST_CASE(a_number_with_and_without_its_zeros_is_one) {
  parsed_file file{"name,id number\nA,506071234088\nB,0506071234088\n"};
  BOOST_TEST(file.rows.size() == 1U);
  BOOST_TEST(file.restored == 1U);
  BOOST_TEST(file.rejected.at(0).reason == "is the same as in an earlier row");
}

BOOST_AUTO_TEST_CASE(each_place_is_told_once_or_again_when_its_name_is_known) {
  parsed_file file{"name,id number,province code,province name\n"
                   "A,8001015009087,GP,\nB,8512310001082,GP,Gauteng\nC,9006155555087,GP,Gauteng\n"};
  BOOST_REQUIRE_EQUAL(file.places.size(), 2);
  BOOST_TEST(!is_complete(file.places[0]));
  BOOST_CHECK((file.places[1] == import_place{place_kind::province, "GP", "Gauteng", ""}));
}

BOOST_AUTO_TEST_SUITE_END()
