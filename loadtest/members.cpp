#include "loadtest/members.hpp"

#include "loadtest/random.hpp"
#include "storage/member_store.hpp"

#include <algorithm>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tessera::loadtest {

namespace {

/// So that a page's rows are read in one go, and are no burden on either side.
constexpr std::size_t members_per_page = 5'000;

std::optional<load_member> parse_line(std::string_view line) {
  if (line.ends_with('\r'))
    line.remove_suffix(1);
  auto comma = line.find(',');
  auto number = id_number::from_digits(line.substr(0, comma));
  if (!number)
    return std::nullopt;
  if (comma == line.npos)
    return load_member{*number};
  auto id = parse_member_id(line.substr(comma + 1));
  return id ? std::optional{load_member{*number, *id}} : std::nullopt;
}

} // namespace

result<std::vector<load_member>> members_of_store(store_connection& store, std::size_t most, utc_time valid_until,
                                                  const std::function<void(std::size_t)>& read) {
  std::vector<load_member> members;
  std::optional<member_id> before;
  while (members.size() < most) {
    auto wanted = std::min(most - members.size(), members_per_page);
    auto page = store.newest(before, wanted);
    if (!page)
      return page.error();
    for (const auto& each : *page)
      members.push_back({each.number, each.id, each.joined + membership_duration >= valid_until});
    if (page->size() < wanted)
      break;
    before = page->back().id;
    read(members.size());
  }
  return members;
}

result<std::vector<load_member>> members_of_file(const std::filesystem::path& file, std::size_t most) {
  std::ifstream in{file};
  if (!in)
    return failure{error_code::validation, "The file of --ids cannot be read."};
  std::vector<load_member> members;
  std::string line;
  for (std::size_t number = 1; members.size() < most && std::getline(in, line); ++number) {
    if (line.empty())
      continue;
    auto found = parse_line(line);
    if (!found)
      return failure{error_code::validation, "Line " + std::to_string(number)
                                                 + " of the file of --ids is not an ID number of 13 digits, or one "
                                                   "with a comma and a member id behind it."};
    members.push_back(*found);
  }
  return members;
}

void shuffle(std::span<load_member> members, std::uint64_t seed) noexcept {
  load_random random{seed};
  for (auto left = members.size(); left > 1; --left)
    std::swap(members[left - 1], members[random.below(left)]);
}

} // namespace tessera::loadtest
