#pragma once

#include "cards/drawing/card_font.hpp"

#include <vector>

namespace tessera {

/// How a text is made to fit: it shrinks on one line, from `size` down to `wrap_below`; then it wraps, and goes on
/// shrinking down to `smallest`; then a word is broken; and what still does not fit is cut, with an ellipsis.
struct fit_rule {
  double width = 0;      ///< of a line, in the same unit as the sizes, which are those of an em
  double size = 0;       ///< what it has where there is room
  double wrap_below = 0; ///< from here on more lines are better than smaller letters
  double smallest = 0;
  int lines = 1;       ///< as many as it may take
  double tracking = 0; ///< what each glyph is set wider, in em
};

struct fitted_line {
  std::vector<shaped_glyph> glyphs;
  std::string text; ///< what it says; if the end was cut, with what would have followed
  double width = 0; ///< in the unit of the rule
};

struct fitted_text {
  double size = 0;
  std::vector<fitted_line> lines; ///< none for an empty text
  bool cut = false;
};

/// Returns `text` on at most `rule.lines` lines, none of them wider than `rule.width`.
fitted_text fit(const shaped_text& text, const card_font& font, const fit_rule& rule);

} // namespace tessera
