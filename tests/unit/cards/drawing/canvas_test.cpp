#include "cards/drawing/canvas.hpp"

#include "cards/drawing/coverage.hpp"
#include "tests/unit/cards/drawing/png_picture.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <random>
#include <vector>

using namespace tessera;

namespace {

constexpr rgb black{};

// Whether a point is inside a polygon that does not cross itself: a ray to the left meets an odd number of edges.
bool inside(const std::vector<path_point>& polygon, double x, double y) {
  bool odd = false;
  for (std::size_t at = 0; at < polygon.size(); ++at) {
    auto from = polygon[at];
    auto to = polygon[(at + 1) % polygon.size()];
    if ((from.y > y) != (to.y > y) && x > from.x + (y - from.y) / (to.y - from.y) * (to.x - from.x))
      odd = !odd;
  }
  return odd;
}

} // namespace

BOOST_AUTO_TEST_SUITE(canvas_test)

BOOST_AUTO_TEST_CASE(an_edge_between_pixels_is_grey) {
  canvas sut{4, 3};
  sut.fill(parse_path("M1 0H2.5V3H1Z"), {}, black);
  test::png_picture picture{sut.png()};
  const int expected[] = {255, 0, 128, 255};
  for (std::size_t y = 0; y < 3; ++y)
    for (std::size_t x = 0; x < 4; ++x)
      BOOST_TEST(std::abs(picture.value(x, y) - expected[x]) <= 1);
}

BOOST_AUTO_TEST_CASE(what_goes_beyond_the_border_is_left_out) {
  canvas sut{3, 3};
  sut.fill(parse_path("M-10 -10H20V1H-10Z"), {}, {200, 100, 50});
  test::png_picture picture{sut.png()};
  for (std::size_t x = 0; x < 3; ++x) {
    BOOST_TEST(picture.value(x, 0, 0) == 200);
    BOOST_TEST(picture.value(x, 0, 1) == 100);
    BOOST_TEST(picture.value(x, 0, 2) == 50);
    BOOST_TEST(picture.value(x, 1, 0) == 255);
  }
}

BOOST_AUTO_TEST_CASE(a_hole_stays_open) {
  canvas sut{6, 6};
  sut.fill(parse_path("M0 0H6V6H0Z M2 2V4H4V2Z"), {}, black);
  test::png_picture picture{sut.png()};
  BOOST_TEST(picture.value(1, 1) == 0);
  BOOST_TEST(picture.value(3, 3) == 255);
}

BOOST_AUTO_TEST_CASE(a_line_is_as_wide_as_its_stroke) {
  canvas sut{8, 8};
  sut.stroke(parse_path("M0 2L4 2"), {2, 2, 0, 0}, 1, black);
  test::png_picture picture{sut.png()};
  const int expected[] = {255, 255, 255, 0, 0, 255, 255, 255};
  for (std::size_t y = 0; y < 8; ++y)
    BOOST_TEST(picture.value(4, y) == expected[y]);
}

// Against the obvious: counting points of a fine grid.
BOOST_AUTO_TEST_CASE(coverage_is_the_share_of_points_inside) {
  constexpr int size = 12;
  constexpr int grid = 24;
  std::mt19937_64 random{13};
  std::uniform_real_distribution<double> anywhere{-3, size + 3};
  for (int round = 0; round < 200; ++round) {
    std::vector<path_point> triangle;
    for (int at = 0; at < 3; ++at)
      triangle.push_back({anywhere(random), anywhere(random)});
    coverage sut{size, size};
    for (std::size_t at = 0; at < 3; ++at)
      sut.add_edge(triangle[at], triangle[(at + 1) % 3]);
    std::vector<double> shares(size * size);
    sut.for_each([&](int x, int y, float share) { shares[static_cast<std::size_t>(y * size + x)] = share; });
    for (int y = 0; y < size; ++y)
      for (int x = 0; x < size; ++x) {
        int hits = 0;
        for (int row = 0; row < grid; ++row)
          for (int column = 0; column < grid; ++column)
            hits += inside(triangle, x + (column + 0.5) / grid, y + (row + 0.5) / grid) ? 1 : 0;
        auto share = static_cast<double>(hits) / (grid * grid);
        BOOST_TEST_REQUIRE(std::abs(share - shares[static_cast<std::size_t>(y * size + x)]) < 0.08);
      }
  }
}

BOOST_AUTO_TEST_SUITE_END()
