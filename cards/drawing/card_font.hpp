#pragma once

#include "cards/drawing/font_files.hpp"
#include "cards/drawing/vector_path.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct hb_font_t;

namespace tessera {

/// A glyph where shaping put it. Lengths are in units of the font (card_font::units_per_em).
struct shaped_glyph {
  std::uint16_t id = 0;
  std::int32_t advance = 0;  ///< from its origin to that of the next
  std::int32_t x_offset = 0; ///< to where it is drawn
  std::int32_t y_offset = 0; ///< upwards
  std::uint32_t cluster = 0; ///< where the characters begin in the text that it shows, together with its neighbours
};

struct shaped_text {
  std::string text; ///< printable UTF-8
  std::vector<shaped_glyph> glyphs;
};

/// A font that names can be written with. Immutable: any thread.
class card_font {
public:
  /// `name` is the PostScript name of the whole font. `files` must outlive this object.
  card_font(font_files files, std::string name);
  ~card_font();
  card_font(const card_font&) = delete;
  card_font& operator=(const card_font&) = delete;

  /// Returns `text`, made printable, as glyphs from left to right. What the font does not have is shown as U+FFFD.
  shaped_text shape(std::string_view text) const;

  std::size_t glyph_count() const noexcept {
    return widths_.size();
  }
  int units_per_em() const noexcept {
    return units_per_em_;
  }

  /// Returns the advance of a glyph that stands alone.
  int width(std::uint16_t glyph) const noexcept {
    return widths_[glyph];
  }

  /// Returns what a glyph that stands alone says, UTF-8; empty if it never does.
  const std::string& characters(std::uint16_t glyph) const noexcept {
    return characters_[glyph];
  }

  /// Returns the outline of a glyph in units of the font, y upwards.
  const vector_path& outline(std::uint16_t glyph) const noexcept {
    return outlines_[glyph];
  }

  const std::string& name() const noexcept {
    return name_;
  }
  font_files files() const noexcept {
    return files_;
  }

  /// Heights in units of the font above the baseline; `descent` is below it, hence negative.
  struct heights {
    int ascent = 0;
    int descent = 0;
    int capitals = 0;
  };
  heights measures() const noexcept {
    return heights_;
  }

  /// Returns the box that holds every glyph: left, bottom, right, top, in units of the font.
  std::array<int, 4> bounds() const noexcept {
    return bounds_;
  }

private:
  struct destroy {
    void operator()(hb_font_t* font) const noexcept;
  };

  font_files files_;
  std::string name_;
  std::unique_ptr<hb_font_t, destroy> font_;
  int units_per_em_;
  heights heights_;
  std::array<int, 4> bounds_{};
  std::uint16_t missing_ = 0;
  std::vector<int> widths_;
  std::vector<std::string> characters_;
  std::vector<vector_path> outlines_;
};

} // namespace tessera
