#include "storage/import/first_lines.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(first_lines_test)

BOOST_AUTO_TEST_CASE(it_remembers_what_a_map_does) {
  first_lines lines;
  std::map<std::uint64_t, std::uint64_t> model;
  std::mt19937_64 random{20260401};
  for (std::uint64_t line = 1; line <= 50'000; ++line) {
    auto key = random() % 40'000;
    lines.add(key, line);
    model.emplace(key, line);
  }
  BOOST_TEST(lines.size() == model.size());
  for (std::uint64_t key = 0; key < 41'000; ++key) {
    auto found = model.find(key);
    auto line = lines.line_of(key);
    if (line.has_value() != (found != model.end()) || (line && *line != found->second))
      BOOST_ERROR("key " << key);
  }
}

BOOST_AUTO_TEST_SUITE_END()
