// A composite font with the encoding Identity-H (ISO 32000-1, 9.7): two bytes per glyph, which are its number. A CMap
// tells what character each stands for, so that text can be searched and copied. The numbers are those of shaping; a
// map leads from them to those that the glyphs have in the embedded font (font_program).

#include "cards/drawing/pdf_font.hpp"

#include "cards/drawing/utf8.hpp"

#include <algorithm>

namespace tessera {

namespace {

// A block of a CMap has at most this many entries (Adobe technical note 5014).
constexpr std::size_t largest_block = 100;

struct glyph_run {
  unsigned first;
  unsigned last;
  char32_t character; ///< of the first; the others follow
};

void append_code(std::string& out, unsigned code) {
  out.push_back('<');
  std::string character;
  append_utf8(character, code);
  append_utf16_hex(out, character);
  out.push_back('>');
}

// Returns glyphs in a row that stand for characters in a row, as far as both have the same higher byte.
std::vector<glyph_run> glyph_runs(const card_font& font) {
  std::vector<glyph_run> runs;
  for (unsigned glyph = 0; glyph < font.glyph_count(); ++glyph) {
    std::string_view characters = font.characters(static_cast<std::uint16_t>(glyph));
    if (characters.empty())
      continue;
    auto character = take_character(characters);
    if (!runs.empty()) {
      auto& run = runs.back();
      auto length = run.last - run.first + 1;
      if (run.last + 1 == glyph && run.character + length == character && run.first >> 8 == glyph >> 8
          && run.character >> 8 == character >> 8) {
        run.last = glyph;
        continue;
      }
    }
    runs.push_back({glyph, glyph, character});
  }
  return runs;
}

std::string to_unicode(const card_font& font) {
  std::string out = "/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n"
                    "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
                    "/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n"
                    "1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n";
  auto runs = glyph_runs(font);
  for (std::size_t begin = 0; begin < runs.size(); begin += largest_block) {
    auto end = std::min(begin + largest_block, runs.size());
    out.append(std::to_string(end - begin)).append(" beginbfrange\n");
    for (auto at = begin; at < end; ++at) {
      append_code(out, runs[at].first);
      append_code(out, runs[at].last);
      append_code(out, runs[at].character);
      out.push_back('\n');
    }
    out.append("endbfrange\n");
  }
  return out += "endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n";
}

// Returns the six capital letters that a subset's name begins with (ISO 32000-1, 9.6.4). They follow from its content:
// printers that are given many cards at once may take fonts of one name for the same.
std::string subset_tag(std::string_view program) {
  std::string out;
  auto rest = crc32(program);
  for (int letter = 0; letter < 6; ++letter, rest /= 26)
    out.push_back(static_cast<char>('A' + rest % 26));
  return out;
}

// Returns numbers of two bytes each as PNG's filter "up" has them, each less the one before: where they count on, as
// most do here, little is left to store.
std::string differences(std::string_view numbers) {
  constexpr char up = 2;
  std::string out;
  for (std::size_t at = 0; at < numbers.size(); at += 2) {
    out.push_back(up);
    for (auto byte : {at, at + 1})
      out.push_back(static_cast<char>(numbers[byte] - (at == 0 ? '\0' : numbers[byte - 2])));
  }
  return out;
}

} // namespace

void used_glyphs::add(const std::vector<drawn_text>& texts) {
  for (const auto& text : texts)
    for (const auto& line : text.lines)
      sets_[static_cast<std::size_t>(text.weight)].add(line.glyphs);
}

pdf_fonts::pdf_fonts(pdf_file& file, std::vector<pdf_file::object>& packed, const card_fonts& fonts,
                     const used_glyphs& core)
    : resources_("/Font<<"), members_{add(file, packed, fonts, core, font_weight::regular, "/R "),
                                      add(file, packed, fonts, core, font_weight::bold, "/B ")} {
  resources_.append(">>");
}

pdf_fonts::member pdf_fonts::add(pdf_file& file, std::vector<pdf_file::object>& packed, const card_fonts& fonts,
                                 const used_glyphs& core, font_weight weight, std::string_view resource) {
  const auto& font = fonts[weight];
  auto thousandth = [&](int value) { return std::to_string(value * 1000 / font.units_per_em()); };
  member out{weight, font.name(), font_program{font, core[weight]}};
  for (auto* number : {&out.composite, &out.descendant, &out.descriptor, &out.glyphs})
    *number = file.reserve();
  auto map = file.reserve();
  file.add_stream(map, "/DecodeParms<</Predictor 12/Columns 2>>", differences(out.program.glyph_map()),
                  deflate_effort::thorough);
  if (auto characters = to_unicode(font); characters != characters_) {
    characters_ = std::move(characters);
    characters_number_ = file.reserve();
    file.add_stream(characters_number_, {}, characters_, deflate_effort::thorough);
  }
  std::string widths;
  for (unsigned glyph = 0; glyph < font.glyph_count(); ++glyph)
    widths.append(thousandth(font.width(static_cast<std::uint16_t>(glyph)))).push_back(' ');
  auto widths_number = file.reserve();
  packed.push_back({widths_number, "[0[" + widths + "]]"});

  out.composite_entries = "/Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts["
                          + pdf_reference(out.descendant) + "]/ToUnicode " + pdf_reference(characters_number_);
  out.descendant_entries = "/Type/Font/Subtype/CIDFontType2"
                           "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/CIDToGIDMap "
                           + pdf_reference(map) + "/FontDescriptor " + pdf_reference(out.descriptor) + "/W "
                           + pdf_reference(widths_number);
  // Flags: 4, its glyphs are not those of the standard Latin set. How thick the stems are is a hint for readers that
  // have to replace the font.
  auto bounds = font.bounds();
  auto heights = font.measures();
  out.descriptor_entries = "/Type/FontDescriptor/Flags 4/ItalicAngle 0/FontBBox[" + thousandth(bounds[0]) + ' '
                           + thousandth(bounds[1]) + ' ' + thousandth(bounds[2]) + ' ' + thousandth(bounds[3])
                           + "]/Ascent " + thousandth(heights.ascent) + "/Descent " + thousandth(heights.descent)
                           + "/CapHeight " + thousandth(heights.capitals) + "/StemV "
                           + (weight == font_weight::bold ? "140" : "80") + "/FontFile2 " + pdf_reference(out.glyphs);
  resources_.append(resource).append(pdf_reference(out.composite));
  return out;
}

void pdf_fonts::write(pdf_file& file, std::vector<pdf_file::object>& packed, const used_glyphs& wanted) const {
  for (const auto& one : members_) {
    auto [data, length] = one.program.write(wanted[one.weight]);
    file.add_stream(one.glyphs, "/Filter/FlateDecode/Length1 " + std::to_string(length), data, std::nullopt);
    auto name = subset_tag(data) + '+' + one.name;
    packed.push_back({one.composite, "<<" + one.composite_entries + "/BaseFont/" + name + ">>"});
    packed.push_back({one.descendant, "<<" + one.descendant_entries + "/BaseFont/" + name + ">>"});
    packed.push_back({one.descriptor, "<<" + one.descriptor_entries + "/FontName/" + name + ">>"});
  }
}

} // namespace tessera
