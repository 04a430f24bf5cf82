#include "cards/card_maker.hpp"

#include "cards/card_jwt.hpp"
#include "cards/card_number.hpp"
#include "cards/card_token.hpp"
#include "tests/unit/cards/fixed_keys.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidjson/document.h>
#include <sodium.h>

#include <set>

using namespace tessera;
using namespace std::chrono_literals;
using std::chrono::sys_days;

namespace {

const utc_time now{sys_days{2026y / 3 / 1} + 12h + 34min + 56'789ms};

constexpr std::string_view public_url = "https://cards.example.org";

constexpr card_product products[] = {card_product::bundle, card_product::details, card_product::pdf,
                                     card_product::svg,    card_product::png,     card_product::qr_svg,
                                     card_product::qr_png};

constexpr std::string_view png_magic{"\x89PNG\r\n\x1a\n", 8};

std::string from_base64(std::string_view text) {
  std::string bytes(text.size(), '\0');
  std::size_t size = 0;
  BOOST_REQUIRE(sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                                  text.size(), nullptr, &size, nullptr, sodium_base64_VARIANT_ORIGINAL)
                == 0);
  bytes.resize(size);
  return bytes;
}

std::set<std::string> names_in(const rapidjson::Value& object) {
  std::set<std::string> names;
  for (const auto& each : object.GetObject())
    names.insert(each.name.GetString());
  return names;
}

struct fixture {
  fixture() {
    subject.id = member_id{123};
    subject.number = *id_number::from_packed(8001015009087);
    subject.first_name = "Thandi \"T\" <&>";
    subject.last_name = "Mokoena-Š\\b";
    subject.email = "thandi@example.org";
    subject.province_name = "Gauteng";
    subject.municipality_name = "City of Johannesburg";
    subject.ward_number = "7";
    subject.joined = utc_time{sys_days{2026y / 1 / 31} + 8h + 5min + 9s + 7ms};
    request.issued_by = "portal \"north\"";
  }

  result<body_ptr> try_make(card_product what) const {
    return sut.make(what, {subject, state, request, at});
  }
  std::string make(card_product what) const {
    auto made = try_make(what);
    BOOST_REQUIRE(made.has_value());
    return std::string{(*made)->text()};
  }
  /// Returns what the gateway sends.
  rapidjson::Document finished(card_product what) const {
    auto text = make(what) + (what == card_product::bundle ? "true}" : "");
    rapidjson::Document json;
    json.Parse((text + R"(,"timestamp":"2026-03-01T12:34:56.789Z"})").c_str());
    BOOST_REQUIRE(!json.HasParseError());
    BOOST_TEST(json["success"].GetBool());
    return json;
  }

  member subject;
  card_state state;
  card_request request;
  utc_time at = now;
  std::shared_ptr<const card_keys> keys = std::make_shared<const card_keys>(test::rfc_keys());
  card_maker sut{{"Tessera Sample Party", std::string{public_url}, {1, 2, 3}}, [this] { return keys; }};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(card_maker_test, fixture)

BOOST_AUTO_TEST_CASE(a_bundle_is_the_answer_of_the_predecessor) {
  auto json = finished(card_product::bundle);
  BOOST_TEST(json["message"].GetString() == "Digital membership card generated successfully");
  const auto& data = json["data"];
  BOOST_TEST(
      (names_in(data)
       == std::set<std::string>{"card_data", "qr_code_url", "pdf_base64", "pdf_size", "generated_at", "cache_hit"}));
  BOOST_TEST(data["cache_hit"].GetBool());
  BOOST_TEST(data["generated_at"].GetString() == "2026-03-01T12:34:56.789Z");
  const auto& card = data["card_data"];
  BOOST_TEST((names_in(card)
              == std::set<std::string>{"card_id", "member_id", "card_number", "issue_date", "expiry_date", "status",
                                       "security_hash", "card_design_template", "issued_by", "last_updated"}));
  auto token = sign_card(test::sample_claims(), *keys);
  BOOST_TEST(card["card_id"].GetString() == card_id_of(token));
  BOOST_TEST(card["member_id"].GetUint64() == 123u);
  BOOST_TEST(card["card_number"].GetString() == to_string(card_number{member_id{123}}));
  BOOST_TEST(card["issue_date"].GetString() == "2026-01-31T00:00:00.000Z");
  BOOST_TEST(card["expiry_date"].GetString() == "2027-01-31T00:00:00.000Z");
  BOOST_TEST(card["status"].GetString() == "active");
  BOOST_TEST(card["security_hash"].GetString() == security_hash_of(token));
  BOOST_TEST(card["card_design_template"].GetString() == "standard");
  BOOST_TEST(card["issued_by"].GetString() == "portal \"north\"");
  BOOST_TEST(card["last_updated"].GetString() == "2026-01-31T08:05:09.007Z");
}

BOOST_AUTO_TEST_CASE(a_bundle_holds_the_pdf_and_the_qr_code) {
  auto json = finished(card_product::bundle);
  const auto& data = json["data"];
  auto pdf = from_base64(data["pdf_base64"].GetString());
  BOOST_TEST(pdf.size() == data["pdf_size"].GetUint64());
  BOOST_TEST((pdf == make(card_product::pdf)));
  std::string_view url{data["qr_code_url"].GetString()};
  constexpr std::string_view before = "data:image/png;base64,";
  BOOST_REQUIRE(url.starts_with(before));
  auto picture = from_base64(url.substr(before.size()));
  BOOST_TEST(picture.starts_with(png_magic));
}

BOOST_AUTO_TEST_CASE(details_hold_a_token_and_a_jwt_that_verify) {
  auto json = finished(card_product::details);
  const auto& data = json["data"];
  BOOST_TEST((names_in(data) == std::set<std::string>{"card_data", "token", "jwt", "verify_url"}));
  checked_card expected{card_fault::none, test::sample_claims()};
  BOOST_TEST((sut.check(data["token"].GetString()) == expected));
  BOOST_TEST((sut.check(data["jwt"].GetString()) == expected));
  BOOST_TEST((sut.check(data["verify_url"].GetString()) == expected));
  BOOST_TEST(data["verify_url"].GetString() == "HTTPS://CARDS.EXAMPLE.ORG/V#" + std::string{data["token"].GetString()});
  BOOST_TEST((verify_card_jwt(data["jwt"].GetString(), *keys) == expected));
}

BOOST_AUTO_TEST_CASE(each_product_is_what_its_name_says) {
  BOOST_TEST(make(card_product::pdf).starts_with("%PDF-1.7"));
  BOOST_TEST(make(card_product::pdf).size() <= 20u * 1024);
  BOOST_TEST(make(card_product::png).starts_with(png_magic));
  BOOST_TEST(make(card_product::qr_png).starts_with(png_magic));
  for (auto what : {card_product::svg, card_product::qr_svg}) {
    auto text = make(what);
    BOOST_TEST(text.find("<svg") < 100u);
    BOOST_TEST(text.find("</svg>") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(no_product_holds_the_id_number_or_how_to_reach_the_member) {
  for (auto what : products) {
    auto text = make(what);
    for (auto* secret : {"8001015009087", "8001015", "thandi@example.org"})
      BOOST_TEST(text.find(secret) == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(the_same_order_gives_the_same_bytes) {
  card_maker other{{"Tessera Sample Party", std::string{public_url}, {1, 2, 3}}, [this] { return keys; }};
  for (auto what : products) {
    auto first = try_make(what);
    auto second = other.make(what, {subject, state, request, at});
    BOOST_REQUIRE(first.has_value());
    BOOST_REQUIRE(second.has_value());
    BOOST_TEST((*first == *second)); // number and ETag, too
    BOOST_TEST((*first)->packed() == to_string(card_number{member_id{123}}));
  }
}

BOOST_AUTO_TEST_CASE(what_differs_differs_in_its_etag) {
  std::set<std::uint64_t> etags;
  auto add = [&] { etags.insert((*try_make(card_product::details))->etag()); };
  add();
  request.design = card_template::premium;
  add();
  request.custom_expiry = sys_days{2026y / 12 / 31};
  add();
  state = {2, now, 0};
  add();
  keys = std::make_shared<const card_keys>(test::keys_of({test::seed_of(std::uint8_t{7})}));
  add();
  BOOST_TEST(etags.size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_reissued_card_is_of_the_day_of_its_reissue) {
  state = {7, utc_time{sys_days{2026y / 2 / 27} + 23h}, 0};
  request.design = card_template::premium;
  request.custom_expiry = sys_days{2026y / 12 / 31};
  auto json = finished(card_product::details);
  const auto& card = json["data"]["card_data"];
  BOOST_TEST(std::string{card["card_number"].GetString()}.starts_with("000123-07P-"));
  BOOST_TEST(card["issue_date"].GetString() == "2026-02-27T00:00:00.000Z");
  BOOST_TEST(card["expiry_date"].GetString() == "2026-12-31T00:00:00.000Z");
  BOOST_TEST(card["last_updated"].GetString() == "2026-02-27T23:00:00.000Z");
  BOOST_TEST(card["card_design_template"].GetString() == "premium");
}

BOOST_AUTO_TEST_CASE(a_card_is_expired_when_its_last_day_is_over) {
  auto status = [&](utc_time time) {
    at = time;
    return std::string{finished(card_product::details)["data"]["card_data"]["status"].GetString()};
  };
  BOOST_TEST(status(utc_time{sys_days{2027y / 2 / 1}} - 1ms) == "active");
  BOOST_TEST(status(utc_time{sys_days{2027y / 2 / 1}}) == "expired");
}

BOOST_AUTO_TEST_CASE(the_newest_key_signs_and_those_before_verify) {
  auto old_token = std::string{finished(card_product::details)["data"]["token"].GetString()};
  keys =
      std::make_shared<const card_keys>(test::keys_of({test::seed_of(test::rfc_seed), test::seed_of(std::uint8_t{7})}));
  auto new_token = std::string{finished(card_product::details)["data"]["token"].GetString()};
  BOOST_TEST(new_token != old_token);
  BOOST_TEST((sut.check(old_token).fault == card_fault::none));
  BOOST_TEST((sut.check(new_token).fault == card_fault::none));
  keys = std::make_shared<const card_keys>(test::keys_of({test::seed_of(std::uint8_t{7})}));
  BOOST_TEST((sut.check(old_token).fault == card_fault::unknown_key));
}

BOOST_AUTO_TEST_CASE(what_is_no_card_is_said_to_be_none) {
  BOOST_TEST((sut.check("").fault == card_fault::malformed));
  BOOST_TEST((sut.check("a bus ticket").fault == card_fault::malformed));
  BOOST_TEST((sut.check(R"({"card_number":"X"})").fault == card_fault::unsigned_data));
}

BOOST_AUTO_TEST_CASE(a_member_id_that_is_too_large_for_a_card_is_told) {
  subject.id = member_id{max_card_member};
  for (auto what : products)
    BOOST_TEST(try_make(what).has_value());
  subject.id = member_id{max_card_member + 1};
  for (auto what : products) {
    auto refused = try_make(what);
    BOOST_REQUIRE(!refused.has_value());
    BOOST_TEST((refused.error().code == error_code::validation));
    BOOST_TEST(refused.error().detail == "this member's id is too large for a card: ids go up to 999999999999");
  }
}

BOOST_AUTO_TEST_CASE(a_member_of_whom_little_is_known_has_a_card) {
  member bare;
  bare.id = member_id{1};
  subject = bare;
  for (auto what : products)
    BOOST_TEST(!make(what).empty());
  finished(card_product::bundle);
}

BOOST_AUTO_TEST_SUITE_END()
