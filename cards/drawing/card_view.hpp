#pragma once

#include "cards/drawing/card_design.hpp"

#include <cstdint>
#include <span>

namespace tessera {

/// What of a card a picture shows; `both` has the back below the front.
enum class card_view : std::uint8_t { front, back, both };

/// From the front to the back where a picture shows both, in millimetres.
inline constexpr double card_gap = 4;

/// Returns the sides that a picture shows, from the top.
inline std::span<const card_side> sides_of(card_view view) noexcept {
  static constexpr card_side sides[] = {card_side::front, card_side::back};
  std::span<const card_side> all{sides};
  return view == card_view::both ? all : all.subspan(view == card_view::front ? 0 : 1, 1);
}

} // namespace tessera
