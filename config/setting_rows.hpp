#pragma once

#include "config/setting_table.hpp"
#include "config/value_text.hpp"

#include <chrono>
#include <concepts>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

/// How rows of the setting table are made, one function per kind of value. `Access` is a generic lambda that returns a
/// reference to the member of the (const or not) settings that it is given. Only for config/setting_table.cpp.
namespace tessera::rows {

/// The names of a setting. Left empty, the flag is made from the path and the variable from the flag.
struct names {
  std::string path;
  std::string flag = {};
  std::string environment = {};
};

/// Fills the names: "cache.stale" gives "--cache-stale", which gives "TESSERA_CACHE_STALE".
setting named(names given, value_kind kind, std::string help);

/// Returns whether `text` may be the value of a text setting: UTF-8 without control characters.
bool is_printable(std::string_view text);

template <class Access>
using value_of = std::remove_reference_t<std::invoke_result_t<Access, settings&>>;

template <class Access>
setting number(names given, Access access, std::uint64_t low, std::uint64_t high, std::string help) {
  using value_type = value_of<Access>;
  static_assert(std::unsigned_integral<value_type>);
  auto row = named(std::move(given), value_kind::number, std::move(help));
  row.expects = "a whole number from " + std::to_string(low) + " to " + std::to_string(high);
  row.parse = [access, low, high](settings& all, std::string_view text) {
    auto value = parse_number(text);
    if (!value || *value < low || *value > high || *value > std::numeric_limits<value_type>::max())
      return false;
    access(all) = static_cast<value_type>(*value);
    return true;
  };
  row.text = [access](const settings& all) { return std::to_string(access(all)); };
  return row;
}

template <class Access>
setting size(names given, Access access, std::uint64_t low, std::uint64_t high, std::string help) {
  static_assert(std::is_same_v<value_of<Access>, std::size_t>);
  auto row = named(std::move(given), value_kind::size, std::move(help));
  row.unit = "bytes";
  row.expects =
      "a size from " + size_text(low) + " to " + size_text(high) + " (bytes, or a number with KiB, MiB or GiB)";
  row.parse = [access, low, high](settings& all, std::string_view text) {
    auto value = parse_size(text);
    if (!value || *value < low || *value > high)
      return false;
    access(all) = *value;
    return true;
  };
  row.text = [access](const settings& all) { return size_text(access(all)); };
  return row;
}

template <class Access>
setting duration(names given, Access access, milliseconds low, milliseconds high, std::string help) {
  using value_type = value_of<Access>;
  static constexpr milliseconds unit = value_type{1};
  auto row = named(std::move(given), value_kind::duration, std::move(help));
  row.unit = unit == seconds{1} ? "s" : "ms";
  row.expects = "a time from " + duration_text(low, unit) + " to " + duration_text(high, unit) + " (a number of "
                + (unit == seconds{1} ? "seconds" : "milliseconds") + ", or a number with ms, s, m or h)";
  row.parse = [access, low, high](settings& all, std::string_view text) {
    auto value = parse_duration(text, unit);
    if (!value || *value < low || *value > high)
      return false;
    access(all) = std::chrono::duration_cast<value_type>(*value);
    return true;
  };
  row.text = [access](const settings& all) { return duration_text(access(all), unit); };
  return row;
}

template <class Access>
setting boolean(names given, Access access, std::string help) {
  static_assert(std::is_same_v<value_of<Access>, bool>);
  auto row = named(std::move(given), value_kind::boolean, std::move(help));
  row.expects = "true or false (or 1, 0, on, off, yes, no)";
  row.parse = [access](settings& all, std::string_view text) {
    auto value = parse_boolean(text);
    if (value)
      access(all) = *value;
    return value.has_value();
  };
  row.text = [access](const settings& all) { return std::string{access(all) ? "true" : "false"}; };
  return row;
}

template <class Access>
setting address(names given, Access access, std::string help) {
  static_assert(std::is_same_v<value_of<Access>, endpoint>);
  auto row = named(std::move(given), value_kind::text, std::move(help));
  row.expects = "HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080";
  row.parse = [access](settings& all, std::string_view text) {
    auto value = parse_endpoint(text);
    if (value)
      access(all) = std::move(*value);
    return value.has_value();
  };
  row.text = [access](const settings& all) { return endpoint_text(access(all)); };
  return row;
}

/// A string or a path, for which `accepts` decides.
template <class Access, std::predicate<std::string_view> Accepts>
setting text(names given, Access access, std::string expects, Accepts accepts, std::string help) {
  auto row = named(std::move(given), value_kind::text, std::move(help));
  row.expects = std::move(expects);
  row.parse = [access, accepts](settings& all, std::string_view text) {
    if (!is_printable(text) || !accepts(text))
      return false;
    access(all) = std::string{text};
    return true;
  };
  row.text = [access](const settings& all) { return std::string{access(all)}; };
  return row;
}

template <class Access>
setting text(names given, Access access, std::string help) {
  auto any = [](std::string_view) { return true; };
  return text(std::move(given), access, "text without control characters", any, std::move(help));
}

template <class Access, std::predicate<std::string_view> Accepts>
setting list(names given, Access access, std::string expects, Accepts accepts_item, std::string help) {
  auto row = named(std::move(given), value_kind::list, std::move(help));
  row.expects = std::move(expects);
  row.parse = [access, accepts_item](settings& all, std::string_view text) {
    auto items = parse_list(text);
    for (const auto& item : items)
      if (!is_printable(item) || !accepts_item(item))
        return false;
    access(all) = std::move(items);
    return true;
  };
  row.text = [access](const settings& all) { return list_text(access(all)); };
  return row;
}

} // namespace tessera::rows
