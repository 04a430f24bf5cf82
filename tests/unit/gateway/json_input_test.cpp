#include "gateway/http/json_input.hpp"

#include "cards/presented_card.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;
using namespace std::chrono_literals;
using std::chrono::sys_days;

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

const sys_days today{2026y / 3 / 1};

card_request card_of(std::string_view body) {
  auto parsed = parse_card_body(body, today);
  const auto* request = std::get_if<card_request>(&parsed);
  BOOST_REQUIRE(request);
  return *request;
}

/// Returns `{"name":"xxx…"}` with so many letters.
std::string body_with(const std::string& name, std::size_t size) {
  return "{\"" + name + "\":\"" + std::string(size, 'x') + "\"}";
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

BOOST_AUTO_TEST_CASE(a_card_needs_no_more_than_who_issues_it) {
  BOOST_TEST((card_of(R"({"issued_by":"portal"})") == card_request{card_template::standard, "portal", {}}));
  BOOST_TEST((card_of(R"({"issued_by":"portal","custom_expiry":null,"more":[{}]})")
              == card_request{card_template::standard, "portal", {}}));
}

BOOST_AUTO_TEST_CASE(a_card_is_as_it_is_asked_for) {
  card_request expected{card_template::premium, "Zoë \"Z\"", sys_days{2027y / 1 / 31}};
  BOOST_TEST((card_of(R"({"template":"premium","issued_by":"Zoë \"Z\"","custom_expiry":"2027-01-31"})") == expected));
  BOOST_TEST((card_of(R"({"issued_by":"p","template":"standard","custom_expiry":"2027-01-31T23:30:00Z"})").custom_expiry
              == sys_days{2027y / 1 / 31}));
  BOOST_TEST(card_of(body_with("issued_by", 255)).issued_by.size() == 255u);
}

BOOST_AUTO_TEST_CASE(a_card_names_what_is_wrong) {
  auto pointer = [](std::string_view body) { return pointer_of(parse_card_body(body, today)); };
  for (auto body : {R"({})", R"({"issued_by":""})", R"({"issued_by":null})", R"({"issued_by":7})",
                    R"({"template":"premium"})", R"({"Issued_by":"portal"})"})
    BOOST_TEST(pointer(body) == "/issued_by", body);
  BOOST_TEST(pointer(body_with("issued_by", 256)) == "/issued_by");
  for (auto body : {R"({"issued_by":"p","template":"gold"})", R"({"issued_by":"p","template":""})",
                    R"({"issued_by":"p","template":"Premium"})", R"({"issued_by":"p","template":1})",
                    R"({"issued_by":"p","template":["premium"]})"})
    BOOST_TEST(pointer(body) == "/template", body);
  for (auto body :
       {R"({"issued_by":"p","custom_expiry":""})", R"({"issued_by":"p","custom_expiry":"soon"})",
        R"({"issued_by":"p","custom_expiry":"2027-02-30"})", R"({"issued_by":"p","custom_expiry":20270131})",
        R"({"issued_by":"p","custom_expiry":"2026-02-28"})", R"({"issued_by":"p","custom_expiry":"2031-03-02"})"})
    BOOST_TEST(pointer(body) == "/custom_expiry", body);
  for (auto body : {"", "[]", "\"portal\"", "{\"issued_by\":\"\xff\"}", "{\"issued_by\":\"p\""})
    BOOST_TEST(pointer(body).empty(), body);
}

BOOST_AUTO_TEST_CASE(a_verification_takes_what_is_presented_as_it_is) {
  auto text = [](std::string_view body) { return std::get<std::string>(parse_verify_body(body)); };
  BOOST_TEST(text(R"({"card_data":"HTTPS://X/V#ABC"})") == "HTTPS://X/V#ABC");
  BOOST_TEST(text(R"({"card_data":"{\"card_number\":\"X\"}"})") == R"({"card_number":"X"})");
  BOOST_TEST(text(body_with("card_data", longest_presented_card)).size() == longest_presented_card);
}

BOOST_AUTO_TEST_CASE(a_verification_names_what_is_wrong) {
  for (auto body : {R"({})", R"({"card_data":""})", R"({"card_data":null})", R"({"card_data":{"card_number":"X"}})"})
    BOOST_TEST(pointer_of(parse_verify_body(body)) == "/card_data", body);
  BOOST_TEST(pointer_of(parse_verify_body(body_with("card_data", longest_presented_card + 1))) == "/card_data");
  BOOST_TEST(pointer_of(parse_verify_body("ABC")).empty());
}

BOOST_AUTO_TEST_CASE(a_revocation_has_a_reason) {
  BOOST_TEST(std::get<std::string>(parse_revoke_body(R"({"reason":"lost, \"again\""})")) == "lost, \"again\"");
  BOOST_TEST(std::get<std::string>(parse_revoke_body(body_with("reason", 255))).size() == 255u);
  for (auto body : {R"({})", R"({"reason":""})", R"({"reason":1})", R"({"reason":null})"})
    BOOST_TEST(pointer_of(parse_revoke_body(body)) == "/reason", body);
  BOOST_TEST(pointer_of(parse_revoke_body(body_with("reason", 256))) == "/reason");
  BOOST_TEST(pointer_of(parse_revoke_body("")).empty());
}

BOOST_AUTO_TEST_CASE(no_error_of_a_card_repeats_what_was_sent) {
  constexpr std::string_view number = "8001015009087";
  auto check = [&](const problem& what) {
    BOOST_TEST(what.message.find(number) == std::string::npos);
    BOOST_TEST(what.errors.front().detail.find(number) == std::string::npos);
  };
  for (auto body : {R"({"issued_by":"p","template":"8001015009087"})",
                    R"({"issued_by":"p","custom_expiry":"8001015009087"})", R"({"issued_by":8001015009087})"})
    check(std::get<problem>(parse_card_body(body, today)));
  check(std::get<problem>(parse_verify_body(R"({"card_data":8001015009087})")));
  check(std::get<problem>(parse_revoke_body(R"({"reason":8001015009087})")));
}

BOOST_AUTO_TEST_CASE(only_json_is_read) {
  for (auto type : {"", "application/json", "Application/JSON; charset=utf-8", "application/json ;x=y"})
    BOOST_TEST(!check_content_type(type).has_value(), type);
  for (auto type : {"text/plain", "application/x-www-form-urlencoded", "application/jsonx", "json"})
    BOOST_TEST(check_content_type(type).has_value(), type);
}

BOOST_AUTO_TEST_SUITE_END()
