// subset_font FONT.ttf NAME OUTPUT.cpp
//
// Run by the build. Makes the two fonts that cards are drawn with from one whole font, and writes them as a source
// file: one to shape and draw with, and the same glyphs under the same numbers without any layout tables, for PDFs.

#include <hb-subset.h>

#include <cstdio>
#include <fstream>
#include <initializer_list>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

struct range {
  hb_codepoint_t first;
  hb_codepoint_t last;
};

// The letters of the languages of South Africa (Venda has letters with a circumflex below, Khoekhoe has clicks and
// macrons), of those that its members' names come from, and what is written between them.
constexpr range covered[] = {
    {0x0020, 0x007e},                                                       // Basic Latin
    {0x00a0, 0x017f},                                                       // Latin-1, Latin Extended-A
    {0x018f, 0x018f}, {0x01c0, 0x01c3},                                     // schwa, clicks
    {0x0218, 0x021b}, {0x0232, 0x0233}, {0x0259, 0x0259}, {0x02bb, 0x02bc}, // turned comma, apostrophe
    {0x0300, 0x0304}, {0x0306, 0x030c}, {0x0323, 0x0323}, {0x0327, 0x0328}, {0x032d, 0x032d}, {0x0331, 0x0331},
    {0x1e0c, 0x1e0d}, {0x1e12, 0x1e13}, {0x1e20, 0x1e21}, {0x1e24, 0x1e25}, {0x1e36, 0x1e37}, {0x1e3c, 0x1e3d},
    {0x1e3e, 0x1e47}, {0x1e4a, 0x1e4b}, {0x1e5a, 0x1e5b}, {0x1e62, 0x1e63}, {0x1e6c, 0x1e6d}, {0x1e70, 0x1e71},
    {0x1e80, 0x1e85}, {0x1e92, 0x1e93}, {0x1e9e, 0x1e9e}, {0x1eb8, 0x1ebd}, {0x1eca, 0x1ecd}, {0x1ee4, 0x1ee5},
    {0x1ef2, 0x1ef3}, // Igbo, Yoruba, Welsh
    {0x2010, 0x2015}, {0x2018, 0x201e}, {0x2022, 0x2022}, {0x2026, 0x2026}, {0x2039, 0x203a}, {0xfffd, 0xfffd},
};

// What a name needs to look right; no ligatures, so that one glyph is one letter.
constexpr hb_tag_t features[] = {HB_TAG('c', 'c', 'm', 'p'), HB_TAG('k', 'e', 'r', 'n'), HB_TAG('l', 'o', 'c', 'l'),
                                 HB_TAG('m', 'a', 'r', 'k'), HB_TAG('m', 'k', 'm', 'k')};

// Of the font's names those that its licence wants kept: copyright and licence; and the PostScript name.
constexpr hb_codepoint_t names[] = {0, 6, 13, 14};

// What PDF readers do not look at in a font whose glyphs are addressed by number.
constexpr hb_tag_t unused_in_pdf[] = {
    HB_TAG('G', 'D', 'E', 'F'), HB_TAG('G', 'P', 'O', 'S'), HB_TAG('G', 'S', 'U', 'B'),
    HB_TAG('O', 'S', '/', '2'), HB_TAG('c', 'm', 'a', 'p'), HB_TAG('n', 'a', 'm', 'e'),
    HB_TAG('p', 'o', 's', 't'), HB_TAG('S', 'T', 'A', 'T'), HB_TAG('g', 'a', 's', 'p')};

template <auto Destroy>
struct destroyer {
  template <class T>
  void operator()(T* object) const noexcept {
    Destroy(object);
  }
};
using face_ptr = std::unique_ptr<hb_face_t, destroyer<hb_face_destroy>>;
using input_ptr = std::unique_ptr<hb_subset_input_t, destroyer<hb_subset_input_destroy>>;
using blob_ptr = std::unique_ptr<hb_blob_t, destroyer<hb_blob_destroy>>;

face_ptr subset(hb_face_t* face, hb_subset_input_t* input) {
  face_ptr out{hb_subset_or_fail(face, input)};
  if (!out)
    throw std::runtime_error{"HarfBuzz cannot subset the font"};
  return out;
}

face_ptr shaping_font(hb_face_t* whole) {
  input_ptr input{hb_subset_input_create_or_fail()};
  auto* characters = hb_subset_input_unicode_set(input.get());
  for (auto [first, last] : covered)
    hb_set_add_range(characters, first, last);
  auto* kept = hb_subset_input_set(input.get(), HB_SUBSET_SETS_LAYOUT_FEATURE_TAG);
  hb_set_clear(kept);
  for (auto feature : features)
    hb_set_add(kept, feature);
  kept = hb_subset_input_set(input.get(), HB_SUBSET_SETS_NAME_ID);
  hb_set_clear(kept);
  for (auto name : names)
    hb_set_add(kept, name);
  hb_subset_input_set_flags(input.get(), HB_SUBSET_FLAGS_NO_HINTING | HB_SUBSET_FLAGS_NOTDEF_OUTLINE);
  return subset(whole, input.get());
}

face_ptr pdf_font(hb_face_t* shaping) {
  input_ptr input{hb_subset_input_create_or_fail()};
  hb_set_add_range(hb_subset_input_glyph_set(input.get()), 0, hb_face_get_glyph_count(shaping) - 1);
  auto* dropped = hb_subset_input_set(input.get(), HB_SUBSET_SETS_DROP_TABLE_TAG);
  for (auto table : unused_in_pdf)
    hb_set_add(dropped, table);
  hb_subset_input_set_flags(input.get(),
                            HB_SUBSET_FLAGS_NO_HINTING | HB_SUBSET_FLAGS_RETAIN_GIDS | HB_SUBSET_FLAGS_NOTDEF_OUTLINE);
  return subset(shaping, input.get());
}

void write_array(std::ostream& out, std::string_view name, hb_face_t* face) {
  blob_ptr blob{hb_face_reference_blob(face)};
  unsigned size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(hb_blob_get_data(blob.get(), &size));
  out << "constexpr unsigned char " << name << "[] = {";
  for (unsigned at = 0; at < size; ++at)
    out << (at % 32 == 0 ? "\n" : "") << unsigned{bytes[at]} << ',';
  out << "};\n";
}

} // namespace

int main(int count, char** arguments) try {
  if (count != 4)
    throw std::runtime_error{"usage: subset_font FONT.ttf NAME OUTPUT.cpp"};
  blob_ptr file{hb_blob_create_from_file_or_fail(arguments[1])};
  if (!file)
    throw std::runtime_error{std::string{"cannot read "} + arguments[1]};
  face_ptr whole{hb_face_create(file.get(), 0)};
  auto shaping = shaping_font(whole.get());
  auto embedded = pdf_font(shaping.get());
  std::ofstream out{arguments[3]};
  out << "// Made from " << arguments[1] << " by cards/drawing/font/subset_font.cpp.\n"
      << "#include \"cards/drawing/font_files.hpp\"\n\nnamespace tessera {\n\nnamespace {\n\n";
  write_array(out, "shaping", shaping.get());
  write_array(out, "embedded", embedded.get());
  out << "\n} // namespace\n\nfont_files " << arguments[2] << "() noexcept {\n"
      << "  return {shaping, embedded};\n}\n\n} // namespace tessera\n";
  out.close();
  if (!out)
    throw std::runtime_error{std::string{"cannot write "} + arguments[3]};
} catch (const std::exception& error) {
  std::cerr << "subset_font: " << error.what() << '\n';
  return 1;
}
