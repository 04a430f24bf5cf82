#include "cards/drawing/fitted_text.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <iterator>
#include <random>
#include <string>

using namespace tessera;

namespace {

constexpr double tolerance = 1e-6;

const card_font& font() {
  static const card_font font{noto_sans_regular(), "NotoSans-Regular"};
  return font;
}

fitted_text fit_text(const std::string& text, const fit_rule& rule) {
  return fit(font().shape(text), font(), rule);
}

constexpr fit_rule name_rule{.width = 70, .size = 5, .wrap_below = 3.5, .smallest = 2.4, .lines = 2};

// Measured anew, from the glyphs.
double width_of(const fitted_line& line, double size) {
  double sum = 0;
  for (const auto& glyph : line.glyphs)
    sum += glyph.advance;
  return sum / font().units_per_em() * size;
}

std::string without_spaces(std::string text) {
  std::erase(text, ' ');
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(fitted_text_test)

BOOST_AUTO_TEST_CASE(a_short_text_keeps_its_size) {
  auto fitted = fit_text("Thandiwe", name_rule);
  BOOST_TEST(fitted.size == 5);
  BOOST_TEST_REQUIRE(fitted.lines.size() == 1);
  BOOST_TEST(fitted.lines[0].text == "Thandiwe");
}

BOOST_AUTO_TEST_CASE(a_longer_one_shrinks_on_its_line) {
  auto fitted = fit_text("Pieter van der Merwe-Ngcobo the Third", name_rule);
  BOOST_TEST(fitted.size < 5);
  BOOST_TEST(fitted.size >= 3.5);
  BOOST_TEST_REQUIRE(fitted.lines.size() == 1);
  BOOST_TEST(fitted.lines[0].width == 70, boost::test_tools::tolerance(tolerance));
}

BOOST_AUTO_TEST_CASE(then_it_wraps_between_words) {
  auto fitted = fit_text("Nokuthula Nomvula van der Westhuizen Mkhabela Dlamini", name_rule);
  BOOST_TEST_REQUIRE(fitted.lines.size() == 2);
  BOOST_TEST(fitted.lines[0].text == "Nokuthula Nomvula van der Westhuizen");
  BOOST_TEST(fitted.lines[1].text == "Mkhabela Dlamini");
  BOOST_TEST(!fitted.cut);
}

BOOST_AUTO_TEST_CASE(or_behind_a_hyphen) {
  auto fitted = fit_text("Mphahlele-Ramaphosa-Nkosazana-Sisulu-Mokonyane-Zuma", name_rule);
  BOOST_TEST_REQUIRE(fitted.lines.size() == 2);
  BOOST_TEST(fitted.lines[0].text.ends_with('-'));
}

BOOST_AUTO_TEST_CASE(a_word_is_broken_only_when_smaller_letters_do_not_help) {
  auto fitted = fit_text(std::string(60, 'm'), {.width = 70, .size = 5, .wrap_below = 3.5, .smallest = 2, .lines = 2});
  BOOST_TEST(fitted.size == 2);
  BOOST_TEST(fitted.lines.size() == 2);
  BOOST_TEST(!fitted.cut);
}

BOOST_AUTO_TEST_CASE(the_rest_is_cut_with_an_ellipsis_and_kept_as_text) {
  std::string name;
  for (int i = 0; i < 30; ++i)
    name += "Nkosazana ";
  auto fitted = fit_text(name, name_rule);
  name.pop_back();
  BOOST_TEST(fitted.cut);
  BOOST_TEST(fitted.size == 2.4);
  BOOST_TEST_REQUIRE(fitted.lines.size() == 2);
  BOOST_TEST(fitted.lines[1].glyphs.back().id == font().shape("…").glyphs.front().id);
  BOOST_TEST(fitted.lines[0].text + ' ' + fitted.lines[1].text == name);
}

BOOST_AUTO_TEST_CASE(an_empty_text_has_no_lines) {
  BOOST_TEST(fit_text("", name_rule).lines.empty());
}

BOOST_AUTO_TEST_CASE(tracking_counts) {
  auto rule = name_rule;
  rule.tracking = 0.1;
  auto fitted = fit_text("WARD", rule);
  BOOST_TEST_REQUIRE(fitted.lines.size() == 1);
  BOOST_TEST(fitted.lines[0].width == fit_text("WARD", name_rule).lines[0].width + 4 * 0.1 * 5,
             boost::test_tools::tolerance(tolerance));
}

// The property that counts: whatever the text and the place, no line is wider, none is too many, no size is outside
// the rule, and every letter is said once.
BOOST_AUTO_TEST_CASE(nothing_ever_overflows) {
  const char* pieces[] = {"a", "W", "i",      "Ṱ", "ḓ", "n\u032d", "q\u032d\u0301", "-", "-", " ", " ", " ",
                          "'", "ﬁ", "\u674e", "M", "ŉ", "fi",      "\u00a0",        "1", "…"};
  std::mt19937_64 random{5};
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto length = random() % 90; length > 0; --length)
      text += pieces[random() % std::size(pieces)];
    fit_rule rule{.width = 5 + static_cast<double>(random() % 80),
                  .size = 3 + static_cast<double>(random() % 3),
                  .wrap_below = 2 + static_cast<double>(random() % 2),
                  .smallest = 1 + static_cast<double>(random() % 2),
                  .lines = 1 + static_cast<int>(random() % 3),
                  .tracking = static_cast<double>(random() % 2) / 10};
    auto shaped = font().shape(text);
    auto fitted = fit(shaped, font(), rule);
    BOOST_TEST_REQUIRE(fitted.lines.size() <= static_cast<std::size_t>(rule.lines));
    BOOST_TEST_REQUIRE(fitted.size <= rule.size);
    BOOST_TEST_REQUIRE(fitted.size >= rule.smallest);
    std::string said;
    std::size_t glyphs = 0;
    for (const auto& line : fitted.lines) {
      BOOST_TEST_REQUIRE(width_of(line, fitted.size) <= rule.width + tolerance, text << " in " << rule.width);
      BOOST_TEST_REQUIRE(std::abs(width_of(line, fitted.size) - line.width) < tolerance);
      said += line.text;
      glyphs += line.glyphs.size();
    }
    BOOST_TEST_REQUIRE(without_spaces(said) == without_spaces(shaped.text));
    auto spaces = static_cast<std::size_t>(std::ranges::count(shaped.text, ' '));
    if (!fitted.cut)
      BOOST_TEST_REQUIRE(glyphs + spaces >= shaped.glyphs.size());
  }
}

BOOST_AUTO_TEST_SUITE_END()
