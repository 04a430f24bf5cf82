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

BOOST_AUTO_TEST_CASE(short_ways_of_writing_mean_the_same) {
  struct row {
    const char* text;
    const char* plain;
  };
  const row rows[] = {
      {"m1 2 3 4 5 6", "M1 2L4 6L9 12"},
      {"M1,2,3,4", "M1 2L3 4"},
      {"M.5.25-1-2", "M0.5 0.25L-1 -2"},
      {"M1e1+2", "M10 2"},
      {"M1 1l1 1h2v3H0V0", "M1 1L2 2L4 2L4 5L0 5L0 0"},
      {"M1 1h1zl2 2", "M1 1L2 1ZM1 1L3 3"},
      {"M1 1h1zm2 2h1", "M1 1L2 1ZM3 3L4 3"},
      {"M0 0C1 1 2 1 3 0S5 -1 6 0", "M0 0C1 1 2 1 3 0C4 -1 5 -1 6 0"},
      {"M0 0c1 1 2 1 3 0s2-1 3 0", "M0 0C1 1 2 1 3 0C4 -1 5 -1 6 0"},
      {"M0 0S1 1 2 2", "M0 0C0 0 1 1 2 2"},
      {"M0 0Q1 1 2 0T4 0T6 0", "M0 0Q1 1 2 0Q3 -1 4 0Q5 1 6 0"},
      {"M0 0q1 1 2 0t2 0", "M0 0Q1 1 2 0Q3 -1 4 0"},
      {"", ""},
  };
  for (const auto& [text, plain] : rows) {
    auto path = read_path(text);
    BOOST_TEST_REQUIRE(path.has_value(), text);
    BOOST_TEST((*path == parse_path(plain)), text);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_outline_is_refused) {
  for (auto text : {"L1 1", "1 2", "M", "M1", "M1 x", "M1 1 2", "M1 1A1 1 0 0 1 2 2", "M1 1Z2", "M1 1#", "Mnan 1",
                    "Minf 1", "M1e30 1", "M1e999 1"})
    BOOST_TEST(!read_path(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(a_path_is_written_where_it_is_placed) {
  std::string out;
  append_path_data(out, parse_path("M1 2L3 4Z"), {2, -1, 10, 0.25}, 1);
  BOOST_TEST(out == "M12 -1.8L16 -3.8Z");
  BOOST_TEST(read_path(out).has_value());
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
