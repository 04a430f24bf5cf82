#include "cards/drawing/pdf_file.hpp"

#include "tests/unit/cards/drawing/inflate.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace tessera;

namespace {

unsigned big_endian(std::string_view bytes) {
  unsigned value = 0;
  for (auto byte : bytes)
    value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

// Returns the content of the stream whose object begins at `offset`.
std::string stream_at(const std::string& file, std::size_t offset) {
  auto length = std::stoul(file.substr(file.find("/Length ", offset) + 8));
  auto dictionary_end = file.find(">>stream\n", offset);
  return file.substr(dictionary_end + 9, length);
}

} // namespace

BOOST_AUTO_TEST_SUITE(pdf_file_test)

BOOST_AUTO_TEST_CASE(the_cross_reference_leads_to_every_object) {
  pdf_file begun;
  auto catalog = begun.reserve();
  auto information = begun.reserve();
  auto late = begun.reserve();
  auto packed = begun.reserve();
  begun.add(information, "<</Title(x)>>");
  begun.add_packed({{catalog, "<</Type/Catalog>>"}, {packed, "[1 2 3]"}}, deflate_effort::thorough);
  auto copy = begun;
  copy.add_stream(late, "/Kind/Late", "content", deflate_effort::quick);
  auto file = std::move(copy).finish(catalog, information);

  BOOST_TEST(file.starts_with("%PDF-1.7\n%"));
  BOOST_TEST(file.ends_with("\n%%EOF\n"));
  auto start = std::stoul(file.substr(file.rfind("startxref\n") + 10));
  BOOST_TEST(file.find("/Type/XRef/W[1 4 2]/Size 7/Root 1 0 R/Info 2 0 R", start) != std::string::npos);
  auto table = stream_at(file, start);
  BOOST_TEST_REQUIRE(table.size() == 7 * 7);
  auto entry = [&](int number) { return std::string_view{table}.substr(static_cast<std::size_t>(number) * 7, 7); };
  BOOST_TEST(big_endian(entry(0)) == 0xffff); // the free one
  for (int number = 1; number < 7; ++number) {
    auto kind = entry(number)[0];
    auto place = big_endian(entry(number).substr(1, 4));
    auto index = big_endian(entry(number).substr(5));
    if (number == catalog || number == packed) {
      BOOST_TEST(kind == 2);
      BOOST_TEST(index == (number == packed ? 1U : 0U));
      continue;
    }
    BOOST_TEST(kind == 1);
    BOOST_TEST(file.substr(place).starts_with(std::to_string(number) + " 0 obj\n"));
  }
  auto holder = big_endian(entry(packed).substr(1, 4));
  auto held = test::inflate(stream_at(file, big_endian(entry(static_cast<int>(holder)).substr(1, 4))));
  BOOST_TEST(held == "1 0 4 18 <</Type/Catalog>>\n[1 2 3]\n");
  BOOST_TEST(test::inflate(stream_at(file, big_endian(entry(late).substr(1, 4)))) == "content");
}

BOOST_AUTO_TEST_CASE(text_is_utf_16_with_a_mark) {
  BOOST_TEST(pdf_text_string("Aḓ") == "<FEFF00411E13>");
}

BOOST_AUTO_TEST_SUITE_END()
