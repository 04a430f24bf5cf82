#include "cards/drawing/qr_code.hpp"

#include "tests/unit/cards/drawing/png_picture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace tessera;
using namespace tessera::test;

namespace {

const std::string token = "AEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIB"
                          "AEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCA";

} // namespace

BOOST_AUTO_TEST_SUITE(qr_code_test)

BOOST_AUTO_TEST_CASE(capital_letters_make_a_smaller_code_than_bytes) {
  BOOST_TEST(qr_code("HTTPS://MEMBERS.CARDS.EXAMPLE.ORG/V", token).size() == 45); // version 7
  BOOST_TEST(qr_code("https://members.cards.example.org/V", token).size() > 45);
}

BOOST_AUTO_TEST_CASE(the_same_content_gives_the_same_code) {
  BOOST_TEST(qr_svg(qr_code("HTTPS://A.ZA/V", token)) == qr_svg(qr_code("HTTPS://A.ZA/V", token)));
}

BOOST_AUTO_TEST_CASE(three_corners_have_finders) {
  qr_code code{"HTTPS://A.ZA/V", token};
  auto far = code.size() - 7;
  for (auto [left, top] : {std::pair{0, 0}, {far, 0}, {0, far}})
    for (int y = 0; y < 7; ++y)
      for (int x = 0; x < 7; ++x) {
        auto ring = std::max(std::abs(x - 3), std::abs(y - 3)); // from the middle
        BOOST_TEST(code.dark(left + x, top + y) == (ring != 2));
      }
}

BOOST_AUTO_TEST_CASE(mask_3_and_correction_m_are_what_the_code_says_of_itself) {
  qr_code code{"HTTPS://A.ZA/V", token};
  // The format's first five bits, in row 8, are level (M: 00) and mask, under the pattern 10101.
  int bits = 0;
  for (int x = 0; x < 5; ++x)
    bits = bits << 1 | (code.dark(x, 8) ? 1 : 0);
  BOOST_TEST((bits ^ 0b10101) == 0b00011);
}

BOOST_AUTO_TEST_CASE(runs_cover_the_dark_modules_once) {
  qr_code code{"HTTPS://A.ZA/V", token};
  std::vector<int> covered(static_cast<std::size_t>(code.size() * code.size()));
  code.for_each_run([&](int x, int y, int length) {
    for (int at = x; at < x + length; ++at)
      ++covered.at(static_cast<std::size_t>(y * code.size() + at));
  });
  for (int y = 0; y < code.size(); ++y)
    for (int x = 0; x < code.size(); ++x)
      BOOST_TEST_REQUIRE(covered[static_cast<std::size_t>(y * code.size() + x)] == (code.dark(x, y) ? 1 : 0));
}

BOOST_AUTO_TEST_CASE(the_png_shows_each_module_with_a_quiet_zone_around) {
  qr_code code{"HTTPS://CARDS.EXAMPLE.ORG/V", token};
  for (auto scale : {1U, 3U, 8U}) {
    png_picture picture{qr_png(code, scale)};
    auto side = static_cast<std::size_t>(code.size() + 8) * scale;
    BOOST_TEST_REQUIRE(picture.width == side);
    BOOST_TEST_REQUIRE(picture.height == side);
    BOOST_TEST(picture.bit_depth == 1);
    BOOST_TEST(picture.colour_type == 0);
    for (std::size_t y = 0; y < side; ++y)
      for (std::size_t x = 0; x < side; ++x) {
        auto column = static_cast<int>(x / scale) - 4;
        auto row = static_cast<int>(y / scale) - 4;
        bool inside = column >= 0 && row >= 0 && column < code.size() && row < code.size();
        bool dark = inside && code.dark(column, row);
        BOOST_TEST_REQUIRE(picture.value(x, y) == (dark ? 0 : 255));
      }
  }
}

BOOST_AUTO_TEST_CASE(the_svg_has_a_quiet_zone_and_one_path) {
  qr_code code{"HTTPS://CARDS.EXAMPLE.ORG/V", token};
  auto svg = qr_svg(code);
  BOOST_TEST(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 53 53\""));
  BOOST_TEST(svg.find("d=\"M4 4h7v1h-7z") != std::string::npos); // the top of the first finder
  BOOST_TEST(svg.ends_with("z\"/></svg>"));
}

BOOST_AUTO_TEST_SUITE_END()
