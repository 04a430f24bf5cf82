#include "cards/card_jwt.hpp"

#include "cards/base64url.hpp"
#include "tests/unit/cards/fixed_keys.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;
using namespace std::chrono_literals;
using std::chrono::sys_days;
using test::bytes_of;
using test::keys_of;
using test::rfc_keys;
using test::sample_claims;
using test::seed_of;

namespace {

constexpr std::string_view issuer = "https://cards.example.org";
constexpr std::string_view header = R"({"alg":"EdDSA","typ":"JWT","kid":"7849ac30"})";

constexpr std::string_view payload =
    R"({"iss":"https://cards.example.org","sub":"MEM000123","jti":"a9cd593d-89e7-8a48-a1a3-874e24f0dd24","iat":1769817600,)"
    R"("exp":1801440000,"card_number":"000123-01S-F","epoch":1,"template":"standard"})";

/// Returns a JWT of these parts, well signed.
std::string signed_jwt(std::string_view head, std::string_view claims) {
  auto text = encode_base64url(bytes_of(head)) + "." + encode_base64url(bytes_of(claims));
  return text + "." + encode_base64url(rfc_keys().sign(bytes_of(text)));
}

card_fault fault_of(std::string_view text) {
  return verify_card_jwt(text, rfc_keys()).fault;
}

/// Returns `text` with `from`, which must be in it, replaced.
std::string with(std::string_view text, std::string_view from, std::string_view to) {
  std::string changed{text};
  auto at = changed.find(from);
  BOOST_REQUIRE_MESSAGE(at != changed.npos, from);
  return changed.replace(at, from.size(), to);
}

} // namespace

BOOST_AUTO_TEST_SUITE(card_jwt_test)

BOOST_AUTO_TEST_CASE(a_jwt_is_made_as_documented) {
  auto text = make_card_jwt(sample_claims(), issuer, rfc_keys());
  BOOST_TEST(text == signed_jwt(header, payload));
  BOOST_TEST((verify_card_jwt(text, rfc_keys()) == checked_card{card_fault::none, sample_claims()}));
}

BOOST_AUTO_TEST_CASE(every_claim_comes_back) {
  auto keys = keys_of({seed_of(1), seed_of(2)});
  for (const auto& claims :
       {card_claims{member_id{1}, 1, card_template::standard, sys_days{}, sys_days{}},
        card_claims{member_id{max_card_member}, 65'535, card_template::premium, last_card_day, last_card_day},
        card_claims{member_id{4'711}, 12, card_template::premium, sys_days{2026y / 2 / 28}, sys_days{2031y / 2 / 28}}})
    BOOST_TEST((verify_card_jwt(make_card_jwt(claims, issuer, keys), keys) == checked_card{card_fault::none, claims}));
}

BOOST_AUTO_TEST_CASE(an_issuer_is_escaped_and_one_that_is_too_long_does_not_fit) {
  auto keys = rfc_keys();
  auto fault_with = [&](const std::string& url) {
    return verify_card_jwt(make_card_jwt(sample_claims(), url, keys), keys).fault;
  };
  BOOST_TEST((fault_with("https://a/\"\\\n") == card_fault::none));
  BOOST_TEST((fault_with("https://" + std::string(1'000, 'a')) == card_fault::none));
  BOOST_TEST((fault_with("https://" + std::string(2'000, 'a')) == card_fault::malformed));
}

BOOST_AUTO_TEST_CASE(another_algorithm_or_type_or_a_critical_header_is_malformed) {
  for (const auto& changed :
       {with(header, "EdDSA", "none"), with(header, "EdDSA", "HS256"), with(header, "EdDSA", "Ed25519"),
        with(header, "EdDSA", "eddsa"), with(header, R"("EdDSA")", "null"), with(header, R"("alg":"EdDSA",)", ""),
        with(header, "JWT", "jwt"), with(header, "JWT", "at+jwt"), with(header, R"("typ":"JWT",)", ""),
        with(header, "{", R"({"crit":[],)"), with(header, "{", R"({"crit":["exp"],)"),
        with(header, "{", R"({"alg":"EdDSA",)"), with(header, "{", R"({"alg":"none",)"),
        with(header, R"("7849ac30")", "1"), with(header, R"(,"kid":"7849ac30")", ""), std::string{"[]"},
        std::string{"\"EdDSA\""}, std::string{}, std::string{"{"}})
    BOOST_TEST((fault_of(signed_jwt(changed, payload)) == card_fault::malformed), changed);
}

BOOST_AUTO_TEST_CASE(another_key_id_is_unknown) {
  for (auto id : {"00000000", "", "7849ac300", "test"})
    BOOST_TEST((fault_of(signed_jwt(with(header, "7849ac30", id), payload)) == card_fault::unknown_key), id);
  BOOST_TEST((fault_of(make_card_jwt(sample_claims(), issuer, keys_of({seed_of(1)}))) == card_fault::unknown_key));
}

BOOST_AUTO_TEST_CASE(another_signature_is_bad) {
  auto good = signed_jwt(header, payload);
  auto signature = good.substr(good.rfind('.') + 1);
  auto claims = with(payload, "MEM000123", "MEM000124");
  auto head = encode_base64url(bytes_of(header));
  BOOST_TEST(
      (fault_of(head + "." + encode_base64url(bytes_of(claims)) + "." + signature) == card_fault::bad_signature));
  auto text = head + "." + encode_base64url(bytes_of(payload));
  auto foreign = keys_of({seed_of(1)}).sign(bytes_of(text));
  BOOST_TEST((fault_of(text + "." + encode_base64url(foreign)) == card_fault::bad_signature));
  BOOST_TEST((fault_of(text + ".") == card_fault::malformed));
  BOOST_TEST((fault_of(text + "." + signature.substr(4)) == card_fault::malformed));
}

BOOST_AUTO_TEST_CASE(claims_of_another_type_or_that_contradict_each_other_are_malformed_even_if_signed) {
  for (const auto& changed :
       {with(payload, R"("https://cards.example.org")", "7"),
        with(payload, "\"iss\"", "\"ist\""),
        with(payload, "MEM000123", "MEM000124"),
        with(payload, "MEM000123", "MEM123"),
        with(payload, "\"sub\"", "\"sup\""),
        with(payload, "a9cd593d-89e7-8a48-a1a3-874e24f0dd24", "00000000-0000-8000-8000-000000000000"),
        with(payload, "\"jti\"", "\"jtx\""),
        with(payload, "1769817600", "1769817601"),
        with(payload, "1769817600", "\"1769817600\""),
        with(payload, "1769817600", "1769817600.0"),
        with(payload, "1769817600", "-86400"),
        with(payload, "1769817600", "1769904000"),
        with(payload, "1769817600", "18446744073709551616"),
        with(payload, "1801440000", "1801440001"),
        with(payload, "1801440000", "0"),
        with(payload, "1801440000", "9007199254740991"),
        with(payload, "000123-01S-F", "000123-01S-?"),
        with(payload, "000123-01S-F", "MEM000123"),
        with(payload, "\"epoch\":1", "\"epoch\":2"),
        with(payload, "\"epoch\":1", "\"epoch\":\"1\""),
        with(payload, "\"epoch\":1", "\"epoch\":true"),
        with(payload, "standard", "premium"),
        with(payload, "\"standard\"", "0"),
        with(payload, "{", R"({"epoch":1,)"),
        with(payload, "{", R"({"exp":9999936000,)"),
        std::string{"[]"},
        std::string{"7"},
        std::string{}})
    BOOST_TEST((fault_of(signed_jwt(header, changed)) == card_fault::malformed), changed);
}

BOOST_AUTO_TEST_CASE(members_that_we_do_not_know_do_not_count) {
  BOOST_TEST(
      (fault_of(signed_jwt(with(header, "{", R"({"x5u":"https://evil.example",)"), payload)) == card_fault::none));
  BOOST_TEST((fault_of(signed_jwt(header, with(payload, "{", R"({"aud":["a"],)"))) == card_fault::none));
}

BOOST_AUTO_TEST_CASE(there_is_one_text_for_a_jwt) {
  auto good = signed_jwt(header, payload);
  BOOST_REQUIRE((fault_of(good) == card_fault::none));
  for (const auto& other : {good + "=", good + ".", "." + good, good + "\n", " " + good, good + "A",
                            with(good, ".", ".."), with(good, ".", "=."), with(good, ".", ""), std::string{"..."},
                            std::string{".."}, std::string{}, std::string(3'000, '.')})
    BOOST_TEST((fault_of(other) == card_fault::malformed), other);
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (auto last : alphabet)
    if (auto other = good.substr(0, good.size() - 1) + last; other != good)
      BOOST_TEST((fault_of(other) != card_fault::none), other);
}

BOOST_AUTO_TEST_SUITE_END()
