#include "cards/card_token.hpp"

#include "cards/base32.hpp"
#include "tests/unit/cards/fixed_keys.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <regex>

using namespace tessera;
using namespace std::chrono_literals;
using std::chrono::sys_days;
using test::keys_of;
using test::rfc_keys;
using test::sample_claims;
using test::seed_of;

namespace {

/// Returns the text of a token with these signed bytes, well signed.
std::string signed_token(std::vector<std::uint8_t> head, const card_keys& keys) {
  auto message = test::bytes_of("tessera card v1");
  message.insert(message.end(), head.begin(), head.end());
  auto signature = keys.sign(message);
  head.insert(head.end(), signature.begin(), signature.end());
  return encode_base32(head);
}

std::vector<std::uint8_t> head_of(const card_token& token) {
  return {token.bytes.begin(), token.bytes.begin() + card_token::signed_size};
}

} // namespace

BOOST_AUTO_TEST_SUITE(card_token_test)

BOOST_AUTO_TEST_CASE(a_token_is_made_as_documented) {
  auto keys = rfc_keys();
  // By Node's crypto and Python's hashlib, from the layout in the header.
  const std::string golden = "AF4ETLBQAAAAAAAAPMAACUAEKFYQAIW56PXHFRNWLYXLHNG77FB6XWA6TZVQVRU2O5WCX2B3JKRKH6CTUAZL6TXCE"
                             "NGY5UPEI7C4BIMPPLUYHZ64UOB3UYXBBY6VLOISIEFA";
  auto token = sign_card(sample_claims(), keys);
  BOOST_TEST(token.text() == golden);
  BOOST_TEST(card_id_of(token) == "a9cd593d-89e7-8a48-a1a3-874e24f0dd24");
  BOOST_TEST(card_id_of(sample_claims(), keys.signing_id()) == card_id_of(token));
  BOOST_TEST(security_hash_of(token) == "decd81b7bb6964e4507c0cbff04d804c43660d26e14a4e1aa83e542298be0518");
  BOOST_TEST((verify_card_token(golden, keys) == checked_card{card_fault::none, sample_claims()}));
}

BOOST_AUTO_TEST_CASE(every_claim_comes_back) {
  auto keys = keys_of({seed_of(1), seed_of(2)});
  std::mt19937_64 random{11};
  for (int round = 0; round < 1'000; ++round) {
    card_claims claims{member_id{1 + random() % max_card_member}, static_cast<card_epoch>(1 + random() % 65'535),
                       random() % 2 == 0 ? card_template::standard : card_template::premium,
                       sys_days{std::chrono::days{random() % 65'536}}, sys_days{std::chrono::days{random() % 65'536}}};
    auto text = sign_card(claims, keys).text();
    BOOST_TEST(text.size() == card_token::text_size);
    BOOST_TEST((verify_card_token(text, keys) == checked_card{card_fault::none, claims}));
  }
}

BOOST_AUTO_TEST_CASE(the_outermost_claims_can_be_signed_and_no_others) {
  auto keys = rfc_keys();
  card_claims least{member_id{1}, 1, card_template::standard, sys_days{}, sys_days{}};
  card_claims most{member_id{max_card_member}, 65'535, card_template::premium, sys_days{2149y / 6 / 6},
                   sys_days{2149y / 6 / 6}};
  for (const auto& claims : {least, most}) {
    BOOST_TEST(can_be_signed(claims));
    BOOST_TEST((verify_card_token(sign_card(claims, keys).text(), keys) == checked_card{card_fault::none, claims}));
  }
  auto changed = [](card_claims claims, auto change) {
    change(claims);
    return claims;
  };
  for (const auto& claims :
       {changed(least, [](auto& c) { c.member.value = 0; }), changed(least, [](auto& c) { c.epoch = 0; }),
        changed(least, [](auto& c) { c.issued -= std::chrono::days{1}; }),
        changed(least, [](auto& c) { c.expires -= std::chrono::days{1}; }),
        changed(least, [](auto& c) { c.design = static_cast<card_template>(2); }),
        changed(most, [](auto& c) { c.member.value += 1; }),
        changed(most, [](auto& c) { c.issued += std::chrono::days{1}; }),
        changed(most, [](auto& c) { c.expires += std::chrono::days{1}; })})
    BOOST_TEST(!can_be_signed(claims));
}

BOOST_AUTO_TEST_CASE(the_same_claims_give_the_same_token_under_a_key_and_another_under_another) {
  auto one = keys_of({seed_of(1)});
  auto again = keys_of({seed_of(2), seed_of(1)});
  auto other = keys_of({seed_of(1), seed_of(2)});
  BOOST_TEST((sign_card(sample_claims(), one) == sign_card(sample_claims(), again)));
  BOOST_TEST((sign_card(sample_claims(), one) != sign_card(sample_claims(), other)));
  BOOST_TEST((verify_card_token(sign_card(sample_claims(), one).text(), other).fault == card_fault::none));
}

BOOST_AUTO_TEST_CASE(a_key_that_was_removed_is_unknown) {
  auto before = keys_of({seed_of(1)});
  auto after = keys_of({seed_of(2)});
  BOOST_TEST(
      (verify_card_token(sign_card(sample_claims(), before).text(), after) == checked_card{card_fault::unknown_key}));
}

BOOST_AUTO_TEST_CASE(a_token_that_only_names_our_key_has_a_bad_signature) {
  auto ours = keys_of({seed_of(1)});
  auto theirs = keys_of({seed_of(2)});
  auto token = sign_card(sample_claims(), theirs);
  std::copy_n(sign_card(sample_claims(), ours).bytes.begin() + 1, 4, token.bytes.begin() + 1);
  BOOST_TEST((verify_card_token(token.text(), ours) == checked_card{card_fault::bad_signature}));
  BOOST_TEST(
      (verify_card_token(signed_token(head_of(token), theirs), ours) == checked_card{card_fault::bad_signature}));
}

BOOST_AUTO_TEST_CASE(a_signature_of_the_bytes_without_their_purpose_does_not_fit) {
  auto keys = rfc_keys();
  auto token = sign_card(sample_claims(), keys);
  auto signature = keys.sign(head_of(token));
  std::ranges::copy(signature, token.bytes.begin() + card_token::signed_size);
  BOOST_TEST((verify_card_token(token.text(), keys).fault == card_fault::bad_signature));
}

BOOST_AUTO_TEST_CASE(what_we_would_not_have_signed_is_malformed_even_if_signed) {
  auto keys = rfc_keys();
  auto head = head_of(sign_card(sample_claims(), keys));
  BOOST_TEST((verify_card_token(signed_token(head, keys), keys).fault == card_fault::none));
  auto with = [&](std::size_t at, std::initializer_list<std::uint8_t> bytes) {
    auto changed = head;
    std::ranges::copy(bytes, changed.begin() + static_cast<std::ptrdiff_t>(at));
    return verify_card_token(signed_token(changed, keys), keys).fault;
  };
  BOOST_TEST((with(0, {0}) == card_fault::malformed)); // version
  BOOST_TEST((with(0, {2}) == card_fault::malformed));
  BOOST_TEST((with(5, {0, 0, 0, 0, 0, 0}) == card_fault::malformed));                // member 0
  BOOST_TEST((with(5, {0, 0xe8, 0xd4, 0xa5, 0x10, 0x00}) == card_fault::malformed)); // 10^12
  BOOST_TEST((with(5, {0, 0xe8, 0xd4, 0xa5, 0x0f, 0xff}) == card_fault::none));
  BOOST_TEST((with(11, {0, 0}) == card_fault::malformed)); // epoch 0
  BOOST_TEST((with(17, {2}) == card_fault::malformed));    // template
  BOOST_TEST((with(17, {255}) == card_fault::malformed));
}

BOOST_AUTO_TEST_CASE(there_is_one_text_for_a_token) {
  auto keys = rfc_keys();
  auto text = sign_card(sample_claims(), keys).text();
  auto lower = text;
  for (auto& c : lower)
    c = c >= 'A' ? static_cast<char>(c - 'A' + 'a') : c;
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::vector<std::string> others{"",
                                  lower,
                                  text + "=",
                                  text + "====",
                                  " " + text,
                                  text + "\n",
                                  text + "AAAAAAAA",
                                  text + text,
                                  text.substr(0, 131)};
  for (auto last : alphabet)
    if (last != text.back())
      others.push_back(text.substr(0, 131) + last);
  for (const auto& other : others)
    BOOST_TEST((verify_card_token(other, keys).fault != card_fault::none), other);
  BOOST_TEST((verify_card_token(std::string(132, 'A'), keys).fault == card_fault::malformed));
  BOOST_TEST((verify_card_token(std::string(1'000'000, 'A'), keys).fault == card_fault::malformed));
}

BOOST_AUTO_TEST_CASE(card_ids_are_uuids_of_version_8) {
  const std::regex form{"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"};
  auto keys = rfc_keys();
  for (std::uint64_t member = 1; member <= 200; ++member) {
    auto claims = sample_claims();
    claims.member.value = member;
    BOOST_TEST(std::regex_match(card_id_of(sign_card(claims, keys)), form));
  }
}

BOOST_AUTO_TEST_SUITE_END()
