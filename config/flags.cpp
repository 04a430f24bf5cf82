#include "config/flags.hpp"

#include "config/setting_table.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace tessera {

namespace {

std::string placeholder(const setting& row) {
  switch (row.kind) {
  case value_kind::number:
    return "N";
  case value_kind::duration:
    return "TIME";
  case value_kind::size:
    return "SIZE";
  case value_kind::boolean:
    return "[BOOL]";
  case value_kind::list:
    return "LIST";
  case value_kind::text:
    break;
  }
  if (row.secret == secrecy::url)
    return "URL";
  if (row.path.ends_with("_file"))
    return "FILE";
  return row.flag == "--listen" || row.flag == "--operator" ? "HOST:PORT" : "TEXT";
}

std::string group_of(const setting& row) {
  auto section = section_of(row.path);
  return section.empty() ? "General" : "Settings: " + section;
}

std::string description(const setting& row) {
  static const settings defaults;
  auto text = row.text(defaults);
  return row.help + (text.empty() ? "" : " [" + text + "]");
}

} // namespace

void add_setting_flags(CLI::App& app, std::vector<given_flag>& into, std::string_view section) {
  for (const auto& row : setting_table()) {
    if (!section.empty() && section_of(row.path) != section)
      continue;
    auto missing = row.kind == value_kind::boolean ? "true" : ""; // what a flag without a value means
    CLI::callback_t take = [&into, missing, flag = row.flag](const CLI::results_t& results) {
      into.push_back({flag, results.empty() || results.back().empty() ? missing : results.back()});
      return true;
    };
    auto* option = app.add_option(row.flag, take, description(row));
    option->type_name(placeholder(row))
        ->group(group_of(row))
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
        ->type_size(1);
    if (row.kind == value_kind::boolean)
      option->expected(0, 1);
    else
      option->expected(1);
  }
}

} // namespace tessera
