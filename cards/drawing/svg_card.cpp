#include "cards/drawing/svg_card.hpp"

#include "cards/drawing/decimal.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace tessera {

namespace {

using weighted_glyphs = std::set<std::pair<font_weight, std::uint16_t>>;

std::string glyph_id(font_weight weight, std::uint16_t glyph) {
  return (weight == font_weight::bold ? "b" : "r") + std::to_string(glyph);
}

void append_escaped(std::string& out, std::string_view text) {
  for (auto character : text)
    switch (character) {
    case '&':
      out.append("&amp;");
      break;
    case '<':
      out.append("&lt;");
      break;
    case '>':
      out.append("&gt;");
      break;
    default:
      out.push_back(character);
    }
}

void append_attribute(std::string& out, std::string_view name, double value) {
  out.push_back(' ');
  out.append(name).append("=\"");
  append_decimal(out, value, 3);
  out.push_back('"');
}

void append_colour(std::string& out, std::string_view name, rgb colour) {
  constexpr std::string_view digits = "0123456789abcdef";
  out.push_back(' ');
  out.append(name).append("=\"#");
  for (auto part : {colour.red, colour.green, colour.blue}) {
    out.push_back(digits[part >> 4]);
    out.push_back(digits[part & 0xf]);
  }
  out.push_back('"');
}

std::string shapes_element(const std::vector<card_shape>& shapes) {
  std::string out;
  for (const auto& shape : shapes)
    for (int copy = 0; copy < shape.copies; ++copy) {
      out.append("<path d=\"").append(shape.path).push_back('"');
      if (shape.stroke > 0) {
        out.append(" fill=\"none\"");
        append_colour(out, "stroke", shape.colour);
        append_attribute(out, "stroke-width", shape.stroke);
      } else {
        append_colour(out, "fill", shape.colour);
      }
      if (copy > 0) {
        out.append(" transform=\"translate(");
        append_decimal(out, copy * shape.dx, 3);
        out.push_back(' ');
        append_decimal(out, copy * shape.dy, 3);
        out.append(")\"");
      }
      out.append("/>");
    }
  return out;
}

void append_text(std::string& out, const drawn_text& text, const card_font& font) {
  for (const auto& line : text.lines) {
    out.append("<g transform=\"translate(");
    append_decimal(out, line.x, 3);
    out.push_back(' ');
    append_decimal(out, line.y, 3);
    out.append(") scale(");
    append_decimal(out, text.size / font.units_per_em(), 6);
    out.append(")\"");
    append_colour(out, "fill", text.colour);
    out.push_back('>');
    std::int32_t pen = 0;
    for (const auto& glyph : line.glyphs) {
      if (!font.outline(glyph.id).verbs.empty()) {
        out.append("<use href=\"#").append(glyph_id(text.weight, glyph.id)).push_back('"');
        if (auto x = pen + glyph.x_offset; x != 0)
          append_attribute(out, "x", x);
        if (glyph.y_offset != 0)
          append_attribute(out, "y", -glyph.y_offset);
        out.append("/>");
      }
      pen += glyph.advance;
    }
    out.append("</g>");
  }
}

void append_qr(std::string& out, const qr_code& code, const qr_place& place) {
  auto module = place.side / (code.size() + 2 * qr_code::quiet_zone);
  out.append("<path shape-rendering=\"crispEdges\" transform=\"translate(");
  append_decimal(out, place.x + qr_code::quiet_zone * module, 3);
  out.push_back(' ');
  append_decimal(out, place.y + qr_code::quiet_zone * module, 3);
  out.append(") scale(");
  append_decimal(out, module, 6);
  out.append(")\" d=\"");
  append_runs(out, code, 0);
  out.append("\"/>");
}

void collect(weighted_glyphs& out, const std::vector<drawn_text>& texts) {
  for (const auto& text : texts)
    for (const auto& line : text.lines)
      for (const auto& glyph : line.glyphs)
        out.emplace(text.weight, glyph.id);
}

void append_description(std::string& out, const std::vector<drawn_text>& texts) {
  for (const auto& text : texts) {
    append_escaped(out, text.text);
    out.push_back('\n');
  }
}

// The texts of one side in reading order.
std::vector<drawn_text> in_order(const std::vector<drawn_text>& own, const std::vector<drawn_text>& fields) {
  std::vector<drawn_text> out = own;
  out.insert(out.end(), fields.begin(), fields.end());
  std::ranges::sort(out, {}, &drawn_text::place);
  return out;
}

} // namespace

svg_glyphs::svg_glyphs(const card_fonts& fonts) {
  for (auto weight : {font_weight::regular, font_weight::bold}) {
    const auto& font = fonts[weight];
    for (std::size_t glyph = 0; glyph < font.glyph_count(); ++glyph) {
      auto number = static_cast<std::uint16_t>(glyph);
      auto& definition = definitions_[static_cast<std::size_t>(weight)].emplace_back();
      definition.append("<path id=\"").append(glyph_id(weight, number)).append("\" d=\"");
      append_path_data(definition, font.outline(number), {1, -1, 0, 0}, 1); // fonts count upwards
      definition.append("\"/>");
    }
  }
}

svg_card::svg_card(const card_design& design, const card_fonts& fonts) : qr_(design.qr) {
  for (auto side : {card_side::front, card_side::back}) {
    auto at = static_cast<std::size_t>(side);
    shapes_[at] = shapes_element(design.shapes[at]);
    own_texts_[at] = lay_out_own_texts(design, side, fonts);
  }
}

std::string svg_card::write(const drawn_card& card, card_view view, const card_fonts& fonts,
                            const svg_glyphs& glyphs) const {
  weighted_glyphs used;
  std::string description;
  std::string pictures;
  double top = 0;
  for (auto side : sides_of(view)) {
    auto at = static_cast<std::size_t>(side);
    auto texts = in_order(own_texts_[at], card.texts[at]);
    collect(used, texts);
    append_description(description, texts);
    pictures.append("<svg");
    append_attribute(pictures, "y", top);
    append_attribute(pictures, "width", card_width);
    append_attribute(pictures, "height", card_height);
    pictures.append(">").append(shapes_[at]);
    for (const auto& text : texts)
      append_text(pictures, text, fonts[text.weight]);
    if (side == card_side::back)
      append_qr(pictures, card.code, qr_);
    pictures.append("</svg>");
    top += card_height + card_gap;
  }
  top -= card_gap;
  std::string out = R"(<svg xmlns="http://www.w3.org/2000/svg" role="img" lang="en" viewBox="0 0 )";
  append_decimal(out, card_width, 3);
  out.push_back(' ');
  append_decimal(out, top, 3);
  out.append("\" width=\"");
  append_decimal(out, card_width, 3);
  out.append("mm\" height=\"");
  append_decimal(out, top, 3);
  out.append("mm\"><title>");
  append_escaped(out, card.title);
  out.append("</title><desc>").append(description).append("</desc><defs>");
  for (auto [weight, glyph] : used)
    out.append(glyphs.definition(weight, glyph));
  return out.append("</defs>").append(pictures).append("</svg>");
}

} // namespace tessera
