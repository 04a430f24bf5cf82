#include "config/print.hpp"

#include "config/quote.hpp"
#include "config/url.hpp"
#include "config/value_text.hpp"

#include <algorithm>

namespace tessera {

namespace {

std::string masked_text(const setting& row, std::string text) {
  if (row.secret == secrecy::url)
    return mask_url_password(text);
  if (row.secret == secrecy::hidden && !text.empty())
    return "***";
  return text;
}

bool is_digits(const std::string& text) {
  return parse_number(text).has_value();
}

/// Returns `text` as it may stand in a comment: on one line.
std::string comment(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }, '?');
  return text;
}

std::string origin_of(const setting& row, const loaded_settings& loaded, const settings& resolved) {
  const auto& origin = loaded.origins.at(row.path);
  if (row.text(loaded.all) == row.text(resolved))
    return origin;
  if (row.path != "database.store")
    return origin + ", chosen for this machine";
  return loaded.all.database.name.empty() ? "default, embedded" : "made from the parts below";
}

/// Calls `visit` for each setting and writes the head of each section in between.
template <class Visit>
std::string by_section(std::string head, Visit visit) {
  std::string out = std::move(head);
  std::string section;
  for (const auto& row : setting_table()) {
    if (auto next = section_of(row.path); next != section) {
      out += "\n[" + next + "]\n";
      section = next;
    }
    visit(out, row);
  }
  return out;
}

} // namespace

std::string toml_value_text(const setting& row, const settings& all, bool masked) {
  auto text = row.text(all);
  if (masked)
    text = masked_text(row, std::move(text));
  if (row.kind == value_kind::boolean || row.kind == value_kind::number)
    return text;
  if (row.kind == value_kind::size && is_digits(text))
    return text;
  if (row.kind != value_kind::list)
    return quote(text);
  std::string items;
  for (const auto& item : parse_list(text))
    items += (items.empty() ? "" : ", ") + quote(item);
  return "[" + items + "]";
}

std::string print_settings(const loaded_settings& loaded, const settings& resolved) {
  auto file = loaded.file.empty() ? std::string{"none"} : loaded.file.string();
  return by_section(comment("# Settings of Tessera and where each came from. Secrets are masked. File: " + file)
                        + "\n\n",
                    [&](std::string& out, const setting& row) {
                      out += key_of(row.path) + " = " + toml_value_text(row, resolved, true) + " # "
                             + comment(origin_of(row, loaded, resolved)) + "\n";
                    });
}

std::string sample_file() {
  const settings defaults;
  return by_section(
      "# Sample configuration of Tessera: all settings with their defaults. Give the file to the program by\n"
      "# --config FILE or TESSERA_CONFIG. Variables of the environment go over it, flags over those.\n"
      "# Times: a plain number in the unit shown, or a number with ms, s, m or h. Sizes: a plain number\n"
      "# of bytes, or a number with KiB, MiB or GiB.\n",
      [&](std::string& out, const setting& row) {
        auto also = row.part_environment.empty() ? "" : ", " + row.part_environment;
        out += "\n# " + row.help + "\n# " + row.expects + "\n# " + row.flag + ", " + row.environment + also + "\n#"
               + key_of(row.path) + " = " + toml_value_text(row, defaults, false) + "\n";
      });
}

} // namespace tessera
