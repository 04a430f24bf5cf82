#pragma once

#include "cards/result.hpp"
#include "loadtest/random.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::loadtest {

/// What a user asks for.
enum class scenario : std::uint8_t {
  lookup,   ///< a member by ID number
  generate, ///< the data of a member's card, with QR code and PDF
  verify,   ///< whether a card that was made before is valid
  stats     ///< the statistics of the caches
};

inline constexpr std::array scenarios{scenario::lookup, scenario::generate, scenario::verify, scenario::stats};

constexpr std::size_t index_of(scenario which) noexcept {
  return static_cast<std::size_t>(which);
}

/// Returns the name in a mix and in reports ("lookup").
std::string_view to_string(scenario which) noexcept;

/// In what proportion the scenarios are asked for. The default is the predecessor's.
struct scenario_mix {
  std::array<unsigned, scenarios.size()> weights{40, 30, 20, 10};

  bool has(scenario which) const noexcept {
    return weights[index_of(which)] > 0;
  }
  bool operator==(const scenario_mix&) const = default;
};

/// Returns the mix that `text` spells: "lookup=40,generate=30"; what is not named is not asked for. The error is one
/// sentence.
result<scenario_mix> parse_mix(std::string_view text);

/// Returns the text that `parse_mix` takes.
std::string to_string(const scenario_mix& mix);

/// The scenario of one request after the other: blocks that hold each as often as the mix says, in their smallest whole
/// numbers, each block shuffled anew. So the proportions are exact after each block, and yet no user always gets the
/// same, as with a fixed order. Pure; one owner.
class mix_sequence {
public:
  mix_sequence(const scenario_mix& mix, std::uint64_t seed);

  scenario next() noexcept;

private:
  std::vector<scenario> block_;
  std::size_t taken_ = 0; ///< of the block; those behind are not yet in order
  load_random random_;
};

} // namespace tessera::loadtest
