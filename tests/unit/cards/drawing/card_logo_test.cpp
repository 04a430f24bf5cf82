#include "cards/drawing/card_logo.hpp"

#include "cards/drawing/card_design.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

using namespace tessera;

namespace {

constexpr const char* logo = R"(<?xml version="1.0"?>
<!-- two areas > one -->
<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" viewBox="10 20 40 20">
  <title>Logo</title>
  <path id="a" fill="#c00" d="M10 20h40v20h-40z"/>
  <path d='M20,30l5,5' fill='#00ff7f' />
  <path fill="none" d="M0 0"/>
</svg>)";

std::string path_with(const std::string& attributes) {
  return "<svg viewBox=\"0 0 1 1\"><path d=\"M0 0H1V1Z\" " + attributes + "/></svg>";
}

} // namespace

BOOST_AUTO_TEST_SUITE(card_logo_test)

BOOST_AUTO_TEST_CASE(paths_are_read_with_their_colours) {
  auto read = read_logo(logo);
  BOOST_TEST_REQUIRE(read.has_value());
  BOOST_TEST(read->width == 40);
  BOOST_TEST(read->height == 20);
  BOOST_TEST_REQUIRE(read->shapes.size() == 2);
  BOOST_TEST(read->shapes[0].path == "M0 0L40 0L40 20L0 20Z");
  BOOST_TEST((read->shapes[0].colour == rgb{204, 0, 0}));
  BOOST_TEST(read->shapes[1].path == "M10 10L15 15");
  BOOST_TEST((read->shapes[1].colour == rgb{0, 255, 127}));
}

BOOST_AUTO_TEST_CASE(what_is_in_the_way_is_said) {
  struct row {
    std::string svg;
    const char* why;
  };
  const row rows[] = {
      {"", "it has no viewBox"},
      {"<svg><path d=\"M0 0\"/></svg>", "it has no viewBox"},
      {"<svg viewBox=\"0 0 1 1\"/>", "it holds no path"},
      {"<svg viewBox=\"0 0 1\"/>", "its viewBox is not four numbers"},
      {"<svg viewBox=\"0 0 0 1\"/>", "its viewBox is not four numbers"},
      {"<svg viewBox=\"0 0 1 1\"><rect/></svg>", "it holds a <rect>, not only paths"},
      {"<svg viewBox=\"0 0 1 1\"><path d=\"M0 0", "it is cut"},
      {path_with("style=\"fill:#fff\""), "a path has the attribute style, which is not understood"},
      {path_with("transform=\"scale(2)\""), "a path has the attribute transform, which is not understood"},
      {path_with("fill=\"red\""), "a path's fill is not written as #rrggbb"},
      {path_with("d=\"M0 0A1 1 0 0 1 2 2\""), "a path has an arc or is malformed"},
      {path_with("d=\"M0 0" + std::string(4'000, ' ') + "\""), "its paths take more than 4,000 characters"},
  };
  for (const auto& [svg, why] : rows) {
    auto read = read_logo(svg);
    BOOST_TEST_REQUIRE(!read.has_value(), svg);
    BOOST_TEST(read.error().detail == std::string{"The logo cannot be used: "} + why + ".");
  }
}

BOOST_AUTO_TEST_CASE(it_stands_in_the_banner_left_of_the_organisation) {
  card_branding branding{"Ubuntu Civic Movement", "HTTPS://A.ZA/V", *read_logo(logo)};
  auto with = card_designs(branding);
  branding.logo.reset();
  auto without = card_designs(branding);
  for (std::size_t at = 0; at < with.size(); ++at) {
    BOOST_TEST(with[at].shapes[0].size() == without[at].shapes[0].size() + 3); // a tile and two areas
    const auto& name = with[at].texts[0].front();
    const auto& before = without[at].texts[0].front();
    BOOST_TEST(name.text == "Ubuntu Civic Movement");
    BOOST_TEST(name.x > before.x);
    BOOST_TEST(std::abs(name.x + name.width - (before.x + before.width)) < 1e-9);
  }
}

BOOST_AUTO_TEST_SUITE_END()
