#include "app/import_report_text.hpp"

#include "config/grouped.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

namespace tessera {

namespace {

std::string listed(const std::vector<std::string>& texts) {
  std::string list;
  for (const auto& text : texts)
    list.append(list.empty() ? "" : ", ").append(text);
  return list;
}

/// Returns "1 row was", "2 rows were".
std::string counted(std::uint64_t count, std::string_view what, std::string_view verb_of_one,
                    std::string_view verb_of_many) {
  auto text = grouped(count) + " " + std::string{what} + (count == 1 ? " " : "s ");
  return text.append(count == 1 ? verb_of_one : verb_of_many);
}

std::string line_of_kind(const reject_summary::kind& kind, std::size_t width) {
  auto count = grouped(kind.count);
  std::string text = "  " + std::string(width - std::min(width, count.size()), ' ') + count + "  ";
  text.append(kind.column.empty() ? "the row" : kind.column).append(" ").append(kind.reason);
  text.append(kind.count == 1 ? ": line " : ": lines ");
  for (auto line : kind.lines)
    text.append(line == kind.lines.front() ? "" : ", ").append(std::to_string(line));
  return text + (kind.count > kind.lines.size() ? ", …\n" : "\n");
}

} // namespace

std::string columns_text(const import_header& header) {
  std::vector<std::string> used;
  auto unused = header.unused();
  for (std::size_t i = 0; i < import_column_count; ++i) {
    auto column = static_cast<import_column>(i);
    auto field = header.field_of(column);
    if (!field || std::ranges::find(unused, header.names()[*field]) != unused.end())
      continue;
    const auto& name = header.names()[*field];
    used.push_back(std::string{name_of(column)} + (name == name_of(column) ? "" : " (\"" + name + "\")"));
  }
  auto text = "Columns: " + listed(used) + ".\n";
  if (!unused.empty()) {
    for (auto& name : unused)
      name.insert(0, 1, '"').push_back('"');
    text.append("Not used: ").append(listed(unused)).append(".\n");
  }
  return text;
}

std::string counts_text(const import_counts& counts) {
  return grouped(counts.rows()) + (counts.rows() == 1 ? " row: " : " rows: ") + grouped(counts.inserted) + " new, "
         + grouped(counts.updated) + " changed, " + grouped(counts.unchanged) + " unchanged, "
         + grouped(counts.rejected) + " rejected";
}

std::string remarks_text(const import_report& report, bool dry_run) {
  const auto& counts = report.counts;
  std::string text;
  if (counts.restored > 0)
    text.append(counted(counts.restored, "ID number", "has its zeros", "have their zeros"))
        .append(" in front again, which a spreadsheet had dropped.\n");
  if (counts.places_added > 0)
    text.append(counted(counts.places_added, "place", dry_run ? "would be" : "was", dry_run ? "would be" : "were"))
        .append(" added to the geography.\n");
  if (counts.places_unknown > 0)
    text.append("The store knows no name for ")
        .append(counted(counts.places_unknown, "code", "of", "of"))
        .append(" the geography"
                + (report.unknown_places.empty()
                       ? std::string{}
                       : " (" + listed(report.unknown_places)
                             + (counts.places_unknown > report.unknown_places.size() ? ", …)" : ")")))
        .append(": cards show nothing there until it does.\n");
  auto kinds = report.rejects.kinds();
  if (kinds.empty())
    return text;
  std::uint64_t here = 0;
  for (const auto& kind : kinds)
    here += kind.count;
  text.append("Rejected");
  if (here < counts.rejected)
    text.append(" by this run (" + grouped(here) + " of " + grouped(counts.rejected) + ")");
  text.append(":\n");
  for (const auto& kind : kinds)
    text.append(line_of_kind(kind, grouped(kinds.front().count).size()));
  return text;
}

} // namespace tessera
