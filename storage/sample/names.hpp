#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tessera {

/// The communities that sample members are named after. The last two speak English and Afrikaans, but have names of
/// their own.
enum class sample_language : std::uint8_t {
  zulu,
  xhosa,
  sotho,
  tswana,
  pedi,
  venda,
  tsonga,
  swati,
  ndebele,
  afrikaans,
  english,
  indian,
  cape_malay,
};

inline constexpr std::size_t sample_language_count = 13;

/// Names of one community, common ones first, in UTF-8 as people write them.
struct sample_names {
  std::span<const std::string_view> women;
  std::span<const std::string_view> men;
  std::span<const std::string_view> surnames;
  std::span<const std::string_view> places; ///< after which schools and halls are called
};

const sample_names& names_of(sample_language language) noexcept;

/// How many of a hundred people in a province belong to a community.
struct language_share {
  sample_language language;
  std::uint8_t percent;
};

/// Returns the shares in the province, 100 together; close to the home languages of the census of 2022.
/// REQUIRES: the code of a province.
std::span<const language_share> languages_of(std::string_view province_code) noexcept;

} // namespace tessera
