#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tessera {

/// Returns `text` without white space at its ends (no-break spaces count) and with each run of it inside, line breaks
/// included, as one space; without the apostrophe that keeps a spreadsheet from taking it for a formula or a number.
/// Idempotent but for that apostrophe.
std::string clean_cell(std::string_view text);

/// Returns whether `text` is UTF-8 (RFC 3629).
bool is_utf8(std::string_view text) noexcept;

/// Returns the number of characters of valid UTF-8.
std::size_t count_characters(std::string_view text) noexcept;

/// Returns the UTF-8 of Windows-1252, which is what goes by the name of Latin-1 (WHATWG Encoding Standard).
std::string utf8_of_windows_1252(std::string_view text);

/// Returns whether `text`, cleaned, holds a control character.
bool has_control_character(std::string_view text) noexcept;

/// Returns what a spreadsheet did to a number in `text`, as the rest of a sentence ("…"), or nothing.
std::string_view spreadsheet_damage(std::string_view text) noexcept;

} // namespace tessera
