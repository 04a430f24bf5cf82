#include "cards/drawing/card_artist.hpp"

#include "cards/drawing/card_layout.hpp"
#include "cards/drawing/pdf_card.hpp"
#include "cards/drawing/pdf_sheet.hpp"
#include "cards/drawing/png_card.hpp"
#include "cards/drawing/svg_card.hpp"

#include <algorithm>
#include <cassert>
#include <vector>

namespace tessera {

namespace {

// A design with what each format has prepared for it.
struct prepared_design {
  prepared_design(const card_design& look, const card_fonts& fonts)
      : design(look), pdf(look, fonts), svg(look, fonts), png(look, fonts) {
  }

  card_design design;
  pdf_card pdf;
  svg_card svg;
  png_card png;
};

std::vector<prepared_design> prepare(const card_branding& branding, const card_fonts& fonts) {
  std::vector<prepared_design> out;
  for (const auto& design : card_designs(branding))
    out.emplace_back(design, fonts);
  return out;
}

pdf_sheet prepare_sheet(const std::vector<prepared_design>& designs, const card_fonts& fonts) {
  std::vector<const card_design*> all;
  for (const auto& one : designs)
    all.push_back(&one.design);
  return {all, fonts};
}

} // namespace

struct card_artist::state {
  explicit state(card_branding whose)
      : branding(std::move(whose)), designs(prepare(branding, fonts)), sheet(prepare_sheet(designs, fonts)) {
  }

  std::size_t index_of(std::string_view name) const noexcept {
    auto named = [&](const prepared_design& one) { return one.design.name == name; };
    return static_cast<std::size_t>(std::ranges::find_if(designs, named) - designs.begin());
  }
  const prepared_design& find(std::string_view name) const noexcept {
    auto at = index_of(name);
    assert(at < designs.size());
    return designs[at];
  }
  qr_code code(std::string_view token) const {
    return {branding.verify_address, token};
  }
  drawn_card lay_out(const card_face& face) const {
    return lay_out_card(find(face.design).design, face, code(face.token), fonts);
  }

  card_branding branding;
  card_fonts fonts;
  svg_glyphs glyphs{fonts};
  std::vector<prepared_design> designs;
  pdf_sheet sheet;
};

card_artist::card_artist(card_branding branding) : state_(std::make_unique<state>(std::move(branding))) {
}

card_artist::~card_artist() = default;

bool card_artist::has_design(std::string_view name) const noexcept {
  return state_->index_of(name) < state_->designs.size();
}

qr_code card_artist::code(std::string_view token) const {
  return state_->code(token);
}

std::string card_artist::pdf(const card_face& face, const qr_code& code) const {
  const auto& prepared = state_->find(face.design);
  return prepared.pdf.write(lay_out_card(prepared.design, face, code, state_->fonts), state_->fonts);
}

std::string card_artist::pdf(const card_face& face) const {
  return pdf(face, code(face.token));
}

std::string card_artist::svg(const card_face& face, card_view view) const {
  return state_->find(face.design).svg.write(state_->lay_out(face), view, state_->fonts, state_->glyphs);
}

std::string card_artist::png(const card_face& face, card_view view) const {
  return state_->find(face.design).png.write(state_->lay_out(face), view, state_->fonts);
}

std::string card_artist::sheet_pdf(std::span<const card_face> faces) const {
  return state_->sheet.write(faces.size(), state_->fonts, [&](std::size_t at) {
    return pdf_sheet::placed_card{state_->index_of(faces[at].design), state_->lay_out(faces[at])};
  });
}

} // namespace tessera
