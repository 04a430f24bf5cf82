#include "storage/import/import_header.hpp"
#include "tests/unit/storage_import/csv_rows.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;

namespace {

result<import_header> header_of(std::string_view names, std::vector<column_mapping> mappings = {},
                                bool update_only = false) {
  return import_header::read(test::csv_rows(names).at(0), mappings, update_only);
}

} // namespace

BOOST_AUTO_TEST_SUITE(import_header_test)

BOOST_AUTO_TEST_CASE(columns_are_known_by_the_tables_names_in_any_case) {
  auto header = header_of("ID_Number,FIRSTNAME,Ward Code");
  BOOST_REQUIRE(header);
  BOOST_TEST(header->field_of(import_column::id_number).value() == 0U);
  BOOST_TEST(header->field_of(import_column::firstname).value() == 1U);
  BOOST_TEST(header->field_of(import_column::ward_code).value() == 2U);
  BOOST_TEST(!header->field_of(import_column::email));
}

BOOST_AUTO_TEST_CASE(columns_are_known_by_common_names) {
  auto header = header_of("Name,Last name,ID No.,E-mail,Mobile,Date joined");
  BOOST_REQUIRE(header);
  BOOST_TEST(header->field_of(import_column::firstname).value() == 0U);
  BOOST_TEST(header->field_of(import_column::surname).value() == 1U);
  BOOST_TEST(header->field_of(import_column::id_number).value() == 2U);
  BOOST_TEST(header->field_of(import_column::email).value() == 3U);
  BOOST_TEST(header->field_of(import_column::cell_number).value() == 4U);
  BOOST_TEST(header->field_of(import_column::member_created_at).value() == 5U);
}

BOOST_AUTO_TEST_CASE(a_mapping_goes_before_all_names) {
  auto header = header_of("id_number,old id,firstname", {{import_column::id_number, "Old ID"}});
  BOOST_REQUIRE(header);
  BOOST_TEST(header->field_of(import_column::id_number).value() == 1U);
  BOOST_TEST(header->unused().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_missing_column_is_named_with_those_that_are_there) {
  auto header = header_of("Foo,E-mail");
  BOOST_REQUIRE(!header);
  BOOST_TEST(header.error().detail
             == "The file has no column for id_number and firstname; it has \"Foo\", \"E-mail\". Name the right one "
                "with --map COLUMN=NAME.");
  BOOST_TEST(header_of("id_number,email", {}, true).has_value());
}

BOOST_AUTO_TEST_CASE(two_columns_for_one_are_not_chosen_between) {
  BOOST_TEST(!header_of("id_number,firstname,Mobile,Phone"));
  BOOST_TEST(header_of("id_number,firstname,Mobile,Phone", {{import_column::cell_number, "Phone"}}).has_value());
}

BOOST_AUTO_TEST_CASE(a_mapping_of_a_column_that_is_not_there_is_refused) {
  BOOST_TEST(!header_of("id_number,firstname", {{import_column::email, "Mail"}}));
  BOOST_TEST(!parse_column_mapping("email"));
  BOOST_TEST(!parse_column_mapping("mood=Mood"));
  BOOST_TEST(parse_column_mapping("email=E-mail address").value().name == "E-mail address");
}

BOOST_AUTO_TEST_SUITE_END()
