#include "config/value_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <span>
#include <utility>

namespace tessera {

namespace {

using unit_name = std::pair<std::string_view, std::uint64_t>;

std::string lower(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

/// Returns the number that `text` spells in `units`; `plain` is the factor of a number without a unit.
std::optional<std::uint64_t> parse_with_unit(std::string_view text, std::span<const unit_name> units,
                                             std::uint64_t plain) {
  auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  auto number = parse_number(text.substr(0, digits));
  auto suffix = text.substr(digits);
  auto factor = suffix.empty() ? plain : 0;
  for (auto [name, value] : units)
    if (suffix == name)
      factor = value;
  if (!number || factor == 0 || *number > std::uint64_t{std::numeric_limits<std::int64_t>::max()} / factor)
    return std::nullopt;
  return *number * factor;
}

constexpr std::array<unit_name, 7> size_units{{{"b", 1},
                                               {"k", 1ULL << 10},
                                               {"kib", 1ULL << 10},
                                               {"m", 1ULL << 20},
                                               {"mib", 1ULL << 20},
                                               {"g", 1ULL << 30},
                                               {"gib", 1ULL << 30}}};

constexpr std::array<unit_name, 4> duration_units{{{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}}};

} // namespace

std::optional<std::uint64_t> parse_number(std::string_view text) noexcept {
  std::uint64_t value = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

std::optional<bool> parse_boolean(std::string_view text) {
  auto word = lower(text);
  if (word == "true" || word == "1" || word == "on" || word == "yes")
    return true;
  if (word == "false" || word == "0" || word == "off" || word == "no")
    return false;
  return std::nullopt;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  return parse_with_unit(lower(text), size_units, 1);
}

std::string size_text(std::uint64_t bytes) {
  for (auto [suffix, factor] : {unit_name{"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1ULL << 10}})
    if (bytes != 0 && bytes % factor == 0)
      return std::to_string(bytes / factor).append(suffix);
  return std::to_string(bytes);
}

std::optional<milliseconds> parse_duration(std::string_view text, milliseconds unit) {
  auto factor = static_cast<std::uint64_t>(unit.count());
  auto count = parse_with_unit(text, duration_units, factor);
  if (!count || *count % factor != 0)
    return std::nullopt;
  return milliseconds{static_cast<std::int64_t>(*count)};
}

std::string duration_text(milliseconds duration, milliseconds unit) {
  auto count = static_cast<std::uint64_t>(duration.count());
  for (auto [suffix, factor] : {unit_name{"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}})
    if (count != 0 && count % factor == 0)
      return std::to_string(count / factor).append(suffix);
  if (count == 0 && unit == seconds{1})
    return "0s";
  return std::to_string(count) + "ms";
}

std::optional<endpoint> parse_endpoint(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  auto host = text.substr(0, colon);
  auto port = parse_number(text.substr(colon + 1));
  if (host.starts_with('[') && host.ends_with(']') && host.find(':') != std::string_view::npos)
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    return std::nullopt;
  auto odd = [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '[' || c == ']' || c == '/' || c == '@';
  };
  if (host.empty() || std::ranges::any_of(host, odd) || !port || *port > 65'535)
    return std::nullopt;
  return endpoint{std::string{host}, static_cast<std::uint16_t>(*port)};
}

std::string endpoint_text(const endpoint& where) {
  auto host = where.host.find(':') == std::string::npos ? where.host : "[" + where.host + "]";
  return host + ":" + std::to_string(where.port);
}

std::vector<std::string> parse_list(std::string_view text) {
  std::vector<std::string> items;
  auto trim = [](std::string_view item) {
    auto first = item.find_first_not_of(' ');
    return first == std::string_view::npos ? "" : item.substr(first, item.find_last_not_of(' ') - first + 1);
  };
  if (trim(text).empty())
    return items;
  while (true) {
    auto comma = text.find(',');
    items.emplace_back(trim(text.substr(0, comma)));
    if (comma == std::string_view::npos)
      return items;
    text.remove_prefix(comma + 1);
  }
}

std::string list_text(const std::vector<std::string>& items) {
  std::string out;
  for (const auto& item : items)
    out.append(out.empty() ? "" : ",").append(item);
  return out;
}

} // namespace tessera
