#pragma once

#include "storage/sample/random.hpp"

#include <string>
#include <string_view>

namespace tessera {

/// Returns `name` (UTF-8) in lower case with letters a to z only: diacritics, spaces and apostrophes are dropped.
std::string plain_letters(std::string_view name);

/// Returns an e-mail address for the person, in domains that nobody can own (RFC 2606).
std::string sample_email(std::string_view first_name, std::string_view surname, sample_random& random);

/// Returns a South African cell number, written in one of two ways: "+27821234567" or "0821234567".
std::string sample_cell_number(sample_random& random);

} // namespace tessera
