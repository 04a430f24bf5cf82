#include "cards/drawing/pdf_sheet.hpp"

#include "cards/drawing/decimal.hpp"
#include "cards/drawing/pdf_content.hpp"
#include "cards/drawing/pdf_font.hpp"

namespace tessera {

namespace {

// A4, and what is left around two by five cards that touch: one cut serves two cards.
constexpr double paper_width = 210;
constexpr double paper_height = 297;

// A mark is a line this long, this far from the cards so that none shows on them.
constexpr double mark_length = 5;
constexpr double mark_distance = 2;

std::string form_name(std::size_t design, card_side side) {
  return (side == card_side::front ? "/F" : "/B") + std::to_string(design);
}

void append_lengths(std::string& out, std::initializer_list<double> millimetres) {
  for (auto length : millimetres) {
    append_decimal(out, length, 3);
    out.push_back(' ');
  }
}

std::string paper_size() {
  std::string out;
  append_lengths(out, {paper_width * points_per_millimetre, paper_height * points_per_millimetre});
  return out;
}

// Short lines in the margins, in line with the edges of the cards.
std::string cut_marks(double left, double top, std::size_t columns, std::size_t rows) {
  auto right = left + static_cast<double>(columns) * card_width;
  auto bottom = top + static_cast<double>(rows) * card_height;
  std::string out = "0 G 0.1 w\n";
  auto line = [&](double x1, double y1, double x2, double y2) {
    append_lengths(out, {x1, y1});
    out.append("m ");
    append_lengths(out, {x2, y2});
    out.append("l S\n");
  };
  for (std::size_t column = 0; column <= columns; ++column) {
    auto x = left + static_cast<double>(column) * card_width;
    line(x, top - mark_distance, x, top - mark_distance - mark_length);
    line(x, bottom + mark_distance, x, bottom + mark_distance + mark_length);
  }
  for (std::size_t row = 0; row <= rows; ++row) {
    auto y = top + static_cast<double>(row) * card_height;
    line(left - mark_distance, y, left - mark_distance - mark_length, y);
    line(right + mark_distance, y, right + mark_distance + mark_length, y);
  }
  return out;
}

} // namespace

pdf_sheet::pdf_sheet(std::span<const card_design* const> designs, const card_fonts& fonts) {
  std::vector<pdf_file::object> packed;
  catalog_ = begun_.reserve();
  pages_ = begun_.reserve();
  resources_ = begun_.reserve();
  // With all glyphs: many cards need many of them.
  pdf_fonts all_fonts{begun_, packed, fonts, used_glyphs{fonts, true}};
  all_fonts.write(begun_, packed, used_glyphs{fonts});
  const auto& font_entry = all_fonts.resources();
  std::string forms;
  for (std::size_t at = 0; at < designs.size(); ++at) {
    const auto& design = *designs[at];
    qrs_.push_back(design.qr);
    for (auto side : {card_side::front, card_side::back}) {
      std::string content;
      append_pdf_shapes(content, design.shapes[static_cast<std::size_t>(side)]);
      for (const auto& text : lay_out_own_texts(design, side, fonts))
        append_pdf_text(content, text, fonts, std::nullopt);
      std::string box;
      append_lengths(box, {0, 0, card_width, card_height});
      auto form = begun_.reserve();
      begun_.add_stream(form, "/Type/XObject/Subtype/Form/BBox[" + box + "]/Resources<<" + font_entry + ">>", content,
                        deflate_effort::thorough);
      forms.append(form_name(at, side)).append(" ").append(pdf_reference(form));
    }
  }
  packed.push_back({resources_, "<<" + font_entry + "/XObject<<" + forms + ">>>>"});
  // Printed as large as it is, on both sides of the paper.
  packed.push_back({catalog_, "<</Type/Catalog/Pages " + pdf_reference(pages_)
                                  + "/Lang(en-ZA)/ViewerPreferences<</DisplayDocTitle true/PrintScaling/None"
                                    "/Duplex/DuplexFlipLongEdge>>>>"});
  begun_.add_packed(packed, deflate_effort::thorough);
}

pdf_sheet::writer::writer(const pdf_sheet& sheet, const card_fonts& fonts)
    : sheet_(sheet), fonts_(fonts), file_(sheet.begun_) {
}

void pdf_sheet::writer::add(const std::vector<placed_card>& cards) {
  add_page(cards, card_side::front);
  add_page(cards, card_side::back);
}

void pdf_sheet::writer::add_page(const std::vector<placed_card>& cards, card_side side) {
  constexpr auto left = (paper_width - columns * card_width) / 2;
  constexpr auto top = (paper_height - rows * card_height) / 2;
  std::string out;
  append_decimal(out, points_per_millimetre, 6);
  out.append(" 0 0 -");
  append_decimal(out, points_per_millimetre, 6);
  out.append(" 0 ");
  append_decimal(out, paper_height * points_per_millimetre, 3);
  out.append(" cm\n").append(cut_marks(left, top, columns, rows));
  for (std::size_t at = 0; at < cards.size(); ++at) {
    const auto& [design, card] = cards[at];
    auto column = side == card_side::front ? at % columns : columns - 1 - at % columns;
    out.append("q 1 0 0 1 ");
    append_lengths(
        out, {left + static_cast<double>(column) * card_width, top + static_cast<double>(at / columns) * card_height});
    out.append("cm\n").append(form_name(design, side)).append(" Do\n");
    for (const auto& text : card.texts[static_cast<std::size_t>(side)])
      append_pdf_text(out, text, fonts_, std::nullopt);
    if (side == card_side::back)
      append_pdf_qr(out, card.code, sheet_.qrs_[design], std::nullopt);
    out.append("Q\n");
  }
  auto content = file_.reserve();
  file_.add_stream(content, {}, out, deflate_effort::quick);
  auto page = file_.reserve();
  packed_.push_back({page, "<</Type/Page/Parent " + pdf_reference(sheet_.pages_) + "/MediaBox[0 0 " + paper_size()
                               + "]/Resources " + pdf_reference(sheet_.resources_) + "/Contents "
                               + pdf_reference(content) + ">>"});
  kids_.append(pdf_reference(page)).push_back(' ');
  ++pages_count_;
}

std::string pdf_sheet::writer::finish(std::size_t count) && {
  packed_.push_back({sheet_.pages_, "<</Type/Pages/Count " + std::to_string(pages_count_) + "/Kids[" + kids_ + "]>>"});
  file_.add_packed(packed_, deflate_effort::quick);
  auto information = file_.reserve();
  file_.add(information,
            "<</Title" + pdf_text_string(std::to_string(count) + " membership cards") + "/Producer(Tessera)>>");
  return std::move(file_).finish(sheet_.catalog_, information);
}

} // namespace tessera
