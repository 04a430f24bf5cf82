#include "tests/faults/matrix_report.hpp"

#include <algorithm>

namespace tessera::test {

namespace {

using std::chrono::milliseconds;

/// Returns the number with commas between groups of three digits.
std::string grouped(std::size_t number) {
  auto digits = std::to_string(number);
  for (auto at = digits.size(); at > 3;)
    digits.insert(at -= 3, ",");
  return digits;
}

/// Leaves out the status of good answers, which says nothing that X-Cache does not.
std::string short_name(const std::string& what) {
  return what.starts_with("200 ") ? what.substr(4) : what;
}

std::string text_of(std::optional<milliseconds> time) {
  return time ? grouped(static_cast<std::size_t>(time->count())) : "never";
}

std::string text_of(const tally& what) {
  std::string result;
  for (const auto& [name, count] : what.counts)
    result += (result.empty() ? "" : ", ") + short_name(name) + " " + grouped(count);
  return result;
}

std::string line_of(const matrix_row& row) {
  std::string line;
  for (const auto& cell :
       {row.fault, row.clients, text_of(row.cached), text_of(row.cached.longest), text_of(row.others),
        text_of(row.others.longest), text_of(row.noticed), short_name(row.noticed_by), text_of(row.recovered)})
    line += "| " + cell + " ";
  return line + "|\n";
}

} // namespace

void tally::add(const sighting& one) {
  ++counts[one.what];
  longest = std::max(longest, std::chrono::ceil<milliseconds>(one.answered - one.asked));
}

std::size_t tally::count(std::string_view what) const {
  std::size_t sum = 0;
  for (const auto& [name, number] : counts)
    sum += name.starts_with(what) ? number : 0;
  return sum;
}

tally tally_of(std::span<const sighting> seen, std::size_t group, sighting::time_point begin,
               sighting::time_point end) {
  tally result;
  for (const auto& each : seen) {
    if (each.group == group && each.asked >= begin && each.asked < end)
      result.add(each);
  }
  return result;
}

std::string to_markdown(std::span<const matrix_row> rows) {
  std::string text;
  std::string_view server;
  for (const auto& row : rows) {
    if (row.server != server) {
      server = row.server;
      text += (text.empty() ? "## " : "\n## ") + row.server
              + "\n\n"
                "| fault | clients | cached members | longest, ms | other members | longest, ms | noticed, ms | by | "
                "recovered, ms |\n"
                "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";
    }
    text += line_of(row);
  }
  return text;
}

} // namespace tessera::test
