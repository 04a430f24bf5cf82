#include "cards/card_keys.hpp"

#include "cards/base64url.hpp"
#include "tests/unit/cards/fixed_keys.hpp"

#include <boost/test/unit_test.hpp>

#include <type_traits>

using namespace tessera;
using test::bytes_of;
using test::keys_of;
using test::rfc_keys;
using test::seed_of;
using test::unhex;

namespace {

std::string line_of(const card_key_seed& seed) {
  return make_card_key(seed, utc_time{}).line;
}

/// The three words of a line.
struct words {
  explicit words(std::string line)
      : id(line.substr(0, 8)), created(line.substr(9, 24)), seed(line.substr(34, line.size() - 35)) {
  }
  std::string id, created, seed;
};

void refuses(const std::string& text, const std::string& because) {
  auto got = card_keys::parse(text);
  BOOST_REQUIRE_MESSAGE(!got.has_value(), text);
  BOOST_TEST(got.error().detail.find(because) != std::string::npos, got.error().detail);
}

} // namespace

BOOST_AUTO_TEST_SUITE(card_keys_test)

BOOST_AUTO_TEST_CASE(signatures_are_those_of_the_rfcs) {
  auto keys = rfc_keys();
  // RFC 8032, section 7.1, test 1.
  BOOST_TEST((keys.sign({}) == [] {
    card_signature expected;
    std::ranges::copy(
        unhex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
              "46bd25bf5f0595bbe24655141438e7a100b"),
        expected.begin());
    return expected;
  }()));
  // RFC 8037, appendix A.4.
  auto message = bytes_of("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc");
  auto signature = keys.sign(message);
  BOOST_TEST(encode_base64url(signature)
             == "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
  BOOST_TEST(is_signed_by(keys.all()[0], message, signature));
  message[0] ^= 1;
  BOOST_TEST(!is_signed_by(keys.all()[0], message, signature));
}

BOOST_AUTO_TEST_CASE(a_line_has_the_keys_id_its_time_and_its_seed) {
  auto made = make_card_key(seed_of(test::rfc_seed), utc_time{std::chrono::milliseconds{1'767'225'600'000}});
  // The id by Python: blake2b(public key, digest_size=32).hexdigest()[:8].
  BOOST_TEST(made.id.text() == "7849ac30");
  BOOST_TEST(made.line == "7849ac30 2026-01-01T00:00:00.000Z nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\n");
}

BOOST_AUTO_TEST_CASE(the_last_key_signs_and_all_verify) {
  auto keys = keys_of({seed_of(1), seed_of(2), seed_of(3)});
  BOOST_REQUIRE_EQUAL(keys.all().size(), 3u);
  auto message = bytes_of("message");
  for (std::uint8_t i = 1; i <= 3; ++i) {
    auto alone = keys_of({seed_of(i)});
    const auto* key = keys.find(alone.signing_id());
    BOOST_REQUIRE(key != nullptr);
    BOOST_TEST((key->id == keys.all()[i - 1U].id));
    BOOST_TEST(is_signed_by(*key, message, alone.sign(message)));
    BOOST_TEST((alone.sign(message) == keys.sign(message)) == (i == 3));
  }
  BOOST_TEST((keys.signing_id() == keys.all()[2].id));
  BOOST_TEST(keys.find(keys_of({seed_of(4)}).signing_id()) == nullptr);
}

BOOST_AUTO_TEST_CASE(comments_and_empty_lines_and_blanks_do_not_count) {
  auto line = line_of(seed_of(1));
  words part{line};
  for (const auto& text : {"# a comment\n\n" + line, line + "\n\n", line.substr(0, line.size() - 1), "  " + line,
                           part.id + "\t" + part.created + "   " + part.seed + " # the first\r\n", line + "#" + line,
                           part.id + " 2026-01-31 " + part.seed})
    BOOST_TEST(card_keys::parse(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_said_with_its_line) {
  auto line = line_of(seed_of(1));
  words part{line};
  words other{line_of(seed_of(2))};
  refuses("", "no key");
  refuses("# nothing\n\n", "no key");
  refuses("x", "line 1 must have three words");
  refuses(line + "\n# a comment\n" + part.id + " " + part.created + "\n", "line 4 must have three words");
  refuses(line.substr(0, line.size() - 1) + " more\n", "line 1 must have three words");
  refuses("0123456G " + part.created + " " + part.seed, "eight hexadecimal digits");
  refuses("0123456 " + part.created + " " + part.seed, "eight hexadecimal digits");
  refuses(part.id + " yesterday " + part.seed, "a time such as");
  refuses(part.id + " " + part.created + " " + part.seed.substr(1), "a seed");
  refuses(part.id + " " + part.created + " " + part.seed + "A", "a seed");
  refuses(part.id + " " + part.created + " " + part.seed.substr(1) + "=", "a seed");
  refuses(part.id + " " + part.created + " " + part.seed.substr(0, 42) + "B", "a seed"); // spare bits
  refuses(line + other.id + " " + part.created + " " + part.seed, "line 2 has a key id that is not that of its seed");
  refuses(line + line, "line 2 has a key id that stands in an earlier line");
}

BOOST_AUTO_TEST_CASE(an_error_holds_nothing_of_a_seed) {
  auto line = line_of(seed_of(test::rfc_seed));
  words part{line};
  for (const auto& text :
       {part.seed, part.seed + " " + part.seed + " " + part.seed, part.id + " " + part.seed,
        part.id + " " + part.seed + " " + part.created, "00000000 " + part.created + " " + part.seed, line + line})
    for (std::size_t at = 0; at + 6 <= part.seed.size(); ++at) {
      auto got = card_keys::parse(text);
      BOOST_REQUIRE(!got.has_value());
      BOOST_TEST(got.error().detail.find(part.seed.substr(at, 6)) == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(ids_are_eight_hexadecimal_digits) {
  BOOST_TEST(card_key_id{0x0123'abcd}.text() == "0123abcd");
  BOOST_TEST((card_key_id::parse("0123abcd") == card_key_id{0x0123'abcd}));
  BOOST_TEST((card_key_id::parse("ffffffff") == card_key_id{0xffff'ffff}));
  for (auto text : {"", "0123abc", "0123abcde", "0123ABCD", "0123abcg", " 123abcd", "-123abcd", "0x23abcd"})
    BOOST_TEST(!card_key_id::parse(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(the_public_keys_are_a_jwk_set) {
  // `x` is that of RFC 8037, appendix A.2.
  BOOST_TEST(rfc_keys().jwks_json()
             == R"({"keys":[{"kty":"OKP","crv":"Ed25519","use":"sig","alg":"EdDSA","kid":"7849ac30",)"
                R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})");
  auto two = keys_of({seed_of(1), seed_of(test::rfc_seed)}).jwks_json();
  BOOST_TEST(two.find(R"("},{"kty")") != std::string::npos, two);
  for (const auto& seed : {seed_of(1), seed_of(test::rfc_seed)})
    BOOST_TEST(two.find(words{line_of(seed)}.seed) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(keys_can_be_moved_but_not_copied) {
  static_assert(!std::is_copy_constructible_v<card_keys> && !std::is_copy_assignable_v<card_keys>);
  auto message = bytes_of("message");
  auto first = keys_of({seed_of(1)});
  auto signature = first.sign(message);
  auto second = std::move(first);
  BOOST_TEST((second.sign(message) == signature));
  auto third = keys_of({seed_of(2)});
  third = std::move(second);
  BOOST_TEST((third.sign(message) == signature));
}

BOOST_AUTO_TEST_CASE(the_secret_is_wiped_when_keys_end_or_are_moved) {
  alignas(card_keys) std::array<unsigned char, sizeof(card_keys)> memory{};
  auto secret_in_memory = [&] {
    auto seed = seed_of(7);
    return std::search(memory.begin(), memory.end(), seed.begin(), seed.end()) != memory.end();
  };
  auto* keys = new (memory.data()) card_keys(keys_of({seed_of(7)}));
  BOOST_TEST(secret_in_memory());
  {
    auto moved = std::move(*keys);
    BOOST_TEST(!secret_in_memory());
    *keys = std::move(moved);
    BOOST_TEST(secret_in_memory());
  }
  keys->~card_keys();
  BOOST_TEST(!secret_in_memory());
}

BOOST_AUTO_TEST_SUITE_END()
