#pragma once

#include "cards/drawing/card_design.hpp"
#include "cards/drawing/card_face.hpp"
#include "cards/drawing/card_font.hpp"
#include "cards/drawing/fitted_text.hpp"
#include "cards/drawing/qr_code.hpp"

#include <string>
#include <vector>

namespace tessera {

/// The fonts that cards are drawn with. Immutable: any thread.
class card_fonts {
public:
  card_fonts();

  const card_font& operator[](font_weight weight) const noexcept {
    return weight == font_weight::bold ? bold_ : regular_;
  }

private:
  card_font regular_;
  card_font bold_;
};

struct drawn_line {
  double x = 0; ///< where the first glyph begins
  double y = 0; ///< baseline
  std::vector<shaped_glyph> glyphs;
  std::string text; ///< what the glyphs say, in full even if they were cut
};

/// A text with each glyph in its place, in millimetres from the top left of the card.
struct drawn_text {
  std::size_t place = 0; ///< which of the design's texts on its side it is
  font_weight weight = font_weight::regular;
  rgb colour;
  double size = 0; ///< of an em
  std::vector<drawn_line> lines;
  std::string text; ///< what the lines say together
};

/// One card with all that differs from card to card, ready to be written in any format.
struct drawn_card {
  std::vector<drawn_text> texts[2]; ///< by card_side: those of the fields
  qr_code code;
  std::string title; ///< for people and for readers that speak
};

/// Returns the text of `place` as it stands there; a dash where a field is empty.
drawn_text lay_out(const card_text& place, std::string_view text, const card_fonts& fonts);

/// Returns the texts that stand on every card of a design.
std::vector<drawn_text> lay_out_own_texts(const card_design& design, card_side side, const card_fonts& fonts);

/// Returns `face` on a card of `design`; `code` is what its token and the address of the verify page make.
drawn_card lay_out_card(const card_design& design, const card_face& face, const qr_code& code, const card_fonts& fonts);

} // namespace tessera
