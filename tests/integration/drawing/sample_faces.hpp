#pragma once

#include "cards/drawing/card_face.hpp"

#include <random>
#include <string>

namespace tessera::test {

inline constexpr const char* verify_address = "HTTPS://CARDS.EXAMPLE.ORG/V";

/// Returns 132 characters of Base32, as long as a token is.
std::string random_token(std::mt19937_64& random);

/// Returns a face as most have it.
card_face sample_face(std::string design);

} // namespace tessera::test
