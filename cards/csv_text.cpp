#include "cards/csv_text.hpp"

namespace tessera {

namespace {

constexpr std::string_view begins_a_formula = "=+-@\t\r\n";
constexpr std::string_view must_be_quoted = "\"\r\n";

} // namespace

void append_csv_field(std::string& to, std::string_view text, char delimiter) {
  bool guarded = !text.empty() && begins_a_formula.find(text.front()) != std::string_view::npos;
  bool quoted =
      text.find(delimiter) != std::string_view::npos || text.find_first_of(must_be_quoted) != std::string_view::npos;
  if (quoted)
    to.push_back('"');
  if (guarded)
    to.push_back('\'');
  for (auto c : text) {
    if (c == '"')
      to.push_back('"');
    to.push_back(c);
  }
  if (quoted)
    to.push_back('"');
}

} // namespace tessera
