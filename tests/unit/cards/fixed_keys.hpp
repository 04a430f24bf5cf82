#pragma once

#include "cards/card_claims.hpp"
#include "cards/card_keys.hpp"

#include <boost/test/unit_test.hpp>

#include <sodium.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

/// Keys and claims that are always the same, for tests.
namespace tessera::test {

inline std::vector<std::uint8_t> bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

/// Returns the bytes that the hexadecimal digits spell.
inline std::vector<std::uint8_t> unhex(std::string_view digits) {
  std::vector<std::uint8_t> bytes(digits.size() / 2);
  std::size_t size = 0;
  BOOST_REQUIRE(sodium_hex2bin(bytes.data(), bytes.size(), digits.data(), digits.size(), nullptr, &size, nullptr) == 0);
  BOOST_REQUIRE_EQUAL(size, bytes.size());
  return bytes;
}

/// The key of RFC 8032, section 7.1, test 1, and of RFC 8037, appendix A.
inline constexpr std::string_view rfc_seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

inline card_key_seed seed_of(std::string_view digits) {
  card_key_seed seed;
  std::ranges::copy(unhex(digits), seed.begin());
  return seed;
}

/// A seed that is 32 times the same byte.
inline card_key_seed seed_of(std::uint8_t byte) {
  card_key_seed seed;
  seed.fill(byte);
  return seed;
}

/// Returns the keys of these seeds; the last one signs.
inline card_keys keys_of(const std::vector<card_key_seed>& seeds) {
  std::string text;
  for (const auto& seed : seeds)
    text += make_card_key(seed, utc_time{}).line;
  auto keys = card_keys::parse(text);
  BOOST_REQUIRE(keys.has_value());
  return std::move(*keys);
}

inline card_keys rfc_keys() {
  return keys_of({seed_of(rfc_seed)});
}

/// Member 123, epoch 1, standard, from 31 January 2026 for a year.
inline card_claims sample_claims() {
  using namespace std::chrono_literals;
  return {member_id{123}, 1, card_template::standard, std::chrono::sys_days{2026y / 1 / 31},
          std::chrono::sys_days{2027y / 1 / 31}};
}

} // namespace tessera::test
