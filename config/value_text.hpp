#pragma once

#include "config/settings.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// How values of settings are written: the same in the file, the environment and flags. Each `parse_…` takes the whole
/// text and returns nothing if it is not such a value or too large; each `…_text` returns the short form that people
/// would write, which parses to the same value.
namespace tessera {

/// Plain decimal digits.
std::optional<std::uint64_t> parse_number(std::string_view text) noexcept;

/// true/false, 1/0, on/off, yes/no, in any case.
std::optional<bool> parse_boolean(std::string_view text);

/// Plain bytes, or a number with B, K/KiB, M/MiB or G/GiB (powers of 1024), in any case. "MB" is refused: people mean
/// different things by it.
std::optional<std::uint64_t> parse_size(std::string_view text);
std::string size_text(std::uint64_t bytes);

/// A number of `unit`s, or a number with ms, s, m or h; nothing if that is no whole number of `unit`s.
std::optional<milliseconds> parse_duration(std::string_view text, milliseconds unit);
std::string duration_text(milliseconds duration, milliseconds unit);

/// HOST:PORT, with an IPv6 address in brackets; the host of an `endpoint` has none.
std::optional<endpoint> parse_endpoint(std::string_view text);
std::string endpoint_text(const endpoint& where);

/// Values separated by commas, spaces around them dropped; empty text is an empty list.
std::vector<std::string> parse_list(std::string_view text);
std::string list_text(const std::vector<std::string>& items);

} // namespace tessera
