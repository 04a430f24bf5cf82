#include "cards/drawing/card_layout.hpp"

#include "cards/drawing/utf8.hpp"

#include <cassert>

namespace tessera {

namespace {

constexpr double millimetres_per_point = 25.4 / 72;

// From one baseline to the next, in em.
constexpr double leading = 1.18;

// How much of the room that more lines take they take above the place of one: less than half, as capitals have no
// room below them.
constexpr double share_above = 0.25;

// More than fits in any place, even in narrow letters; so that no record makes a card slow to draw, or large.
constexpr std::size_t longest_text = 600;

// Returns as much of `text` as is looked at, without half a character at its end.
std::string_view beginning(std::string_view text) noexcept {
  if (text.size() <= longest_text)
    return text;
  auto end = longest_text;
  while (end > 0 && (text[end] & 0xc0) == 0x80) // amid a character of UTF-8
    --end;
  return text.substr(0, end);
}

// REQUIRES: `field` is not none.
const std::string& field_text(const card_face& face, card_field field) noexcept {
  switch (field) {
  case card_field::none:
    break;
  case card_field::name:
    return face.name;
  case card_field::membership_number:
    return face.membership_number;
  case card_field::province:
    return face.province;
  case card_field::municipality:
    return face.municipality;
  case card_field::ward:
    return face.ward;
  case card_field::voting_station:
    return face.voting_station;
  case card_field::issue_date:
    return face.issue_date;
  case card_field::expiry_date:
    return face.expiry_date;
  case card_field::card_number:
    return face.card_number;
  }
  assert(false);
  return face.name;
}

} // namespace

card_fonts::card_fonts() : regular_(noto_sans_regular(), "NotoSans-Regular"), bold_(noto_sans_bold(), "NotoSans-Bold") {
}

drawn_text lay_out(const card_text& place, std::string_view text, const card_fonts& fonts) {
  const auto& style = place.style;
  const auto& font = fonts[style.weight];
  auto shaped = font.shape(beginning(text));
  if (shaped.text.empty() && place.field != card_field::none)
    shaped = font.shape("\u2014");
  auto fitted = fit(shaped, font,
                    {.width = place.width,
                     .size = style.size * millimetres_per_point,
                     .wrap_below = style.wrap_below * millimetres_per_point,
                     .smallest = style.smallest * millimetres_per_point,
                     .lines = style.lines,
                     .tracking = style.tracking});
  drawn_text out{0, style.weight, style.colour, fitted.size, {}, std::move(shaped.text)};
  auto y = place.y;
  if (style.centred && !fitted.lines.empty())
    y -= static_cast<double>(fitted.lines.size() - 1) * leading * fitted.size * share_above;
  for (auto& line : fitted.lines) {
    auto x = style.align == text_align::right ? place.x - line.width : place.x;
    out.lines.push_back({x, y, std::move(line.glyphs), std::move(line.text)});
    y += leading * fitted.size;
  }
  return out;
}

std::vector<drawn_text> lay_out_own_texts(const card_design& design, card_side side, const card_fonts& fonts) {
  std::vector<drawn_text> out;
  const auto& places = design.texts[static_cast<std::size_t>(side)];
  for (std::size_t at = 0; at < places.size(); ++at)
    if (places[at].field == card_field::none) {
      out.push_back(lay_out(places[at], places[at].text, fonts));
      out.back().place = at;
    }
  return out;
}

drawn_card lay_out_card(const card_design& design, const card_face& face, const qr_code& code,
                        const card_fonts& fonts) {
  drawn_card out{{}, code, "Membership card"};
  if (auto name = printable_line(beginning(face.name)); !name.empty())
    out.title.append(" of ").append(name);
  if (auto number = printable_line(beginning(face.card_number)); !number.empty())
    out.title.append(", ").append(number);
  for (std::size_t side = 0; side < 2; ++side)
    for (std::size_t at = 0; at < design.texts[side].size(); ++at)
      if (const auto& place = design.texts[side][at]; place.field != card_field::none) {
        out.texts[side].push_back(lay_out(place, field_text(face, place.field), fonts));
        out.texts[side].back().place = at;
      }
  return out;
}

} // namespace tessera
