#include "cards/drawing/vector_path.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(vector_path_test)

BOOST_AUTO_TEST_CASE(each_command_is_read) {
  vector_path expected;
  expected.add(path_verb::move, {{1, -2.5}});
  expected.add(path_verb::line, {{3, 4}});
  expected.add(path_verb::line, {{10, 4}});
  expected.add(path_verb::line, {{10, 20}});
  expected.add(path_verb::quadratic, {{1, 2}, {3, 4}});
  expected.add(path_verb::cubic, {{1, 2}, {3, 4}, {5, 6}});
  expected.add(path_verb::close, {});
  BOOST_TEST((parse_path("M1 -2.5L3 4 H10V20 Q1 2 3 4C 1 2 3 4 5 6Z") == expected));
}

BOOST_AUTO_TEST_CASE(steps_get_their_points) {
  std::size_t points = 0;
  parse_path("M0 0L1 1C2 2 3 3 4 4Z").for_each([&](path_verb verb, const path_point* at) {
    for (std::size_t i = 0; i < point_count(verb); ++i)
      BOOST_TEST(at[i].x == static_cast<double>(points++));
  });
  BOOST_TEST(points == 5);
}

BOOST_AUTO_TEST_SUITE_END()
