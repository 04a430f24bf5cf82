// Prints a card of ours, made with the key of RFC 8032, section 7.1, test 1, for programs that are not ours to verify.

#include "cards/card_jwt.hpp"
#include "cards/card_keys.hpp"
#include "cards/card_number.hpp"
#include "cards/card_token.hpp"
#include "cards/revocation_list.hpp"

#include <sodium.h>

#include <cstdio>
#include <string>
#include <vector>

using namespace tessera;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view seed_digits = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

card_keys sample_keys() {
  card_key_seed older{};
  card_key_seed seed{};
  sodium_hex2bin(seed.data(), seed.size(), seed_digits.data(), seed_digits.size(), nullptr, nullptr, nullptr);
  auto keys = card_keys::parse(make_card_key(older, {}).line + make_card_key(seed, {}).line);
  return std::move(*keys);
}

std::string day_text(std::chrono::sys_days day) {
  return iso8601(day).substr(0, 10);
}

} // namespace

int main() {
  auto keys = sample_keys();
  card_claims claims{member_id{987'654'321}, 258, card_template::premium, std::chrono::sys_days{2026y / 1 / 31},
                     std::chrono::sys_days{2031y / 2 / 28}};
  auto token = sign_card(claims, keys);
  const std::vector<revocation> entries{{member_id{5}, 0, 2}, {member_id{987'654'321}, 258, 259}};
  auto revocations = encode_revocations(entries, std::chrono::sys_days{2026y / 11 / 24}, keys);
  std::printf(R"({"token":"%s","jwt":"%s","jwks":%s,"revocations":%s,"expected":{"member_id":%llu,"epoch":%u,)"
              R"("template":"%.*s","issued":"%s","expires":"%s","card_number":"%s","card_id":"%s",)"
              R"("revoked":[[5,0,2],[987654321,258,259]]}})"
              "\n",
              token.text().c_str(), make_card_jwt(claims, "https://cards.example.org", keys).c_str(),
              keys.jwks_json().c_str(), revocations.c_str(), static_cast<unsigned long long>(claims.member.value),
              claims.epoch, static_cast<int>(to_string(claims.design).size()), to_string(claims.design).data(),
              day_text(claims.issued).c_str(), day_text(claims.expires).c_str(), card_number_of(claims).c_str(),
              card_id_of(token).c_str());
}
