#include "cards/verification.hpp"

#include "tests/unit/cards/fixed_keys.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidjson/document.h>

#include <set>

using namespace tessera;
using namespace std::chrono_literals;

namespace {

const utc_time now{std::chrono::sys_days{2026y / 3 / 1} + 12h + 34min + 56'789ms};

member holder() {
  member whom;
  whom.id = member_id{123};
  whom.number = *id_number::from_packed(8001015009087);
  whom.first_name = "Thandi \"T\"";
  whom.last_name = "Mokoena-Š\\b";
  whom.email = "thandi@example.org";
  whom.phone_number = "0820000000";
  whom.province_name = "Gauteng";
  whom.municipality_name = "Johannesburg\n";
  return whom;
}

/// Returns the answer as the gateway finishes it.
rapidjson::Document finished(const std::string& text) {
  rapidjson::Document json;
  json.Parse((text + R"(,"timestamp":"2026-03-01T12:34:56.789Z"})").c_str());
  BOOST_REQUIRE(!json.HasParseError());
  BOOST_TEST(json["success"].GetBool());
  BOOST_TEST(json["message"].GetString() == "Card verification completed");
  return json;
}

std::set<std::string> names_in(const rapidjson::Value& object) {
  std::set<std::string> names;
  for (const auto& each : object.GetObject())
    names.insert(each.name.GetString());
  return names;
}

std::string initials(std::string first, std::string last) {
  member whom;
  whom.first_name = std::move(first);
  whom.last_name = std::move(last);
  return initials_of(whom);
}

} // namespace

BOOST_AUTO_TEST_SUITE(verification_test)

BOOST_AUTO_TEST_CASE(a_valid_card_tells_who_holds_it_and_until_when) {
  auto json = finished(valid_card_answer(test::sample_claims(), holder(), true, now));
  const auto& data = json["data"];
  BOOST_TEST(data["valid"].GetBool());
  const auto& info = data["member_info"];
  BOOST_TEST((names_in(info) == std::set<std::string>{"name", "membership_number", "province", "municipality"}));
  BOOST_TEST(info["name"].GetString() == "Thandi \"T\" Mokoena-Š\\b");
  BOOST_TEST(info["membership_number"].GetString() == "MEM000123");
  BOOST_TEST(info["province"].GetString() == "Gauteng");
  BOOST_TEST(info["municipality"].GetString() == "Johannesburg\n");
  const auto& details = data["verification_details"];
  BOOST_TEST((names_in(details) == std::set<std::string>{"verified_at", "expiry_date", "card_number"}));
  BOOST_TEST(details["verified_at"].GetString() == "2026-03-01T12:34:56.789Z");
  BOOST_TEST(details["expiry_date"].GetString() == "2027-01-31T00:00:00.000Z");
  BOOST_TEST(std::string{details["card_number"].GetString()}.starts_with("000123-01S-"));
}

BOOST_AUTO_TEST_CASE(whoever_may_not_see_the_name_sees_initials) {
  auto text = valid_card_answer(test::sample_claims(), holder(), false, now);
  BOOST_TEST(finished(text)["data"]["member_info"]["name"].GetString() == "T. M.");
  for (auto* secret : {"Thandi", "Mokoena", "8001015009087", "example.org", "0820000000"})
    BOOST_TEST(text.find(secret) == std::string::npos, secret);
}

BOOST_AUTO_TEST_CASE(a_holder_with_one_name_has_no_blank_around_it) {
  auto whom = holder();
  whom.first_name.clear();
  BOOST_TEST(
      finished(valid_card_answer(test::sample_claims(), whom, true, now))["data"]["member_info"]["name"].GetString()
      == "Mokoena-Š\\b");
  whom.last_name.clear();
  BOOST_TEST(finished(valid_card_answer(test::sample_claims(), whom, true, now))["data"]["member_info"]["name"]
                 .GetStringLength()
             == 0u);
}

BOOST_AUTO_TEST_CASE(each_fault_is_told_by_word_and_sentence) {
  for (std::uint8_t i = 1; i < card_fault_count; ++i) {
    auto fault = static_cast<card_fault>(i);
    auto json = finished(invalid_card_answer({fault, {}}, now));
    BOOST_TEST(!json["data"]["valid"].GetBool());
    BOOST_TEST(!json["data"].HasMember("member_info"));
    const auto& details = json["data"]["verification_details"];
    BOOST_TEST(details["reason"].GetString() == to_string(fault));
    BOOST_TEST(details["error"].GetString() == explain(fault));
    BOOST_TEST(details["verified_at"].GetString() == "2026-03-01T12:34:56.789Z");
  }
}

BOOST_AUTO_TEST_CASE(only_what_is_signed_is_told_of_an_invalid_card) {
  auto expired = finished(invalid_card_answer({card_fault::expired, test::sample_claims()}, now));
  const auto& told = expired["data"]["verification_details"];
  BOOST_TEST(told["expiry_date"].GetString() == "2027-01-31T00:00:00.000Z");
  BOOST_TEST(std::string{told["card_number"].GetString()}.starts_with("000123-01S-"));
  auto forged = finished(invalid_card_answer({card_fault::bad_signature, {}}, now));
  BOOST_TEST(
      (names_in(forged["data"]["verification_details"]) == std::set<std::string>{"error", "reason", "verified_at"}));
}

BOOST_AUTO_TEST_CASE(initials_are_the_first_characters_of_the_names) {
  BOOST_TEST(initials("Thandi", "Mokoena") == "T. M.");
  BOOST_TEST(initials("Ḓavhana", "Ṱhovhela") == "Ḓ. Ṱ.");
  BOOST_TEST(initials("Élise", "Ørsted") == "É. Ø.");
  BOOST_TEST(initials("李", "😀") == "李. 😀.");
  BOOST_TEST(initials("Nomvula Grace", "van der Merwe") == "N. v.");
}

BOOST_AUTO_TEST_CASE(a_name_that_is_not_there_has_no_initial) {
  BOOST_TEST(initials("Thandi", "") == "T.");
  BOOST_TEST(initials("", "Mokoena") == "M.");
  BOOST_TEST(initials("", "").empty());
  BOOST_TEST(initials("  ", "Mokoena") == "M.");
  BOOST_TEST(initials(" Thandi", "  Mokoena ") == "T. M.");
}

BOOST_AUTO_TEST_CASE(initials_of_a_name_that_is_no_utf_8_stay_within_it) {
  BOOST_TEST(initials("\x80\x80", "\xe1\xb8") == "\x80\x80. \xe1\xb8.");
  BOOST_TEST(initials("\xff", "M") == "\xff. M.");
}

BOOST_AUTO_TEST_SUITE_END()
