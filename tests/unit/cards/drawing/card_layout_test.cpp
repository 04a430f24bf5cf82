#include "cards/drawing/card_layout.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

using namespace tessera;

namespace {

constexpr double tolerance = 1e-6;

struct fixture {
  void stays_inside(const drawn_text& text, const card_text& place) const {
    for (const auto& line : text.lines) {
      double width = 0;
      for (const auto& glyph : line.glyphs)
        width += glyph.advance * text.size / fonts[text.weight].units_per_em();
      auto left = place.style.align == text_align::right ? place.x - place.width : place.x;
      BOOST_TEST(line.x >= left - tolerance);
      BOOST_TEST(line.x + width <= left + place.width + tolerance);
      BOOST_TEST(line.y > 0);
      BOOST_TEST(line.y < card_height);
    }
  }

  card_branding branding{"Ubuntu Civic Movement", "HTTPS://CARDS.EXAMPLE.ORG/V"};
  qr_code code{branding.verify_address, std::string(132, 'A')};
  card_fonts fonts;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(card_layout_test, fixture)

BOOST_AUTO_TEST_CASE(there_are_a_standard_and_a_premium_design) {
  auto designs = card_designs(branding);
  BOOST_TEST_REQUIRE(designs.size() == 2);
  BOOST_TEST(designs[0].name == "standard");
  BOOST_TEST(designs[1].name == "premium");
}

BOOST_AUTO_TEST_CASE(every_place_lies_on_the_card) {
  for (const auto& design : card_designs(branding)) {
    for (const auto& texts : design.texts)
      for (const auto& place : texts) {
        auto left = place.style.align == text_align::right ? place.x - place.width : place.x;
        BOOST_TEST(left >= 0);
        BOOST_TEST(left + place.width <= card_width);
        BOOST_TEST(place.style.wrap_below >= place.style.smallest);
        BOOST_TEST(place.style.size >= place.style.wrap_below);
      }
    BOOST_TEST(design.qr.x + design.qr.side <= card_width);
    BOOST_TEST(design.qr.y + design.qr.side <= card_height);
  }
}

BOOST_AUTO_TEST_CASE(no_text_leaves_its_place) {
  const std::string texts[] = {"", "X", std::string(300, 'W'),
                               "Nokuthula-Thandeka Nomvula van der Westhuizen-Mkhabela Dlamini",
                               "Ndivhuwo Ṱhohoyanḓou Ndivhuwo Ṱhohoyanḓou Ndivhuwo Ṱhohoyanḓou"};
  for (const auto& text : texts) {
    card_branding other{text, "HTTPS://" + std::string(text.size() + 1, 'A') + ".ORG/V"};
    for (const auto& design : card_designs(other)) {
      card_face face{design.name, text, text, text, text, text, text, text, text, text, "AAAA"};
      auto card = lay_out_card(design, face, code, fonts);
      for (auto side : {card_side::front, card_side::back}) {
        const auto& places = design.texts[static_cast<std::size_t>(side)];
        for (const auto& drawn : card.texts[static_cast<std::size_t>(side)])
          stays_inside(drawn, places[drawn.place]);
        for (const auto& drawn : lay_out_own_texts(design, side, fonts))
          stays_inside(drawn, places[drawn.place]);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(own_texts_and_fields_together_are_all_of_a_design) {
  for (const auto& design : card_designs(branding)) {
    auto card = lay_out_card(design, {}, code, fonts);
    for (auto side : {card_side::front, card_side::back}) {
      auto at = static_cast<std::size_t>(side);
      auto own = lay_out_own_texts(design, side, fonts);
      BOOST_TEST(own.size() + card.texts[at].size() == design.texts[at].size());
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_empty_is_a_dash) {
  for (auto empty : {"", " ", "\n"})
    BOOST_TEST(lay_out({.field = card_field::ward, .width = 30, .style = {.size = 7}}, empty, fonts).text == "\u2014");
}

BOOST_AUTO_TEST_CASE(a_text_without_end_is_cut_between_characters) {
  std::string text;
  for (int i = 0; i < 100'000; ++i)
    text += "Ṱ";
  auto drawn = lay_out({.field = card_field::ward, .width = 30, .style = {.size = 7, .smallest = 5}}, text, fonts);
  BOOST_TEST(drawn.text.size() <= 600);
  BOOST_TEST(drawn.text.find("\ufffd") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_address_is_written_as_people_write_it) {
  auto designs = card_designs(branding);
  const auto& back = designs[0].texts[static_cast<std::size_t>(card_side::back)];
  BOOST_TEST(std::ranges::any_of(back, [](const card_text& text) { return text.text == "cards.example.org/V"; }));
}

BOOST_AUTO_TEST_SUITE_END()
