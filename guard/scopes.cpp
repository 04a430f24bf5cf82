#include "guard/scopes.hpp"

#include "cards/trim_blanks.hpp"

#include <algorithm>
#include <utility>

namespace tessera {

namespace {

constexpr std::array<std::string_view, all_scopes.size()> names{"lookup", "issue", "batch", "verify", "operate"};

/// Calls `use` for each word between commas until it returns false; for none if all is blank.
template <class Use>
void for_each_word(std::string_view text, Use use) {
  if (trim_blanks(text).empty())
    return;
  for (bool more = true; more;) {
    auto comma = text.find(',');
    more = use(trim_blanks(text.substr(0, comma))) && comma != std::string_view::npos;
    text.remove_prefix(more ? comma + 1 : 0);
  }
}

failure no_scope(std::string_view word) {
  std::string text{"\""};
  text.append(word).append("\" is no scope; there are ").append(to_string(scope_set::all()));
  return {error_code::validation, std::move(text)};
}

} // namespace

std::string_view to_string(scope which) noexcept {
  return names[static_cast<std::size_t>(which)];
}

std::optional<scope> parse_scope(std::string_view name) noexcept {
  auto found = std::ranges::find(names, name);
  if (found == names.end())
    return std::nullopt;
  return all_scopes[static_cast<std::size_t>(found - names.begin())];
}

std::string to_string(scope_set scopes) {
  std::string text;
  for (auto each : all_scopes)
    if (scopes.has(each))
      text.append(text.empty() ? "" : ",").append(to_string(each));
  return text;
}

result<scope_set> parse_scopes(std::string_view text) {
  scope_set scopes;
  std::optional<failure> fault;
  for_each_word(text, [&](std::string_view word) {
    if (auto known = parse_scope(word))
      scopes |= {*known};
    else
      fault = no_scope(word);
    return !fault;
  });
  if (fault)
    return *fault;
  return scopes;
}

result<scope_set> parse_scopes(std::span<const std::string> words) {
  scope_set scopes;
  for (const auto& word : words) {
    auto known = parse_scope(word);
    if (!known)
      return no_scope(word);
    scopes |= {*known};
  }
  return scopes;
}

scope_set known_scopes(std::string_view text) {
  scope_set scopes;
  for_each_word(text, [&](std::string_view word) {
    if (auto known = parse_scope(word))
      scopes |= {*known};
    return true;
  });
  return scopes;
}

} // namespace tessera
