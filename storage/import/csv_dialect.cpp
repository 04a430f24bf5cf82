#include "storage/import/csv_dialect.hpp"

#include <algorithm>
#include <array>

namespace tessera {

namespace {

constexpr std::string_view utf8_mark = "\xef\xbb\xbf";

std::string_view first_line_of(std::string_view text) {
  return text.substr(0, text.find_first_of("\r\n"));
}

failure no_csv(const char* what) {
  return {error_code::validation, std::string{"the file is "} + what + ": save it as \"CSV UTF-8\" and import that"};
}

char most_frequent_delimiter(std::string_view line) {
  constexpr std::string_view delimiters = ",;\t|"; // the earlier wins a draw
  std::array<std::size_t, delimiters.size()> counts{};
  auto quoted = false;
  for (auto c : line) {
    quoted ^= c == '"';
    if (auto at = delimiters.find(c); !quoted && at != std::string_view::npos)
      ++counts[at];
  }
  return delimiters[static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin())];
}

} // namespace

result<csv_dialect> detect_csv_dialect(std::string_view start) {
  if (start.starts_with("\xff\xfe") || start.starts_with("\xfe\xff"))
    return no_csv("UTF-16 text");
  if (start.starts_with("PK\x03\x04"))
    return no_csv("a workbook (or another ZIP file)");
  if (start.starts_with("\xd0\xcf\x11\xe0"))
    return no_csv("a workbook of an old kind");
  csv_dialect dialect;
  if (start.starts_with(utf8_mark))
    dialect.skip = utf8_mark.size();
  auto line = first_line_of(start.substr(dialect.skip));
  constexpr std::string_view excel_says = "sep=";
  if (line.size() == excel_says.size() + 1 && line.starts_with(excel_says)) {
    dialect.delimiter = line.back();
    dialect.skip += line.size(); // the line end that is left is an empty line
    return dialect;
  }
  dialect.delimiter = most_frequent_delimiter(line);
  return dialect;
}

} // namespace tessera
