#include "cards/drawing/deflate.hpp"

#include "tests/unit/cards/drawing/inflate.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(deflate_test)

BOOST_AUTO_TEST_CASE(zlib_reads_what_was_compressed) {
  for (const auto& text : {std::string{}, std::string{"a"}, std::string(100'000, 'x'), std::string("\0\1\2", 3)})
    for (auto effort : {deflate_effort::quick, deflate_effort::thorough})
      BOOST_TEST((test::inflate(zlib_compress(text, effort)) == text));
}

BOOST_AUTO_TEST_CASE(joined_parts_are_one_stream) {
  std::mt19937_64 random{3};
  auto text = [&](std::size_t most) {
    std::string out(random() % (most + 1), ' ');
    for (auto& character : out)
      character = static_cast<char>(random() % 8);
    return out;
  };
  for (int round = 0; round < 300; ++round) {
    auto front = text(300);
    auto middle = text(5'000);
    auto rest = text(3'000);
    BOOST_TEST_REQUIRE(
        (test::inflate(zlib_join(front, middle, deflate_blocks(middle), rest)) == front + middle + rest));
  }
}

BOOST_AUTO_TEST_CASE(the_checksum_is_that_of_png) {
  BOOST_TEST(crc32("IEND") == 0xae426082); // as every PNG image ends
}

BOOST_AUTO_TEST_SUITE_END()
