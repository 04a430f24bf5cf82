#pragma once

#include "cards/drawing/card_layout.hpp"
#include "cards/drawing/pdf_file.hpp"

#include <span>
#include <string>
#include <vector>

namespace tessera {

/// Sheets of A4 paper with ten cards each, in PDF: the fronts of ten, then their backs, mirrored so that both meet when
/// the sheet is turned over its long edge. What is the same on all sheets is made once. Immutable: any thread.
class pdf_sheet {
public:
  /// A card's design is known by its place in `designs`.
  pdf_sheet(std::span<const card_design* const> designs, const card_fonts& fonts);

  struct placed_card {
    std::size_t design = 0;
    drawn_card card;
  };

  /// Adds pages, and ends with the file. `next(i)` returns card i of `count`, so that only ten are held at a time.
  template <class Next>
  std::string write(std::size_t count, const card_fonts& fonts, Next&& next) const {
    writer out{*this, fonts};
    for (std::size_t begin = 0; begin < count; begin += cards_per_sheet) {
      std::vector<placed_card> cards;
      for (auto at = begin; at < std::min(begin + cards_per_sheet, count); ++at)
        cards.push_back(next(at));
      out.add(cards);
    }
    return std::move(out).finish(count);
  }

private:
  static constexpr std::size_t columns = 2;
  static constexpr std::size_t rows = 5;
  static constexpr std::size_t cards_per_sheet = columns * rows;

  class writer {
  public:
    writer(const pdf_sheet& sheet, const card_fonts& fonts);
    void add(const std::vector<placed_card>& cards);
    std::string finish(std::size_t count) &&;

  private:
    void add_page(const std::vector<placed_card>& cards, card_side side);

    const pdf_sheet& sheet_;
    const card_fonts& fonts_;
    pdf_file file_;
    std::vector<pdf_file::object> packed_;
    std::string kids_;
    std::size_t pages_count_ = 0;
  };

  pdf_file begun_;            ///< the file as far as it is always the same
  std::vector<qr_place> qrs_; ///< by design
  int catalog_ = 0;
  int pages_ = 0;
  int resources_ = 0;
};

} // namespace tessera
