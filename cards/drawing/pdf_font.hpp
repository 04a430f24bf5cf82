#pragma once

#include "cards/drawing/card_layout.hpp"
#include "cards/drawing/font_program.hpp"
#include "cards/drawing/pdf_file.hpp"

#include <string>
#include <vector>

namespace tessera {

/// Which glyphs of both fonts are used.
class used_glyphs {
public:
  /// None, or all.
  explicit used_glyphs(const card_fonts& fonts, bool all = false)
      : sets_{glyph_set{fonts[font_weight::regular].glyph_count(), all},
              glyph_set{fonts[font_weight::bold].glyph_count(), all}} {
  }
  void add(const std::vector<drawn_text>& texts);
  void add(font_weight weight, const shaped_text& text) {
    sets_[static_cast<std::size_t>(weight)].add(text.glyphs);
  }
  const glyph_set& operator[](font_weight weight) const noexcept {
    return sets_[static_cast<std::size_t>(weight)];
  }

private:
  glyph_set sets_[2];
};

/// Both fonts in a PDF file; with the glyphs that it needs, which are known at its end.
class pdf_fonts {
public:
  /// Writes to `file` what does not depend on the glyphs; what is to be packed is appended to `packed`. `core` are the
  /// glyphs that each file needs.
  pdf_fonts(pdf_file& file, std::vector<pdf_file::object>& packed, const card_fonts& fonts, const used_glyphs& core);

  /// Returns the entry for a resource dictionary, which names them /R (regular) and /B (bold).
  const std::string& resources() const noexcept {
    return resources_;
  }

  /// Writes the fonts themselves, to `file` or a copy of it; what is to be packed is appended to `packed`.
  void write(pdf_file& file, std::vector<pdf_file::object>& packed, const used_glyphs& wanted) const;

private:
  struct member {
    font_weight weight;
    std::string name; ///< of the whole font
    font_program program;
    // The objects, from the one that pages refer to down to the glyphs, and what they hold beside the subset's name.
    int composite = 0;
    int descendant = 0;
    int descriptor = 0;
    int glyphs = 0;
    std::string composite_entries{};
    std::string descendant_entries{};
    std::string descriptor_entries{};
  };
  member add(pdf_file& file, std::vector<pdf_file::object>& packed, const card_fonts& fonts, const used_glyphs& core,
             font_weight weight, std::string_view name);

  std::string resources_;
  std::string characters_; ///< the last font's CMap; both fonts share it if it is the same
  int characters_number_ = 0;
  member members_[2];
};

} // namespace tessera
