#pragma once

#include "cards/drawing/canvas.hpp"
#include "cards/drawing/card_layout.hpp"
#include "cards/drawing/card_view.hpp"

#include <string>

namespace tessera {

/// The PNG image of a card of one design, at 300 dots per inch, as card printers have them. What is the same on each
/// card is drawn once. Immutable: any thread.
class png_card {
public:
  png_card(const card_design& design, const card_fonts& fonts);

  std::string write(const drawn_card& card, card_view view, const card_fonts& fonts) const;

private:
  qr_place qr_;
  canvas begun_[2]; ///< by card_side
};

} // namespace tessera
