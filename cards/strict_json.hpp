#pragma once

#include <rapidjson/document.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tessera {

/// A JSON object (RFC 8259) in which no member is there twice: parsers differ in which of two they take (section 4),
/// and so would those who check a signature and those who act on it.
class strict_json_object {
public:
  /// Returns the object that `text` spells, or nothing if it is no object, not UTF-8, or has a member twice or more
  /// than 32 members.
  static std::optional<strict_json_object> parse(std::string_view text);

  bool has(std::string_view name) const;

  /// Returns the string that a member holds, or nothing if there is none; it lives as long as this object.
  std::optional<std::string_view> text(std::string_view name) const;

  /// Returns whether a member is there and holds the string `expected`.
  bool is(std::string_view name, std::string_view expected) const {
    return text(name) == expected;
  }

  /// Returns the truth value that a member holds, or nothing if there is none.
  std::optional<bool> boolean(std::string_view name) const;

  /// Returns the name of a member that is none of `known`, or nothing if there is none.
  std::optional<std::string_view> stranger(std::span<const std::string_view> known) const;

  /// Returns the number that a member holds, or nothing if there is none that is whole and not negative.
  std::optional<std::uint64_t> integer(std::string_view name) const;

private:
  const rapidjson::Value* find(std::string_view name) const;

  rapidjson::Document document_;
};

} // namespace tessera
