#include "cards/revocation_list.hpp"

#include "cards/base64url.hpp"
#include "cards/card_claims.hpp"
#include "tests/unit/cards/fixed_keys.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace tessera;
using test::bytes_of;
using test::rfc_keys;

namespace {

const std::chrono::sys_seconds noon{std::chrono::seconds{1'795'521'600}}; // 2026-11-24T12:00:00Z

/// Returns a list that holds these bytes, well signed.
std::string signed_list(const std::vector<std::uint8_t>& list, std::size_t count,
                        const std::string& issued_at = "1795521600") {
  auto message = bytes_of("tessera revocations v1");
  for (int shift = 56; shift >= 0; shift -= 8)
    message.push_back(static_cast<std::uint8_t>(std::stoull(issued_at) >> shift));
  message.insert(message.end(), list.begin(), list.end());
  return R"({"version":1,"issued_at":)" + issued_at + R"(,"count":)" + std::to_string(count) + R"(,"list":")"
         + encode_base64url(list) + R"(","kid":"7849ac30","signature":")" + encode_base64url(rfc_keys().sign(message))
         + R"("})";
}

void refuses(const std::string& json, const std::string& because, const card_keys& keys = rfc_keys()) {
  auto got = decode_revocations(json, keys);
  BOOST_REQUIRE_MESSAGE(!got.has_value(), json);
  BOOST_TEST(got.error().detail.find(because) != std::string::npos, json << ": " << got.error().detail);
}

std::string with(std::string text, const std::string& from, const std::string& to) {
  auto at = text.find(from);
  BOOST_REQUIRE_MESSAGE(at != text.npos, from);
  return text.replace(at, from.size(), to);
}

} // namespace

BOOST_AUTO_TEST_SUITE(revocation_list_test)

BOOST_AUTO_TEST_CASE(a_list_is_made_as_documented) {
  const std::vector all{revocation{member_id{5}, 0, 2}, revocation{member_id{300}, 1, 1},
                        revocation{member_id{301}, 199, 200}};
  auto json = encode_revocations(all, noon, rfc_keys());
  BOOST_TEST(json == signed_list({5, 0, 2, 0xa7, 0x02, 1, 1, 1, 0xc7, 0x01, 0xc8, 0x01}, 3));
  auto read = decode_revocations(json, rfc_keys());
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST((read->issued_at == noon));
  BOOST_TEST((read->entries == all));
}

BOOST_AUTO_TEST_CASE(an_empty_list_is_signed_too) {
  auto json = encode_revocations({}, noon, rfc_keys());
  BOOST_TEST(json == signed_list({}, 0));
  auto read = decode_revocations(json, rfc_keys());
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->entries.empty());
}

BOOST_AUTO_TEST_CASE(what_is_written_can_be_read) {
  std::mt19937_64 random{3};
  std::vector<revocation> all;
  for (std::uint64_t id = 1; all.size() < 5'000; id += 1 + random() % 1'000)
    all.push_back(
        {member_id{id}, static_cast<card_epoch>(random() % 65'536), static_cast<card_epoch>(1 + random() % 65'535)});
  all.push_back({member_id{max_card_member}, last_card_epoch, last_card_epoch});
  auto read = decode_revocations(encode_revocations(all, noon, rfc_keys()), rfc_keys());
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST((read->entries == all));
}

BOOST_AUTO_TEST_CASE(a_list_that_was_changed_has_no_fitting_signature) {
  auto json = encode_revocations(std::vector{revocation{member_id{5}, 0, 2}, revocation{member_id{300}, 1, 1}}, noon,
                                 rfc_keys());
  refuses(with(json, "1795521600", "1795521601"), "signature does not fit");
  refuses(with(json, "\"list\":\"BQ", "\"list\":\"BA"), "signature does not fit");
  refuses(with(json, "\"list\":\"", "\"list\":\"AAAA"), "signature does not fit");
  refuses(json, "unknown key", test::keys_of({test::seed_of(1)}));
  refuses(with(json, "7849ac30", "00000000"), "unknown key");
}

BOOST_AUTO_TEST_CASE(a_list_of_another_form_is_refused_even_if_signed) {
  for (const auto& list :
       std::vector<std::vector<std::uint8_t>>{{0, 0, 1},                // member 0
                                              {5, 0, 1, 0, 0, 1},       // the same member twice
                                              {5, 0, 0},                // epoch 0
                                              {5, 0},                   // no epoch
                                              {5, 0, 0x80},             // half a number
                                              {0x85, 0, 0, 1},          // a number with a byte too many
                                              {5, 0, 0x80, 0x80, 0x04}, // epoch 65,536
                                              {5, 0x80, 0x80, 0x04, 1}, // revoked up to 65,536
                                              {0x80, 0xa0, 0x94, 0xa5, 0x8d, 0x1d, 0, 1}, // member 10^12
                                              {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0, 1}}) {
    refuses(signed_list(list, 1), "no list");
    refuses(signed_list(list, 2), "no list");
  }
  BOOST_TEST(decode_revocations(signed_list({0xff, 0x9f, 0x94, 0xa5, 0x8d, 0x1d, 0, 1}, 1), rfc_keys()).has_value());
  refuses(signed_list({5, 0, 1}, 0), "no list");
  refuses(signed_list({5, 0, 1}, 2), "no list");
  refuses(signed_list({5, 0, 1}, 1, "18446744073709551615"), "no list");
}

BOOST_AUTO_TEST_CASE(what_is_no_such_object_is_refused) {
  auto json = signed_list({5, 0, 1}, 1);
  BOOST_REQUIRE(decode_revocations(json, rfc_keys()).has_value());
  for (const auto& other :
       {std::string{}, std::string{"[]"}, json + json, with(json, "\"version\":1", "\"version\":2"),
        with(json, "\"version\":1", "\"version\":\"1\""), with(json, "{", "{\"count\":1,"),
        with(json, "\"list\":\"", "\"list\":\"="), with(json, "\"signature\":\"", "\"signature\":\"A"),
        with(json, "\"signature\"", "\"sign\""), with(json, "\"kid\"", "\"key\""),
        with(json, ":1795521600", ":\"1795521600\""), with(json, ":1795521600", ":-1")})
    refuses(other, "no list");
}

BOOST_AUTO_TEST_SUITE_END()
