#include "config/toml_file.hpp"

#include "config/value_text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace tessera {

namespace {

using enum value_kind;

/// Fills kinds and text of a value that is no table.
void read_value(const toml::node& node, toml_value& into) {
  if (const auto* word = node.as_string()) {
    into.kinds = {text, number, duration, size, boolean, list};
    into.text = word->get();
  } else if (const auto* count = node.as_integer()) {
    into.kinds = {number, duration, size};
    into.text = std::to_string(count->get());
  } else if (const auto* truth = node.as_boolean()) {
    into.kinds = {boolean};
    into.text = truth->get() ? "true" : "false";
  } else if (const auto* array = node.as_array();
             array != nullptr && (array->empty() || array->is_homogeneous<std::string>())) {
    into.kinds = {list};
    std::vector<std::string> items;
    for (const auto& item : *array)
      items.push_back(item.as_string()->get());
    into.text = list_text(items);
  }
}

void flatten(const toml::table& table, const std::string& prefix, std::vector<toml_value>& into) {
  for (const auto& [key, node] : table) {
    toml_value value{prefix + std::string{key.str()}, key.source().begin.line, {}, {}};
    if (const auto* inner = node.as_table(); inner != nullptr && !inner->empty()) {
      flatten(*inner, value.path + ".", into);
      continue;
    }
    read_value(node, value);
    into.push_back(std::move(value));
  }
}

} // namespace

result<std::vector<toml_value>> read_toml_file(const std::filesystem::path& file) {
  std::error_code fault;
  std::ifstream in;
  if (std::filesystem::is_directory(file, fault))
    errno = EISDIR;
  else
    in.open(file, std::ios::binary);
  if (!in.is_open())
    return failure{error_code::validation,
                   "The configuration file " + file.string() + " cannot be read: " + std::strerror(errno) + "."};
  std::string content{std::istreambuf_iterator<char>{in}, {}};
  auto parsed = toml::parse(content);
  if (!parsed) {
    auto where = parsed.error().source().begin;
    return failure{error_code::validation, "The configuration file " + file.string() + " is not valid TOML at line "
                                               + std::to_string(where.line) + ", column " + std::to_string(where.column)
                                               + " (texts need quotes, and a key may be set only once)."};
  }
  std::vector<toml_value> values;
  flatten(parsed.table(), "", values);
  std::ranges::stable_sort(values, {}, &toml_value::line);
  return values;
}

} // namespace tessera
