#include "cards/drawing/font_program.hpp"

#include "cards/drawing/sfnt.hpp"
#include "tests/unit/cards/drawing/inflate.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>
#include <span>
#include <string>

using namespace tessera;

namespace {

struct fixture {
  glyph_set glyphs_of(std::string_view text) const {
    glyph_set out{font.glyph_count()};
    out.add(font.shape(text).glyphs);
    return out;
  }

  card_font font{noto_sans_bold(), "NotoSans-Bold"};
};

std::span<const unsigned char> bytes(const std::string& file) {
  return {reinterpret_cast<const unsigned char*>(file.data()), file.size()};
}

// Checks what a font says of itself.
void check_tables(const std::string& file) {
  auto count = read_u16(file, 4);
  std::string previous;
  for (std::size_t at = 12; at < 12 + 16 * count; at += 16) {
    auto tag = file.substr(at, 4);
    BOOST_TEST(previous < tag); // in order, so that readers may search
    previous = tag;
    auto offset = read_u32(file, at + 8);
    auto size = read_u32(file, at + 12);
    BOOST_TEST(offset % 4 == 0);
    auto padded = std::string_view{file}.substr(offset, (size + 3) / 4 * 4);
    BOOST_TEST_REQUIRE(padded.size() >= size);
    auto sum = table_checksum(padded);
    if (tag == "head")
      sum -= read_u32(file, offset + 8);
    BOOST_TEST(sum == read_u32(file, at + 4), tag);
  }
  BOOST_TEST(table_checksum(file) == 0xb1b0afba);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(font_program_test, fixture)

BOOST_AUTO_TEST_CASE(the_font_is_consistent_whatever_it_holds) {
  font_program program{font, glyphs_of("0123456789 MEMBERSHIP")};
  for (auto text : {"", "Thandiwe Mokoena", "Ndivhuwo Ṱhohoyanḓou", "ÅÇÉÑŽ"}) {
    auto [data, length] = program.write(glyphs_of(text));
    auto file = test::inflate(data);
    BOOST_TEST(file.size() == length);
    check_tables(file);
  }
}

BOOST_AUTO_TEST_CASE(it_has_the_outlines_that_are_wanted_and_no_others) {
  std::mt19937_64 random{9};
  auto full = font.files().embedded;
  for (int round = 0; round < 30; ++round) {
    glyph_set core{font.glyph_count()};
    glyph_set wanted{font.glyph_count()};
    for (std::size_t glyph = 0; glyph < font.glyph_count(); ++glyph) {
      if (random() % 5 == 0)
        core.add(static_cast<std::uint16_t>(glyph));
      if (random() % 20 == 0)
        wanted.add(static_cast<std::uint16_t>(glyph));
    }
    font_program program{font, core};
    auto map = program.glyph_map();
    auto number = [&](std::size_t glyph) { return static_cast<std::uint16_t>(read_u16(map, 2 * glyph)); };
    auto file = test::inflate(program.write(wanted).data);
    check_tables(file);
    // Components that came along are no surprise.
    auto expected = [&](std::uint16_t glyph) { return core.has(glyph) || wanted.has(glyph); };
    std::map<std::uint16_t, bool> components;
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t at = 0; at < font.glyph_count(); ++at) {
        auto glyph = static_cast<std::uint16_t>(at);
        if (auto description = glyph_description(full, glyph); expected(glyph) || components[glyph])
          for_each_component(description, [&](std::size_t place) {
            components[static_cast<std::uint16_t>(read_u16(description, place))] = true;
          });
      }
    for (std::size_t at = 1; at < font.glyph_count(); ++at) {
      auto glyph = static_cast<std::uint16_t>(at);
      std::string original{glyph_description(full, glyph)};
      std::string ours{glyph_description(bytes(file), number(glyph))};
      if (!expected(glyph) && !components[glyph]) {
        BOOST_TEST_REQUIRE(ours.empty());
        continue;
      }
      for_each_component(original, [&](std::size_t place) {
        auto moved = number(read_u16(original, place));
        original[place] = static_cast<char>(moved >> 8);
        original[place + 1] = static_cast<char>(moved & 0xff);
      });
      BOOST_TEST_REQUIRE(ours.starts_with(original));
      BOOST_TEST_REQUIRE(read_u16(find_table(bytes(file), "hmtx"), 4U * number(glyph))
                         == static_cast<std::uint32_t>(font.width(glyph)));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
