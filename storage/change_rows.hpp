#pragma once

#include "storage/change_feed.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

/// What both kinds of store say to member_changes.
namespace tessera {

/// Columns of a row of such a statement: those of the table, then the store's time.
inline constexpr std::size_t change_column_count = 6;

/// Returns the end of the statement: the numbers from `from` on and in `gaps`, ascending, the first `limit` of them.
std::string change_condition(std::uint64_t from, std::span<const change_gap> gaps, std::size_t limit);

/// Returns the number in a column; 0 for NULL (as "").
std::uint64_t change_number(const std::string& text) noexcept;

/// Returns the page of these rows, in which NULL is "". What names no member that we could know is taken for a change
/// of everything, which is never wrong.
change_page change_page_of(std::span<const std::vector<std::string>> rows);

} // namespace tessera
