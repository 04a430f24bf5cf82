#pragma once

#include "cards/drawing/card_layout.hpp"
#include "cards/drawing/card_view.hpp"

#include <string>
#include <vector>

namespace tessera {

/// The glyphs of both fonts as SVG symbols, written once. Immutable: any thread.
class svg_glyphs {
public:
  explicit svg_glyphs(const card_fonts& fonts);

  /// Returns `<path id="…" d="…"/>`.
  const std::string& definition(font_weight weight, std::uint16_t glyph) const noexcept {
    return definitions_[static_cast<std::size_t>(weight)][glyph];
  }

private:
  std::vector<std::string> definitions_[2];
};

/// The SVG image of a card of one design. Letters are outlines, so that it looks the same wherever it is shown; its
/// texts are in the description. Immutable: any thread.
class svg_card {
public:
  svg_card(const card_design& design, const card_fonts& fonts);

  std::string write(const drawn_card& card, card_view view, const card_fonts& fonts, const svg_glyphs& glyphs) const;

private:
  qr_place qr_;
  std::string shapes_[2];                ///< by card_side
  std::vector<drawn_text> own_texts_[2]; ///< by card_side
};

} // namespace tessera
