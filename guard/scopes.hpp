#pragma once

#include "cards/result.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tessera {

/// What a caller may do. Names are written to the store: append, never rename.
enum class scope : std::uint8_t {
  lookup,  ///< look members up
  issue,   ///< make cards, reissue and revoke them
  batch,   ///< make many cards at once
  verify,  ///< see full names where a card is verified
  operate, ///< see and change how the service runs: caches, detailed health, the operator plane
};

inline constexpr std::array all_scopes{scope::lookup, scope::issue, scope::batch, scope::verify, scope::operate};

/// Returns the scope's name: "lookup".
std::string_view to_string(scope which) noexcept;

/// Returns the scope of this name, if there is one.
std::optional<scope> parse_scope(std::string_view name) noexcept;

/// Some of the scopes, or none.
class scope_set {
public:
  constexpr scope_set() noexcept = default;
  constexpr scope_set(std::initializer_list<scope> scopes) noexcept {
    for (auto each : scopes)
      bits_ = static_cast<std::uint8_t>(bits_ | bit(each));
  }

  static constexpr scope_set all() noexcept {
    return {scope::lookup, scope::issue, scope::batch, scope::verify, scope::operate};
  }

  constexpr bool has(scope which) const noexcept {
    return (bits_ & bit(which)) != 0;
  }
  constexpr bool empty() const noexcept {
    return bits_ == 0;
  }
  constexpr scope_set& operator|=(scope_set other) noexcept {
    bits_ = static_cast<std::uint8_t>(bits_ | other.bits_);
    return *this;
  }
  friend constexpr scope_set operator|(scope_set left, scope_set right) noexcept {
    return left |= right;
  }
  bool operator==(const scope_set&) const = default;

private:
  static constexpr unsigned bit(scope which) noexcept {
    return 1u << static_cast<unsigned>(which);
  }

  std::uint8_t bits_ = 0;
};

/// Returns the names, separated by commas, in the order of the enumeration: "lookup,verify".
std::string to_string(scope_set scopes);

/// Returns the scopes that `text` lists, separated by commas; blanks around them do not count, and "" lists none. The
/// error is a sentence that names the word that is no scope.
result<scope_set> parse_scopes(std::string_view text);

/// The same for words that are apart already.
result<scope_set> parse_scopes(std::span<const std::string> words);

/// Returns the scopes that `text` lists, passing over words that this program does not know: a store may have been
/// written by a later one, and what is not known grants nothing.
scope_set known_scopes(std::string_view text);

} // namespace tessera
