#include "cards/base32.hpp"
#include "cards/base64url.hpp"
#include "cards/card_jwt.hpp"
#include "cards/card_number.hpp"
#include "cards/card_token.hpp"
#include "cards/custom_expiry.hpp"
#include "cards/presented_card.hpp"
#include "cards/revocation_list.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace tessera;
using fuzz::require;

constexpr std::string_view issuer = "https://cards.example.org";

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

const card_keys& our_keys() {
  static const auto keys = *card_keys::parse(make_card_key(card_key_seed{}, {}).line);
  return keys;
}

/// Nobody but us can sign: what verifies is what we would make of the same claims.
void check_presented(std::string_view text) {
  auto presented = read_presented(text);
  auto checked = verify_presented(text, our_keys());
  using kind = presented_card::kind;
  require((presented.what == kind::unsigned_data) == (checked.fault == card_fault::unsigned_data), "JSON is unsigned");
  if (checked.fault != card_fault::none)
    return;
  auto made = presented.what == kind::jwt ? make_card_jwt(checked.claims, issuer, our_keys())
                                          : sign_card(checked.claims, our_keys()).text();
  require(presented.text == made, "there is one text for a card");
}

/// What comes behind a signature, as if we had signed it.
void check_signed(std::string_view text) {
  auto head = text.substr(0, card_token::signed_size);
  if (head.size() == card_token::signed_size) {
    auto signature = our_keys().sign(bytes_of("tessera card v1" + std::string{head}));
    card_token token;
    std::ranges::copy(signature, std::ranges::copy(head, token.bytes.begin()).out);
    if (auto checked = verify_card_token(token.text(), our_keys()); checked.fault == card_fault::none)
      require(sign_card(checked.claims, our_keys()) == token, "a card that verifies is one that we would sign");
  }
  auto header = R"({"alg":"EdDSA","typ":"JWT","kid":")" + our_keys().signing_id().text() + R"("})";
  auto jwt = encode_base64url(bytes_of(header)) + "." + encode_base64url(bytes_of(text));
  auto signature = our_keys().sign(bytes_of(jwt));
  jwt += "." + encode_base64url(signature);
  if (auto checked = verify_card_jwt(jwt, our_keys()); checked.fault == card_fault::none)
    require(can_be_signed(checked.claims), "a JWT claims what a token can");
}

void check_revocations(std::string_view list) {
  auto message = "tessera revocations v1" + std::string(8, '\0') + std::string{list};
  auto json = [&](std::size_t count) {
    return R"({"version":1,"issued_at":0,"count":)" + std::to_string(count) + R"(,"list":")"
           + encode_base64url(bytes_of(list)) + R"(","kid":")" + our_keys().signing_id().text() + R"(","signature":")"
           + encode_base64url(our_keys().sign(bytes_of(message))) + R"("})";
  };
  // An entry has three bytes at least.
  for (std::size_t count = 0; count <= list.size() / 3; ++count)
    if (auto read = decode_revocations(json(count), our_keys()))
      require(encode_revocations(read->entries, {}, our_keys()) == json(count), "there is one text for a list");
}

void check_texts(std::string_view text) {
  if (auto number = parse_card_number(text))
    require(to_string(*number) == text && !holds_id_number(text), "there is one text for a card's number");
  if (auto bytes = decode_base32(text))
    require(encode_base32(*bytes) == text, "there is one Base32 for any bytes");
  if (auto bytes = decode_base64url(text))
    require(encode_base64url(*bytes) == text, "there is one base64url for any bytes");
  constexpr std::chrono::sys_days today{std::chrono::days{20'781}};
  if (auto day = parse_custom_expiry(text, today))
    require(*day >= today && *day <= today + std::chrono::days{1'827}, "an expiry lies within five years");
}

} // namespace

/// What is presented as a card, what comes behind a signature, and the texts around cards. The first byte says which.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::reader in{fuzz::text_of(data, size)};
  switch (in.byte()) {
  case 'p':
    check_presented(in.rest());
    break;
  case 's':
    check_signed(in.rest());
    break;
  case 'r':
    check_revocations(in.rest().substr(0, 60));
    break;
  case 't':
    check_texts(in.rest());
    break;
  case 'k':
    (void)card_keys::parse(in.rest());
    break;
  case 'l':
    (void)decode_revocations(in.rest(), our_keys());
    break;
  default:
    break;
  }
  return 0;
}
