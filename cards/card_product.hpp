#pragma once

#include <cstdint>

namespace tessera {

/// What is made of a card. Values travel between nodes: append, never renumber.
enum class card_product : std::uint8_t {
  bundle = 0,  ///< the answer of generate-data: card data, QR code and PDF in one JSON text
  details = 1, ///< card data with token and JWT, as JSON
  pdf = 2,
  svg = 3,
  png = 4,
  qr_svg = 5,
  qr_png = 6,
  verification = 7, ///< the answer of verify
  holder = 8,       ///< nothing is drawn: the member's record, which is in L1 then
};

} // namespace tessera
