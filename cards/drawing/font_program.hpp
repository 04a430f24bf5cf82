#pragma once

#include "cards/drawing/card_font.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tessera {

/// A set of glyphs of one font.
class glyph_set {
public:
  explicit glyph_set(std::size_t glyph_count, bool all = false) : has_(glyph_count, all) {
  }
  void add(const std::vector<shaped_glyph>& glyphs) {
    for (const auto& glyph : glyphs)
      has_[glyph.id] = true;
  }
  void add(std::uint16_t glyph) {
    has_[glyph] = true;
  }
  bool has(std::uint16_t glyph) const noexcept {
    return has_[glyph];
  }

private:
  std::vector<bool> has_;
};

/// A font as a PDF carries it (FontFile2), cut down to the glyphs that the file needs. The core, which every file of a
/// kind needs, is compressed once; what a file needs beside it is added per file. Immutable: any thread.
class font_program {
public:
  /// `core` are the glyphs that are always there.
  font_program(const card_font& font, const glyph_set& core);

  struct stream {
    std::string data;       ///< compressed (zlib)
    std::size_t length = 0; ///< before that
  };

  /// Returns the font with the core and the glyphs of `wanted`.
  stream write(const glyph_set& wanted) const;

  /// Returns the number that each glyph has in this font, two bytes each, the higher first (CIDToGIDMap): the core
  /// comes first.
  std::string glyph_map() const;

private:
  struct entry {
    std::uint16_t glyph = 0;               ///< as shaping numbers it
    std::string description;               ///< padded; its components have this font's numbers
    std::vector<std::uint16_t> components; ///< and these have those of shaping
  };
  struct constant_table {
    const char* tag;
    std::uint32_t checksum;
    std::size_t offset; ///< from the beginning of the core
    std::size_t size;
  };
  void number_glyphs(const card_font& font, const glyph_set& core);
  void make_core(const card_font& font);
  void add_components(glyph_set& glyphs) const;

  std::vector<entry> entries_; ///< in the order of this font
  std::size_t core_count_ = 0;
  std::string head_;                   ///< the table; without the checksum
  std::vector<constant_table> tables_; ///< hhea, hmtx, maxp
  std::size_t core_glyphs_at_ = 0;     ///< in the core, where the glyphs begin
  std::uint32_t core_glyphs_checksum_ = 0;
  std::string core_;        ///< those tables, then the core's glyphs
  std::string packed_core_; ///< the same as blocks of DEFLATE, none of them the last
};

} // namespace tessera
