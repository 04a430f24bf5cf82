#pragma once

#include <span>

namespace tessera {

/// A font as two TrueType files with the same glyphs under the same numbers; the build made both from one whole font
/// (cards/drawing/font/subset_font.cpp) and they are part of the program.
struct font_files {
  std::span<const unsigned char> shaping;  ///< with the tables that shaping needs
  std::span<const unsigned char> embedded; ///< without them, for PDFs
};

/// Noto Sans, of Debian's package fonts-noto-core (SIL Open Font License 1.1).
font_files noto_sans_regular() noexcept;
font_files noto_sans_bold() noexcept;

} // namespace tessera
