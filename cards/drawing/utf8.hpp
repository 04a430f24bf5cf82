#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tessera {

/// Stands for what is no character, or none that the font has.
inline constexpr char32_t replacement_character = 0xfffd;

/// Takes the first character off `text` and returns it; `replacement_character` for a byte that begins none (that
/// byte alone is taken). REQUIRES: text is not empty.
char32_t take_character(std::string_view& text) noexcept;

void append_utf8(std::string& out, char32_t character);

/// Appends `text` as hexadecimal digits of UTF-16, the higher byte first, as PDF writes text.
void append_utf16_hex(std::string& out, std::string_view text);

/// Returns `text` as one line of valid UTF-8: control characters and runs of spaces become one space, none at the
/// ends; bytes that are no characters become U+FFFD.
std::string printable_line(std::string_view text);

} // namespace tessera
