#pragma once

#include "cards/drawing/card_shape.hpp"
#include "cards/result.hpp"

#include <string_view>
#include <vector>

namespace tessera {

/// An organisation's logo: areas of one colour each, in a box from (0, 0) to (width, height).
struct card_logo {
  double width = 0;
  double height = 0;
  std::vector<card_shape> shapes; ///< from below to above
};

/// Returns the logo that an SVG file holds. It may hold paths without arcs that are filled with one colour each, and
/// titles; drawing programs and svgo can turn most logos into that. Else the failure says in one sentence what is in
/// the way.
result<card_logo> read_logo(std::string_view svg);

} // namespace tessera
