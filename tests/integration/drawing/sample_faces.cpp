#include "tests/integration/drawing/sample_faces.hpp"

#include <algorithm>

namespace tessera::test {

std::string random_token(std::mt19937_64& random) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string token(132, 'A');
  std::ranges::generate(token, [&] { return alphabet[random() % alphabet.size()]; });
  return token;
}

card_face sample_face(std::string design) {
  std::mt19937_64 random{7};
  return {.design = std::move(design),
          .name = "Thandiwe Mokoena",
          .membership_number = "MEM000123",
          .province = "Gauteng",
          .municipality = "City of Johannesburg",
          .ward = "79800054",
          .voting_station = "Orlando West High School",
          .issue_date = "2026-01-31",
          .expiry_date = "2027-01-31",
          .card_number = "000123-01S-X",
          .token = random_token(random)};
}

} // namespace tessera::test
