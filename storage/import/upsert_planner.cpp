#include "storage/import/upsert_planner.hpp"

#include "storage/sql_time.hpp"

#include <algorithm>
#include <utility>

namespace tessera {

namespace {

constexpr auto created_at = import_column::member_created_at;

/// The members of a plan by their keys, as the rows planned so far leave them.
class member_index {
public:
  explicit member_index(std::span<const existing_member> members) {
    for (const auto& member : members) {
      by_id_.emplace(member.id, &member);
      if (member.number)
        by_number_.emplace(*member.number, member.id);
    }
  }

  const existing_member* find(member_id id) const {
    auto found = by_id_.find(id);
    return found != by_id_.end() ? found->second : nullptr;
  }

  /// A register that was not ours may have one ID number several times.
  std::vector<member_id> owners(id_number number) const {
    std::vector<member_id> ids;
    auto [first, last] = by_number_.equal_range(number);
    for (; first != last; ++first)
      ids.push_back(first->second);
    return ids;
  }

  void renumber(const existing_member& member, id_number to) {
    if (member.number)
      std::erase_if(by_number_,
                    [&](const auto& entry) { return entry.first == *member.number && entry.second == member.id; });
    by_number_.emplace(to, member.id);
  }

private:
  std::unordered_map<member_id, const existing_member*> by_id_;
  std::unordered_multimap<id_number, member_id> by_number_;
};

rejected_row rejected(const import_row& row, import_column column, std::string reason, std::string detail = {}) {
  return {row.line, std::string{name_of(column)}, std::move(reason), std::move(detail), row.source};
}

} // namespace

upsert_plan upsert_planner::plan(std::span<const import_row> rows, std::vector<existing_member> existing) {
  for (auto& member : existing)
    if (auto other = renumbered_.find(member.id); other != renumbered_.end())
      member.number = other->second;
  member_index index{existing};
  upsert_plan plan;
  for (const auto& row : rows) {
    auto owners = index.owners(row.number);
    auto is_owner = [&](member_id id) { return std::ranges::find(owners, id) != owners.end(); };
    const existing_member* member = nullptr;
    if (row.id) {
      if (!owners.empty() && !is_owner(*row.id)) {
        plan.rejected.push_back(rejected(row, import_column::id_number, "belongs to another member of the store",
                                         "member_id " + std::to_string(owners.front().value)));
        continue;
      }
      member = index.find(*row.id);
    } else if (owners.size() > 1) {
      plan.rejected.push_back(rejected(row, import_column::id_number, "belongs to several members of the store"));
      continue;
    } else if (owners.size() == 1) {
      member = index.find(owners.front());
    } else if (rules_.numbered_by_file && !rules_.update_only) {
      plan.rejected.push_back(
          rejected(row, import_column::member_id, "is empty, and the store has no member with this ID number"));
      continue;
    }
    if (member == nullptr && rules_.update_only) {
      plan.rejected.push_back(rejected(row, row.id ? import_column::member_id : import_column::id_number,
                                       "belongs to no member of the store, and none may be added"));
      continue;
    }
    if (member != nullptr && !changes(row, *member)) {
      ++plan.unchanged;
      continue;
    }
    plan.writes.push_back(write_of(row, member));
    if (member != nullptr && member->number != row.number) {
      index.renumber(*member, row.number);
      if (rules_.dry_run)
        renumbered_[member->id] = row.number;
    }
  }
  return plan;
}

bool upsert_planner::changes(const import_row& row, const existing_member& member) const {
  if (member.number != row.number)
    return true;
  for (std::size_t i = 0; i < import_value_count; ++i) {
    auto column = static_cast<import_column>(i);
    const auto& now = row.values[column];
    const auto& before = member.values[column];
    if (!rules_.columns[i] || now == before)
      continue;
    if (column != created_at)
      return true;
    if (now && (!before || parse_sql_time(*now) != parse_sql_time(*before)))
      return true;
  }
  return false;
}

member_write upsert_planner::write_of(const import_row& row, const existing_member* member) const {
  auto text_of = [&](import_column column) {
    auto text = row.values[column];
    return text || member == nullptr ? text : member->values[column];
  };
  return {&row, member != nullptr ? member->id : row.id, member == nullptr,
          text_of(import_column::firstname).value_or(""), text_of(created_at).value_or(rules_.created)};
}

} // namespace tessera
