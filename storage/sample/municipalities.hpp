#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tessera {

/// One of South Africa's provinces, as in the Constitution, section 103.
struct sample_province {
  std::string_view code;
  std::string_view name;
  char ward_digit; ///< with which the codes of its wards begin
};

/// One of South Africa's metropolitan or local municipalities.
struct sample_municipality {
  std::string_view code; ///< the Municipal Demarcation Board's
  std::string_view name;
  std::string_view province_code;
  std::uint16_t wards; ///< how many it has, about as in the local elections of 2021
};

/// Returns all nine, sorted by code.
std::span<const sample_province> sample_provinces() noexcept;

/// Returns all 213 as demarcated in 2016 (8 metropolitan, 205 local), province by province.
std::span<const sample_municipality> sample_municipalities() noexcept;

/// Returns whether the municipality is a metropolitan one; their codes alone have no digits.
bool is_metro(const sample_municipality& municipality) noexcept;

} // namespace tessera
