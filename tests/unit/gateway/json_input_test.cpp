#include "gateway/http/json_input.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;

namespace {

template <class T>
std::string pointer_of(const input<T>& parsed) {
  const auto* what = std::get_if<problem>(&parsed);
  BOOST_REQUIRE(what);
  BOOST_REQUIRE_EQUAL(what->errors.size(), 1u);
  BOOST_TEST(!what->message.empty());
  BOOST_TEST((what->code == error_code::validation));
  return what->errors.front().pointer;
}

} // namespace

BOOST_AUTO_TEST_SUITE(json_input_test)

BOOST_AUTO_TEST_CASE(a_lookup_takes_a_number_as_people_type_it) {
  for (auto body : {R"({"id_number":"8001015009087"})", R"({"id_number":"800101 5009 087","more":[1,{}]})"}) {
    auto parsed = parse_lookup_body(body);
    BOOST_REQUIRE(std::get_if<id_number>(&parsed));
    BOOST_TEST(std::get<id_number>(parsed).str() == "8001015009087");
  }
}

BOOST_AUTO_TEST_CASE(a_lookup_names_what_is_wrong) {
  for (auto body : {R"({})", R"({"id_number":8001015009087})", R"({"id_number":null})", R"({"id_number":""})",
                    R"({"id_number":"8001015009088"})", R"({"id_number":"8013015009087"})"})
    BOOST_TEST(pointer_of(parse_lookup_body(body)) == "/id_number", body);
  for (auto body : {"", "[]", "null", "{", "{\"id_number\":\"\xff\"}", "{} x"})
    BOOST_TEST(pointer_of(parse_lookup_body(body)).empty(), body);
}

BOOST_AUTO_TEST_CASE(errors_do_not_repeat_the_number) {
  auto parsed = parse_lookup_body(R"({"id_number":"8001015009088"})");
  const auto& what = std::get<problem>(parsed);
  BOOST_TEST(what.message.find("800101") == std::string::npos);
  BOOST_TEST(what.errors.front().detail.find("800101") == std::string::npos);
  BOOST_TEST(what.errors.front().detail.find("BAD_CHECK_DIGIT") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(deep_nesting_does_not_exhaust_the_stack) {
  std::string body(60'000, '[');
  BOOST_TEST(pointer_of(parse_lookup_body(body)).empty());
}

BOOST_AUTO_TEST_CASE(warming_has_a_default_and_a_range) {
  BOOST_TEST(std::get<std::uint32_t>(parse_warm_body("")) == 1'000u);
  BOOST_TEST(std::get<std::uint32_t>(parse_warm_body("{}")) == 1'000u);
  BOOST_TEST(std::get<std::uint32_t>(parse_warm_body(R"({"member_limit":100})")) == 100u);
  BOOST_TEST(std::get<std::uint32_t>(parse_warm_body(R"({"member_limit":10000})")) == 10'000u);
  for (auto body : {R"({"member_limit":99})", R"({"member_limit":10001})", R"({"member_limit":-1})",
                    R"({"member_limit":"1000"})", R"({"member_limit":1000.5})"})
    BOOST_TEST(pointer_of(parse_warm_body(body)) == "/member_limit", body);
}

BOOST_AUTO_TEST_CASE(clearing_may_name_the_number) {
  BOOST_TEST(!std::get<std::optional<id_number>>(parse_clear_body("")).has_value());
  BOOST_TEST(!std::get<std::optional<id_number>>(parse_clear_body("{}")).has_value());
  // Old registers hold numbers that fail the full check: those can be cleared, too.
  BOOST_TEST(std::get<std::optional<id_number>>(parse_clear_body(R"({"id_number":"1234567890123"})")).has_value());
  BOOST_TEST(pointer_of(parse_clear_body(R"({"id_number":"123"})")) == "/id_number");
}

BOOST_AUTO_TEST_CASE(only_json_is_read) {
  for (auto type : {"", "application/json", "Application/JSON; charset=utf-8", "application/json ;x=y"})
    BOOST_TEST(!check_content_type(type).has_value(), type);
  for (auto type : {"text/plain", "application/x-www-form-urlencoded", "application/jsonx", "json"})
    BOOST_TEST(check_content_type(type).has_value(), type);
}

BOOST_AUTO_TEST_SUITE_END()
