#include "config/load.hpp"

#include "cards/id_number.hpp"
#include "config/contradictions.hpp"
#include "config/nearest.hpp"
#include "config/quote.hpp"
#include "config/setting_table.hpp"
#include "config/toml_file.hpp"

#include <algorithm>
#include <cstdlib>

namespace tessera {

namespace {

failure wrong(std::string sentence) {
  return failure{error_code::validation, std::move(sentence)};
}

/// Returns `text` as it may stand in an error: in quotes, without ID numbers, not endless.
std::string shown(std::string_view text) {
  constexpr std::size_t longest = 80;
  auto masked = mask_id_numbers(text);
  return masked.size() <= longest ? quote(masked) : quote(std::string_view{masked}.substr(0, longest)) + "…";
}

failure wrong_value(const setting& row, const std::string& expects, std::string_view text, const std::string& origin) {
  auto value = row.secret == secrecy::open ? shown(text) : "a value that is not";
  return wrong(row.path + " must be " + expects + ", but " + origin + " says " + value + ".");
}

/// Sets one value and notes where it came from.
status set(loaded_settings& into, const setting& row, std::string_view text, const std::string& origin) {
  if (!row.parse(into.all, text))
    return wrong_value(row, row.expects, text, origin);
  into.origins[row.path] = origin;
  return ok();
}

failure unknown_key(const toml_value& value, const std::string& origin) {
  std::vector<std::string> paths;
  for (const auto& row : setting_table())
    paths.push_back(row.path);
  // A key in the wrong section is as likely as a misspelt one.
  auto same_key = std::ranges::find(paths, key_of(value.path), key_of);
  auto meant = nearest_name(value.path, paths);
  if (meant.empty() && same_key != paths.end())
    meant = *same_key;
  auto name = quote(mask_id_numbers(value.path));
  return wrong("There is no setting " + name + " (" + origin + ")"
               + (meant.empty() ? "." : "; did you mean " + meant + "?"));
}

/// Returns whether the path is that of a section, which may stand empty in a file.
bool is_section(std::string_view path) {
  return std::ranges::any_of(setting_table(), [path](const setting& row) { return section_of(row.path) == path; });
}

status merge_file(loaded_settings& into) {
  auto values = read_toml_file(into.file);
  if (!values)
    return values.error();
  for (const auto& value : *values) {
    auto origin = into.file.string() + ":" + std::to_string(value.line);
    const auto* row = find_setting(value.path);
    if (row == nullptr) {
      if (value.kinds.empty() && is_section(value.path))
        continue;
      return unknown_key(value, origin);
    }
    if (std::ranges::find(value.kinds, row->kind) == value.kinds.end())
      return wrong(row->path + " must be " + row->expects + ", but " + origin + " has another type of value.");
    if (auto done = set(into, *row, value.text, origin); !done)
      return done;
  }
  return ok();
}

status merge_environment(loaded_settings& into, const environment_lookup& environment) {
  for (const auto& row : setting_table()) {
    if (!row.part_environment.empty()) {
      auto part = environment(row.part_environment).value_or("");
      auto origin = "environment " + row.part_environment;
      if (!part.empty() && !row.part_parse(into.all, part))
        return wrong_value(row, row.part_expects, part, origin);
      if (!part.empty())
        into.origins[row.path] = origin + " over " + into.origins[row.path];
    }
    auto text = environment(row.environment).value_or("");
    if (text.empty())
      continue;
    if (auto done = set(into, row, text, "environment " + row.environment); !done)
      return done;
  }
  return ok();
}

status merge_flags(loaded_settings& into, const std::vector<given_flag>& flags) {
  for (const auto& given : flags) {
    auto row = std::ranges::find(setting_table(), given.flag, &setting::flag);
    if (row == setting_table().end())
      return wrong("There is no flag " + quote(given.flag) + ".");
    if (auto done = set(into, *row, given.text, "flag " + given.flag); !done)
      return done;
  }
  return ok();
}

/// Like `validate`, but names where the values came from.
status check_contradictions(const loaded_settings& loaded) {
  auto found = find_contradiction(loaded.all);
  if (!found)
    return ok();
  std::string origins;
  for (const auto& path : found->paths)
    origins += (origins.empty() ? "" : ", ") + path + " from " + loaded.origins.at(path);
  return wrong(found->sentence + " (" + origins + ").");
}

} // namespace

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str()); // NOLINT(concurrency-mt-unsafe): only at start, before any thread
  return value == nullptr ? std::nullopt : std::optional<std::string>{value};
}

result<loaded_settings> load_settings(const setting_sources& sources) {
  loaded_settings loaded;
  for (const auto& row : setting_table())
    loaded.origins[row.path] = "default";
  loaded.file = sources.file;
  if (loaded.file.empty())
    loaded.file = sources.environment("TESSERA_CONFIG").value_or("");
  if (!loaded.file.empty())
    if (auto done = merge_file(loaded); !done)
      return done.error();
  if (auto done = merge_environment(loaded, sources.environment); !done)
    return done.error();
  if (auto done = merge_flags(loaded, sources.flags); !done)
    return done.error();
  if (auto done = check_contradictions(loaded); !done)
    return done.error();
  return loaded;
}

} // namespace tessera
