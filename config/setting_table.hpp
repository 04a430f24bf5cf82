#pragma once

#include "config/settings.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The one table of every setting: its names, unit, range and help, and how it is read and written. The file, the
/// environment, the flags, `--print-config`, the sample file and `validate` all follow it.
namespace tessera {

/// How a value is written in TOML, and what TOML may give for it.
enum class value_kind : std::uint8_t {
  text,     ///< a string
  number,   ///< an integer; also a string of digits
  duration, ///< an integer in the setting's unit, or a string such as "75s"
  size,     ///< an integer in bytes, or a string such as "256MiB"
  boolean,  ///< true or false; also a string such as "on"
  list,     ///< an array of strings, or one string with commas
};

enum class secrecy : std::uint8_t {
  open,
  url,    ///< a URL that may hold a password: shown without it
  hidden, ///< never shown
};

struct setting {
  std::string path;        ///< in the file: "cache.member_fresh"
  std::string flag;        ///< "--cache-member-fresh"
  std::string environment; ///< "CACHE_TTL_MEMBER"
  value_kind kind = value_kind::text;
  secrecy secret = secrecy::open;
  std::string unit;    ///< of a plain number: "ms", "s", "bytes" or ""
  std::string help;    ///< one line
  std::string expects; ///< what a value must be, range included: "a whole number from 1 to 65535"

  /// Sets the value that the text spells; returns false, and changes nothing, if it is not what `expects` says.
  std::function<bool(settings&, std::string_view)> parse;

  /// Returns the value as text that `parse` reads back to the same value. Secrets are not masked.
  std::function<std::string(const settings&)> text;

  /// A variable of the predecessor that sets a part of the value ("PORT"); a value of `environment` goes over it.
  std::string part_environment;
  std::string part_expects;
  std::function<bool(settings&, std::string_view)> part_parse;
};

/// Returns the table, in the order in which settings are shown: those without a section first, then section by section.
const std::vector<setting>& setting_table();

/// Returns the setting with this path, or nullptr.
const setting* find_setting(std::string_view path);

/// Returns the section of a path ("cache" of "cache.bytes"), "" if it has none, and what follows it.
std::string section_of(std::string_view path);
std::string key_of(std::string_view path);

} // namespace tessera
