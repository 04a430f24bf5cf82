// Both designs set the same texts in the same places; colours and shapes tell them apart. All lengths in millimetres,
// sizes of text in points.

#include "cards/drawing/card_design.hpp"

#include "cards/drawing/vector_path.hpp"

#include <algorithm>

namespace tessera {

namespace {

struct palette {
  rgb banner;      ///< the organisation's name
  rgb banner_note; ///< what kind of card it is
  rgb strong;      ///< the member's name and numbers
  rgb text;
  rgb label;
};

constexpr rgb white{255, 255, 255};

// The smallest letters of the card, so they never shrink.
text_style label_style(const palette& colours) {
  return {.size = 4.6,
          .wrap_below = 4.6,
          .smallest = 4.6,
          .weight = font_weight::bold,
          .colour = colours.label,
          .tracking = 0.06};
}

text_style value_style(const palette& colours) {
  return {.size = 7.6, .wrap_below = 6.2, .smallest = 5, .lines = 2, .colour = colours.text};
}

void add_labelled(std::vector<card_text>& texts, std::string label, card_field field, double x, double y, double width,
                  const palette& colours, const text_style& value) {
  constexpr double below_label = 3.5;
  texts.push_back({.text = std::move(label), .x = x, .y = y, .width = width, .style = label_style(colours)});
  texts.push_back({.field = field, .x = x, .y = y + below_label, .width = width, .style = value});
}

card_shape area(std::string path, rgb colour) {
  return {.path = std::move(path), .colour = colour};
}

// A logo stands in the banner on a white tile, as large as it fits; on white, because that is what logos are made for.
struct logo_tile {
  static constexpr double left = 6;
  static constexpr double middle = 6.6;
  static constexpr double widest = 16;
  static constexpr double highest = 8;
  static constexpr double padding = 0.8;

  explicit logo_tile(const card_logo& logo)
      : scale(std::min(widest / logo.width, highest / logo.height)), width(logo.width * scale + 2 * padding),
        height(logo.height * scale + 2 * padding) {
  }

  void draw(const card_logo& logo, std::vector<card_shape>& on) const {
    auto top = middle - height / 2;
    std::string tile;
    append_path_data(tile, parse_path("M0 0H1V1H0Z"), {width, height, left, top}, 3);
    on.push_back(area(tile, white));
    for (auto shape : logo.shapes) {
      auto path = parse_path(shape.path);
      shape.path.clear();
      append_path_data(shape.path, path, {scale, scale, left + padding, top + padding}, 3);
      on.push_back(std::move(shape));
    }
  }

  double scale;
  double width;
  double height;
};

// Where the organisation's name begins in the banner.
double banner_left(const card_branding& branding) {
  constexpr double gap = 2.4;
  return logo_tile::left + (branding.logo ? logo_tile{*branding.logo}.width + gap : 0);
}

void add_logo(const card_branding& branding, std::vector<card_shape>& front) {
  if (branding.logo)
    logo_tile{*branding.logo}.draw(*branding.logo, front);
}

std::vector<card_text> front_texts(const card_branding& branding, const std::string& kind, const palette& colours) {
  auto value = value_style(colours);
  auto strong = value;
  strong.weight = font_weight::bold;
  strong.colour = colours.strong;
  constexpr double left = 6;
  constexpr double middle = 44;
  constexpr double banner_right = 52;
  constexpr double left_width = 35;
  constexpr double middle_width = card_width - left - middle;
  std::vector<card_text> texts{
      {.text = branding.organisation,
       .x = banner_left(branding),
       .y = 7.3,
       .width = banner_right - banner_left(branding),
       .style = {.size = 11,
                 .wrap_below = 8.5,
                 .smallest = 5.2,
                 .lines = 2,
                 .weight = font_weight::bold,
                 .colour = colours.banner}},
      {.text = kind,
       .x = card_width - left,
       .y = 6.8,
       .width = 24,
       .style = {.size = 4.8,
                 .wrap_below = 4.8,
                 .smallest = 4.6,
                 .weight = font_weight::bold,
                 .colour = colours.banner_note,
                 .tracking = 0.07,
                 .align = text_align::right}},
      {.field = card_field::name,
       .x = left,
       .y = 21.4,
       .width = card_width - 2 * left,
       .style = {.size = 15,
                 .wrap_below = 10,
                 .smallest = 7,
                 .lines = 2,
                 .weight = font_weight::bold,
                 .colour = colours.strong}},
  };
  add_labelled(texts, "PROVINCE", card_field::province, left, 27.4, left_width, colours, value);
  add_labelled(texts, "MUNICIPALITY", card_field::municipality, middle, 27.4, middle_width, colours, value);
  add_labelled(texts, "WARD", card_field::ward, left, 35.4, left_width, colours, value);
  add_labelled(texts, "VOTING STATION", card_field::voting_station, middle, 35.4, middle_width, colours, value);
  add_labelled(texts, "ISSUED", card_field::issue_date, left, 47, 17, colours, strong);
  add_labelled(texts, "VALID UNTIL", card_field::expiry_date, 25, 47, 17, colours, strong);
  add_labelled(texts, "CARD NUMBER", card_field::card_number, middle, 47, middle_width, colours, strong);
  return texts;
}

// "HTTPS://EXAMPLE.ORG/V" as people write it: "example.org/V".
std::string spoken_address(std::string_view address) {
  if (auto scheme = address.find("://"); scheme != std::string_view::npos)
    address.remove_prefix(scheme + 3);
  std::string out{address};
  auto host_end = out.begin() + static_cast<std::ptrdiff_t>(std::min(out.find('/'), out.size()));
  std::transform(out.begin(), host_end, out.begin(),
                 [](char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter; });
  return out;
}

constexpr qr_place back_qr{.x = 6, .y = 10.6, .side = 37.4};

std::vector<card_text> back_texts(const card_branding& branding, const palette& colours) {
  constexpr double left = back_qr.x;
  constexpr double right = back_qr.x + back_qr.side + 4.6;
  constexpr double width = card_width - 6 - right;
  text_style number{
      .size = 13, .wrap_below = 7, .smallest = 6, .lines = 2, .weight = font_weight::bold, .colour = colours.strong};
  std::vector<card_text> texts{
      {.text = branding.organisation,
       .x = left,
       .y = 5.6,
       .width = card_width - 2 * left,
       .style = {.size = 7, .wrap_below = 7, .smallest = 4.6, .weight = font_weight::bold, .colour = colours.banner}}};
  texts.push_back({.text = "MEMBERSHIP NUMBER", .x = right, .y = 14, .width = width, .style = label_style(colours)});
  texts.push_back({.field = card_field::membership_number, .x = right, .y = 19.2, .width = width, .style = number});
  number.size = 8.5;
  texts.push_back({.text = "CARD NUMBER", .x = right, .y = 25, .width = width, .style = label_style(colours)});
  texts.push_back({.field = card_field::card_number, .x = right, .y = 28.8, .width = width, .style = number});
  texts.push_back(
      {.text = "To check this card, scan the code with a phone\u2019s camera. The page that opens must be",
       .x = right,
       .y = 36,
       .width = width,
       .style = {
           .size = 6.2, .wrap_below = 6.2, .smallest = 5.2, .lines = 3, .colour = colours.text, .centred = false}});
  texts.push_back({.text = spoken_address(branding.verify_address),
                   .x = right,
                   .y = 44.8,
                   .width = width,
                   .style = {.size = 7.2,
                             .wrap_below = 5.6,
                             .smallest = 4.6,
                             .lines = 2,
                             .weight = font_weight::bold,
                             .colour = colours.strong}});
  texts.push_back({.text = "A card is valid only if the check says so.",
                   .x = left,
                   .y = 51.4,
                   .width = card_width - 2 * left,
                   .style = {.size = 5, .wrap_below = 5, .smallest = 4.6, .colour = colours.label}});
  return texts;
}

// Lines like those on banknotes, which a copy blurs.
card_shape waves(std::string path, rgb colour, int copies, double dx, double dy) {
  return {.path = std::move(path), .colour = colour, .stroke = 0.11, .copies = copies, .dx = dx, .dy = dy};
}

// What reaches an edge goes beyond it, so that neither a rounded pixel nor a careless cut leaves a white line.
constexpr const char* whole_card = "M-2 -2H88V56H-2Z";

// White, with a green banner whose edge swings, and a ribbon of gold under it.
card_design standard(const card_branding& branding) {
  constexpr rgb green{11, 79, 60};
  constexpr rgb deep_green{8, 62, 47};
  constexpr rgb gold{224, 165, 38};
  constexpr rgb mist{233, 242, 238};
  constexpr rgb lines{214, 230, 223};
  constexpr palette colours{.banner = white,
                            .banner_note = {250, 214, 126},
                            .strong = {13, 58, 45},
                            .text = {28, 38, 34},
                            .label = {84, 103, 95}};
  card_design design{.name = "standard", .shapes = {}, .texts = {}, .qr = back_qr};
  design.shapes[0] = {
      area(whole_card, white),
      waves("M30 46 C44 24 58 56 70 36 C78 23 84 30 94 20", lines, 18, 0.9, 0.75),
      area("M-2 43.4H88V56H-2Z", mist),
      area("M-2 -2H88V12.3 C60 18.4 30 10.3 -2 15.4 Z", gold),
      area("M-2 -2H88V11.1 C60 17.2 30 9.1 -2 14.2 Z", green),
      area("M40 -2H88V6.6 C72 12.8 62 2.6 40 -2 Z", deep_green),
      area("M-2 43.4H88V43.75H-2Z", gold),
  };
  add_logo(branding, design.shapes[0]);
  design.texts[0] = front_texts(branding, "MEMBERSHIP CARD", colours);
  design.shapes[1] = {
      area(whole_card, white),
      waves("M38 20 C52 6 62 44 74 22 C80 12 86 18 94 8", lines, 18, 0.9, 0.95),
      area("M4.5 9.6H44.9V49H4.5Z", white),
      area("M-2 -2H88V9.3H-2Z", gold),
      area("M-2 -2H88V8.7H-2Z", green),
      area("M40 -2H88V5.8 C72 10.4 62 2.6 40 -2 Z", deep_green),
  };
  design.texts[1] = back_texts(branding, colours);
  return design;
}

// Midnight blue and gold.
card_design premium(const card_branding& branding) {
  constexpr rgb night{16, 20, 34};
  constexpr rgb facet{23, 29, 48};
  constexpr rgb lines{66, 60, 50};
  constexpr rgb gold{212, 175, 85};
  constexpr rgb pale_gold{236, 214, 150};
  constexpr palette colours{.banner = pale_gold,
                            .banner_note = night,
                            .strong = {247, 240, 222},
                            .text = {231, 227, 216},
                            .label = {186, 168, 122}};
  card_design design{.name = "premium", .shapes = {}, .texts = {}, .qr = back_qr};
  design.shapes[0] = {
      area(whole_card, night),
      area("M52.8 -2H88V56H29.2Z", facet),
      waves("M30 46 C44 24 58 56 70 36 C78 23 84 30 94 20", lines, 22, 0.9, 0.75),
      area("M-2 13.2H88V13.5H-2Z", gold),
      area("M57.4 3.5 C56.1 3.5 55.2 4.4 55.2 5.7 C55.2 7 56.1 7.9 57.4 7.9 H88V3.5Z", gold),
      area("M-2 43.4H88V43.6H-2Z", gold),
      area("M-2 43.6H88V56H-2Z", {11, 14, 25}),
  };
  add_logo(branding, design.shapes[0]);
  design.texts[0] = front_texts(branding, "PREMIUM MEMBER", colours);
  design.shapes[1] = {
      area(whole_card, night),
      area("M52.8 -2H88V56H29.2Z", facet),
      waves("M38 20 C52 6 62 44 74 22 C80 12 86 18 94 8", lines, 22, 0.9, 0.95),
      area("M-2 8.4H88V8.7H-2Z", gold),
      area("M7.5 10.6H41.9C42.8 10.6 43.4 11.2 43.4 12.1V46.5C43.4 47.4 42.8 48 41.9 48H7.5C6.6 48 6 47.4 6 46.5V12.1"
           "C6 11.2 6.6 10.6 7.5 10.6Z",
           white),
  };
  design.texts[1] = back_texts(branding, colours);
  return design;
}

} // namespace

std::vector<card_design> card_designs(const card_branding& branding) {
  return {standard(branding), premium(branding)};
}

} // namespace tessera
