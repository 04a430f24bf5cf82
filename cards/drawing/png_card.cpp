#include "cards/drawing/png_card.hpp"

#include <cmath>

namespace tessera {

namespace {

constexpr double pixels_per_millimetre = 300 / 25.4;

int pixels(double millimetres) noexcept {
  return static_cast<int>(std::lround(millimetres * pixels_per_millimetre));
}

void draw(canvas& out, const card_shape& shape) {
  auto path = parse_path(shape.path);
  for (int copy = 0; copy < shape.copies; ++copy) {
    placement where{pixels_per_millimetre, pixels_per_millimetre, copy * shape.dx * pixels_per_millimetre,
                    copy * shape.dy * pixels_per_millimetre};
    if (shape.stroke > 0)
      out.stroke(path, where, shape.stroke, shape.colour);
    else
      out.fill(path, where, shape.colour);
  }
}

void draw(canvas& out, const drawn_text& text, const card_font& font) {
  auto scale = text.size * pixels_per_millimetre / font.units_per_em();
  for (const auto& line : text.lines) {
    auto pen = line.x * pixels_per_millimetre;
    auto baseline = line.y * pixels_per_millimetre;
    for (const auto& glyph : line.glyphs) {
      // Fonts count upwards.
      out.fill(font.outline(glyph.id), {scale, -scale, pen + glyph.x_offset * scale, baseline - glyph.y_offset * scale},
               text.colour);
      pen += glyph.advance * scale;
    }
  }
}

// Modules of whole pixels, in the middle of the place: a reader likes sharp edges better than exact ones.
void draw(canvas& out, const qr_code& code, const qr_place& place) {
  auto modules = code.size() + 2 * qr_code::quiet_zone;
  auto side = pixels(place.side);
  auto module = std::max(1, side / modules);
  auto margin = (side - module * code.size()) / 2;
  auto left = pixels(place.x) + margin;
  auto top = pixels(place.y) + margin;
  code.for_each_run([&](int x, int y, int length) {
    out.fill_pixels(left + x * module, top + y * module, length * module, module, {});
  });
}

} // namespace

png_card::png_card(const card_design& design, const card_fonts& fonts)
    : qr_(design.qr), begun_{{pixels(card_width), pixels(card_height)}, {pixels(card_width), pixels(card_height)}} {
  for (auto side : sides_of(card_view::both)) {
    auto at = static_cast<std::size_t>(side);
    for (const auto& shape : design.shapes[at])
      draw(begun_[at], shape);
    for (const auto& text : lay_out_own_texts(design, side, fonts))
      draw(begun_[at], text, fonts[text.weight]);
  }
}

std::string png_card::write(const drawn_card& card, card_view view, const card_fonts& fonts) const {
  auto sides = sides_of(view);
  auto height = begun_[0].height();
  auto gap = pixels(card_gap);
  canvas out{begun_[0].width(), static_cast<int>(sides.size()) * (height + gap) - gap};
  int top = 0;
  for (auto side : sides) {
    auto at = static_cast<std::size_t>(side);
    auto picture = begun_[at];
    for (const auto& text : card.texts[at])
      draw(picture, text, fonts[text.weight]);
    if (side == card_side::back)
      draw(picture, card.code, qr_);
    out.paste(picture, top);
    top += height + gap;
  }
  return out.png();
}

} // namespace tessera
