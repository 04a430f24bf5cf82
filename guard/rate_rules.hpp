#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tessera {

/// The limits per client, from the general one, which counts every request, to those of the dearer routes.
enum class limit_kind : std::uint8_t { general, lookup, card, bulk };

inline constexpr std::size_t limit_kinds = 4;

/// Returns the limit's name: "general" and so on.
constexpr std::string_view to_string(limit_kind which) noexcept {
  constexpr std::array<std::string_view, limit_kinds> names{"general", "lookup", "card", "bulk"};
  return names[static_cast<std::size_t>(which)];
}

/// At most `requests` pass in a window, which begins with a client's first.
struct rate_rule {
  std::uint32_t requests = 0; ///< 0: no limit
  std::chrono::milliseconds window{0};
};

/// One rule for each limit; by default the predecessor's.
struct rate_rules {
  rate_rule general{1'000, std::chrono::minutes{15}};
  rate_rule lookup{60, std::chrono::minutes{1}};
  rate_rule card{10, std::chrono::minutes{5}};
  rate_rule bulk{5, std::chrono::hours{1}};

  constexpr const rate_rule& operator[](limit_kind which) const noexcept {
    switch (which) {
    case limit_kind::lookup:
      return lookup;
    case limit_kind::card:
      return card;
    case limit_kind::bulk:
      return bulk;
    case limit_kind::general:
      break;
    }
    return general;
  }
};

} // namespace tessera
