#include "cards/drawing/pdf_card.hpp"

#include "cards/drawing/decimal.hpp"
#include "cards/drawing/pdf_content.hpp"

namespace tessera {

namespace {

constexpr const char* language = "en-ZA";

// What is said instead of showing the QR code.
constexpr const char* qr_description = "QR code that leads to the page on which this card is checked";

std::string page_size() {
  std::string out;
  append_decimal(out, card_width * points_per_millimetre, 3);
  out.push_back(' ');
  append_decimal(out, card_height * points_per_millimetre, 3);
  return out;
}

// The structure tree of both pages (ISO 32000-1, 14.7): a document of two sections, each text a paragraph in it, the
// QR code a figure. The number of a text's mark is its place in the design.
class structure_tree {
public:
  structure_tree(pdf_file& file, std::vector<pdf_file::object>& packed)
      : file_(file), packed_(packed), root_(file.reserve()), document_(file.reserve()) {
  }

  void add_page(int page, std::size_t paragraphs, const std::string& figure) {
    auto section = file_.reserve();
    std::string elements;
    auto add = [&](const std::string& entries, std::size_t mark) {
      auto element = file_.reserve();
      packed_.push_back({element, "<</P " + pdf_reference(section) + "/Pg " + pdf_reference(page) + "/K "
                                      + std::to_string(mark) + entries + ">>"});
      elements.append(pdf_reference(element)).push_back(' ');
    };
    for (std::size_t mark = 0; mark < paragraphs; ++mark)
      add("/S/P", mark);
    if (!figure.empty())
      add(figure, paragraphs);
    packed_.push_back({section, "<</S/Sect/P " + pdf_reference(document_) + "/K[" + elements + "]>>"});
    sections_.append(pdf_reference(section)).push_back(' ');
    parents_.append(std::to_string(pages_++)).append("[").append(elements).append("]");
  }

  int finish() {
    packed_.push_back({document_, "<</S/Document/P " + pdf_reference(root_) + "/K[" + sections_ + "]>>"});
    packed_.push_back({root_, "<</Type/StructTreeRoot/K " + pdf_reference(document_) + "/ParentTree<</Nums[" + parents_
                                  + "]>>/ParentTreeNextKey " + std::to_string(pages_) + ">>"});
    return root_;
  }

private:
  pdf_file& file_;
  std::vector<pdf_file::object>& packed_;
  int root_;
  int document_;
  int pages_ = 0;
  std::string sections_;
  std::string parents_;
};

std::string figure_entries(const qr_place& qr) {
  std::string box;
  auto append = [&](double millimetres) {
    append_decimal(box, millimetres * points_per_millimetre, 2);
    box.push_back(' ');
  };
  append(qr.x);
  append(card_height - qr.y - qr.side);
  append(qr.x + qr.side);
  append(card_height - qr.y);
  return std::string{"/S/Figure/Alt("} + qr_description + ")/A<</O/Layout/Placement/Block/BBox[" + box + "]>>";
}

// What of a page is the same on each card. It also turns the coordinates: millimetres, downwards from the top left.
std::string own_content(const card_design& design, card_side side, const card_fonts& fonts) {
  std::string out;
  append_decimal(out, points_per_millimetre, 6);
  out.append(" 0 0 -");
  append_decimal(out, points_per_millimetre, 6);
  out.append(" 0 ");
  append_decimal(out, card_height * points_per_millimetre, 3);
  out.append(" cm\n/Artifact BMC\n");
  append_pdf_shapes(out, design.shapes[static_cast<std::size_t>(side)]);
  out.append("EMC\n");
  for (const auto& text : lay_out_own_texts(design, side, fonts))
    append_pdf_text(out, text, fonts, text.place);
  return out;
}

// The glyphs that every card of a design has, or nearly every one.
used_glyphs core(const card_design& design, const card_fonts& fonts) {
  used_glyphs out{fonts};
  for (auto side : {card_side::front, card_side::back})
    out.add(lay_out_own_texts(design, side, fonts));
  for (auto weight : {font_weight::regular, font_weight::bold})
    out.add(weight, fonts[weight].shape("0123456789- aeinorstlu"));
  return out;
}

} // namespace

pdf_card::pdf_card(const card_design& design, const card_fonts& fonts) : pdf_card(design, fonts, {}) {
}

pdf_card::pdf_card(const card_design& design, const card_fonts& fonts, std::vector<pdf_file::object> packed)
    : catalog_(begun_.reserve()), information_(begun_.reserve()), fonts_(begun_, packed, fonts, core(design, fonts)),
      qr_(design.qr), qr_mark_(design.texts[static_cast<std::size_t>(card_side::back)].size()) {
  auto pages = begun_.reserve();
  auto resources = begun_.reserve();
  packed.push_back({resources, "<<" + fonts_.resources() + ">>"});
  structure_tree structure{begun_, packed};
  std::string kids;
  for (auto side : {card_side::front, card_side::back}) {
    auto at = static_cast<std::size_t>(side);
    auto page = begun_.reserve();
    auto own = begun_.reserve();
    contents_[at] = begun_.reserve();
    begun_.add_stream(own, {}, own_content(design, side, fonts), deflate_effort::thorough);
    packed.push_back({page, "<</Type/Page/Parent " + pdf_reference(pages) + "/MediaBox[0 0 " + page_size()
                                + "]/Resources " + pdf_reference(resources) + "/Contents[" + pdf_reference(own) + ' '
                                + pdf_reference(contents_[at]) + "]/Tabs/S/StructParents " + std::to_string(at)
                                + ">>"});
    kids.append(pdf_reference(page)).push_back(' ');
    structure.add_page(page, design.texts[at].size(), side == card_side::back ? figure_entries(design.qr) : "");
  }
  packed.push_back({pages, "<</Type/Pages/Count 2/Kids[" + kids + "]>>"});
  packed.push_back({catalog_, "<</Type/Catalog/Pages " + pdf_reference(pages) + "/Lang(" + language
                                  + ")/MarkInfo<</Marked true>>/ViewerPreferences<</DisplayDocTitle true>>"
                                    "/StructTreeRoot "
                                  + pdf_reference(structure.finish()) + ">>"});
  begun_.add_packed(packed, deflate_effort::thorough);
}

std::string pdf_card::write(const drawn_card& card, const card_fonts& fonts) const {
  auto file = begun_;
  used_glyphs wanted{fonts};
  for (auto side : {card_side::front, card_side::back}) {
    auto at = static_cast<std::size_t>(side);
    wanted.add(card.texts[at]);
    std::string content;
    for (const auto& text : card.texts[at])
      append_pdf_text(content, text, fonts, text.place);
    if (side == card_side::back)
      append_pdf_qr(content, card.code, qr_, qr_mark_);
    file.add_stream(contents_[at], {}, content, deflate_effort::quick);
  }
  std::vector<pdf_file::object> packed;
  fonts_.write(file, packed, wanted);
  packed.push_back({information_, "<</Title" + pdf_text_string(card.title) + "/Producer(Tessera)>>"});
  file.add_packed(packed, deflate_effort::quick);
  return std::move(file).finish(catalog_, information_);
}

} // namespace tessera
