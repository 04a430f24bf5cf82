#include "guard/scopes.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(scopes_test)

BOOST_AUTO_TEST_CASE(every_scope_is_found_by_its_name) {
  for (auto each : all_scopes)
    BOOST_TEST((parse_scope(to_string(each)) == each));
  BOOST_TEST(to_string(scope::operate) == "operate");
  for (auto* none : {"", "Lookup", "look", "lookup ", "admin"})
    BOOST_TEST(!parse_scope(none).has_value());
}

BOOST_AUTO_TEST_CASE(a_set_has_what_it_was_given) {
  for (unsigned bits = 0; bits < 32; ++bits) {
    scope_set sut;
    for (auto each : all_scopes)
      if (bits >> static_cast<unsigned>(each) & 1)
        sut |= {each};
    for (auto each : all_scopes)
      BOOST_TEST(sut.has(each) == ((bits >> static_cast<unsigned>(each) & 1) != 0));
    BOOST_TEST(sut.empty() == (bits == 0));
    BOOST_TEST((sut == scope_set::all()) == (bits == 31));
    BOOST_TEST((*parse_scopes(to_string(sut)) == sut));
    BOOST_TEST((known_scopes(to_string(sut)) == sut));
  }
  BOOST_TEST(((scope_set{scope::lookup} | scope_set{scope::verify}) == scope_set{scope::verify, scope::lookup}));
}

BOOST_AUTO_TEST_CASE(lists_are_read_in_any_order_and_with_blanks) {
  BOOST_TEST(to_string(*parse_scopes("verify , lookup,\tverify")) == "lookup,verify");
  BOOST_TEST(parse_scopes("")->empty());
  BOOST_TEST(parse_scopes("  ")->empty());
  BOOST_TEST(to_string(*parse_scopes(std::vector<std::string>{"batch", "issue"})) == "issue,batch");
  BOOST_TEST(parse_scopes(std::vector<std::string>{})->empty());
}

BOOST_AUTO_TEST_CASE(a_word_that_is_no_scope_is_named) {
  auto refuses = [](const result<scope_set>& got, const std::string& word) {
    BOOST_REQUIRE(!got.has_value());
    BOOST_TEST((got.error().code == error_code::validation));
    BOOST_TEST(got.error().detail == "\"" + word + "\" is no scope; there are lookup,issue,batch,verify,operate");
  };
  refuses(parse_scopes("lookup,lokup,isue"), "lokup");
  refuses(parse_scopes("lookup,,issue"), "");
  refuses(parse_scopes("lookup,"), "");
  refuses(parse_scopes(","), "");
  refuses(parse_scopes("lookup issue"), "lookup issue");
  refuses(parse_scopes(std::vector<std::string>{"lookup", "all"}), "all");
  refuses(parse_scopes(std::vector<std::string>{"lookup,issue"}), "lookup,issue");
}

BOOST_AUTO_TEST_CASE(what_a_later_program_may_have_written_grants_nothing) {
  BOOST_TEST(to_string(known_scopes("audit,lookup,,export, verify")) == "lookup,verify");
  BOOST_TEST(known_scopes("everything").empty());
}

BOOST_AUTO_TEST_SUITE_END()
