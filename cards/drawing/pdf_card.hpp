#pragma once

#include "cards/drawing/card_layout.hpp"
#include "cards/drawing/pdf_file.hpp"
#include "cards/drawing/pdf_font.hpp"

#include <string>

namespace tessera {

/// The PDF of a card of one design: two pages, front and back, tagged so that it can be read aloud. All that is the
/// same on each card is made once. Immutable: any thread.
class pdf_card {
public:
  pdf_card(const card_design& design, const card_fonts& fonts);

  std::string write(const drawn_card& card, const card_fonts& fonts) const;

private:
  pdf_card(const card_design& design, const card_fonts& fonts, std::vector<pdf_file::object> packed);

  pdf_file begun_; ///< the file as far as it is the same for each card
  int catalog_;
  int information_;
  pdf_fonts fonts_;
  qr_place qr_;
  std::size_t qr_mark_;
  int contents_[2]; ///< by card_side
};

} // namespace tessera
