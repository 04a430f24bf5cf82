#include "cards/base32.hpp"
#include "cards/card_jwt.hpp"
#include "cards/card_token.hpp"
#include "cards/presented_card.hpp"
#include "tests/unit/cards/fixed_keys.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <random>

using namespace tessera;
using test::keys_of;
using test::sample_claims;
using test::seed_of;

namespace {

/// TESSERA_CORRUPTIONS in the environment says how many there are; a million takes minutes.
std::size_t corruptions() {
  const auto* asked = std::getenv("TESSERA_CORRUPTIONS");
  return asked == nullptr ? 20'000 : std::strtoull(asked, nullptr, 10);
}

/// Damages texts and bytes in ways that people, scanners and forgers do.
class corrupter {
public:
  explicit corrupter(std::uint64_t seed) : random_(seed) {
  }

  std::size_t below(std::size_t end) {
    return static_cast<std::size_t>(random_() % end);
  }

  template <class Sequence>
  void flip_bits(Sequence& in) {
    for (auto count = 1 + below(3); count > 0; --count) {
      auto& at = in[below(in.size())];
      at = static_cast<typename Sequence::value_type>(at ^ (1 << below(8)));
    }
  }
  template <class Sequence>
  void replace(Sequence& in, std::string_view by) {
    for (auto count = 1 + below(4); count > 0; --count)
      in[below(in.size())] = static_cast<typename Sequence::value_type>(by[below(by.size())]);
  }
  template <class Sequence>
  void swap(Sequence& in) {
    std::swap(in[below(in.size())], in[below(in.size())]);
  }
  template <class Sequence>
  void truncate(Sequence& in) {
    auto size = static_cast<std::ptrdiff_t>(below(in.size()));
    if (below(2) == 0)
      in.erase(in.begin() + size, in.end());
    else
      in.erase(in.begin(), in.begin() + size);
  }
  template <class Sequence>
  void insert(Sequence& in, std::string_view of) {
    in.insert(in.begin() + static_cast<std::ptrdiff_t>(below(in.size() + 1)),
              static_cast<typename Sequence::value_type>(of[below(of.size())]));
  }
  /// Puts a piece of another in the same place, as one who has two good tokens would.
  template <class Sequence>
  void splice(Sequence& in, const Sequence& other) {
    auto size = std::min(in.size(), other.size());
    auto from = below(size);
    auto count = 1 + below(size - from);
    std::copy_n(other.begin() + static_cast<std::ptrdiff_t>(from), count,
                in.begin() + static_cast<std::ptrdiff_t>(from));
  }

  template <class Sequence>
  void corrupt(Sequence& in, const Sequence& other, std::string_view alphabet) {
    switch (below(6)) {
    case 0:
      return flip_bits(in);
    case 1:
      return replace(in, alphabet);
    case 2:
      return swap(in);
    case 3:
      return truncate(in);
    case 4:
      return insert(in, alphabet);
    default:
      return splice(in, other);
    }
  }

private:
  std::mt19937_64 random_;
};

constexpr std::string_view base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";

card_claims claims_of(std::size_t number) {
  auto claims = sample_claims();
  claims.member.value += number / 2;
  claims.epoch = static_cast<card_epoch>(1 + number % 2);
  claims.design = number % 3 == 0 ? card_template::premium : card_template::standard;
  return claims;
}

} // namespace

BOOST_AUTO_TEST_SUITE(card_corruption_test)

BOOST_AUTO_TEST_CASE(every_bit_and_every_character_of_a_token_counts) {
  auto keys = keys_of({seed_of(1)});
  auto token = sign_card(sample_claims(), keys);
  auto text = token.text();
  BOOST_REQUIRE((verify_card_token(text, keys).fault == card_fault::none));
  for (std::size_t bit = 0; bit < 8 * card_token::size; ++bit) {
    auto flipped = token;
    flipped.bytes[bit / 8] = static_cast<std::uint8_t>(flipped.bytes[bit / 8] ^ (1 << bit % 8));
    BOOST_TEST((verify_card_token(flipped.text(), keys).fault != card_fault::none), "bit " << bit);
  }
  for (std::size_t at = 0; at < text.size(); ++at)
    for (auto character : base32)
      if (auto changed = text; character != text[at]) {
        changed[at] = character;
        BOOST_TEST((verify_card_token(changed, keys).fault != card_fault::none), changed);
      }
}

BOOST_AUTO_TEST_CASE(no_corrupted_token_verifies) {
  auto ours = keys_of({seed_of(1), seed_of(2)});
  auto theirs = keys_of({seed_of(3)});
  std::vector<std::string> good;
  for (std::size_t i = 0; i < 64; ++i)
    good.push_back(sign_card(claims_of(i), ours).text());
  corrupter random{17};
  std::array<std::size_t, card_fault_count> seen{};
  for (auto left = corruptions(); left > 0; --left) {
    auto number = random.below(good.size());
    const auto& other = good[random.below(good.size())];
    auto text = good[number];
    switch (random.below(5)) {
    case 0: // signed by somebody else who says that it is us
    {
      auto forged = sign_card(claims_of(number), theirs);
      std::copy_n(decode_base32(text)->begin() + 1, 4, forged.bytes.begin() + 1);
      text = forged.text();
      break;
    }
    case 1:
      text = sign_card(claims_of(number), theirs).text();
      break;
    case 2:
      random.corrupt(text, other, base32);
      break;
    default: // still well-formed, mostly
      auto bytes = *decode_base32(text);
      random.corrupt(bytes, *decode_base32(other), base64url);
      text = encode_base32(bytes);
    }
    if (std::ranges::find(good, text) != good.end())
      continue; // a swap of equals, or a splice of all
    auto fault = verify_card_token(text, ours).fault;
    ++seen[static_cast<std::size_t>(fault)];
    if (fault == card_fault::none || verify_presented("HTTPS://A/V#" + text, ours).fault == card_fault::none)
      BOOST_ERROR("verifies: " << text);
  }
  for (auto fault : {card_fault::malformed, card_fault::unknown_key, card_fault::bad_signature}) {
    BOOST_TEST_MESSAGE(to_string(fault) << ": " << seen[static_cast<std::size_t>(fault)]);
    BOOST_TEST(seen[static_cast<std::size_t>(fault)] > 0u);
  }
}

BOOST_AUTO_TEST_CASE(no_corrupted_jwt_verifies) {
  constexpr std::string_view issuer = "https://cards.example.org";
  auto ours = keys_of({seed_of(1), seed_of(2)});
  std::vector<std::string> good;
  for (std::size_t i = 0; i < 64; ++i)
    good.push_back(make_card_jwt(claims_of(i), issuer, ours));
  corrupter random{19};
  std::array<std::size_t, card_fault_count> seen{};
  for (auto left = corruptions() / 4; left > 0; --left) {
    auto text = good[random.below(good.size())];
    random.corrupt(text, good[random.below(good.size())], base64url);
    if (std::ranges::find(good, text) != good.end())
      continue;
    auto fault = verify_card_jwt(text, ours).fault;
    ++seen[static_cast<std::size_t>(fault)];
    if (fault == card_fault::none)
      BOOST_ERROR("verifies: " << text);
  }
  for (auto fault : {card_fault::malformed, card_fault::unknown_key, card_fault::bad_signature}) {
    BOOST_TEST_MESSAGE(to_string(fault) << ": " << seen[static_cast<std::size_t>(fault)]);
    BOOST_TEST(seen[static_cast<std::size_t>(fault)] > 0u);
  }
}

BOOST_AUTO_TEST_SUITE_END()
