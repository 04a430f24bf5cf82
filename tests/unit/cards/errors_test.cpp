#include "cards/errors.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <string>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(errors_test)

BOOST_AUTO_TEST_CASE(every_code_has_a_name_of_its_own) {
  std::set<std::string> names;
  for (std::uint8_t code = 0; code < error_code_count; ++code) {
    std::string name{to_string(static_cast<error_code>(code))};
    BOOST_TEST(name != "unknown", "code " << int{code});
    BOOST_TEST(std::ranges::all_of(
        name, [](char character) { return character == '_' || (character >= 'a' && character <= 'z'); }));
    names.insert(name);
  }
  BOOST_TEST(names.size() == error_code_count);
}

BOOST_AUTO_TEST_CASE(the_count_is_that_of_the_enum_and_codes_of_newer_nodes_have_a_name_too) {
  BOOST_TEST(to_string(static_cast<error_code>(error_code_count)) == "unknown");
  BOOST_TEST(to_string(static_cast<error_code>(255)) == "unknown");
}

BOOST_AUTO_TEST_CASE(numbers_are_wire_format) {
  BOOST_TEST(to_string(static_cast<error_code>(1)) == "validation");
  BOOST_TEST(to_string(static_cast<error_code>(4)) == "not_found");
  BOOST_TEST(to_string(static_cast<error_code>(14)) == "queue_full");
  BOOST_TEST(to_string(static_cast<error_code>(15)) == "database_unavailable");
  BOOST_TEST(to_string(static_cast<error_code>(17)) == "cache_unavailable");
}

BOOST_AUTO_TEST_SUITE_END()
