#pragma once

#include "tests/faults/crowd.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::test {

/// What a group of a crowd saw.
struct tally {
  std::map<std::string, std::size_t> counts; ///< by sighting::what
  std::chrono::milliseconds longest{0};      ///< from question to answer

  void add(const sighting& one);

  /// Returns how many there are, or how many of one kind: those that begin with `what`.
  std::size_t count(std::string_view what = "") const;
};

/// Returns the tally of a group's questions that were asked from `begin` on and before `end`.
tally tally_of(std::span<const sighting> seen, std::size_t group, sighting::time_point begin,
               sighting::time_point end = sighting::time_point::max());

/// What came of one fault.
struct matrix_row {
  std::string server{}; ///< which had the fault
  std::string fault{};
  std::string clients{};
  tally cached{}; ///< of questions for cached members while the fault lasted
  tally others{};
  std::optional<std::chrono::milliseconds> noticed{};
  std::string noticed_by{};
  std::optional<std::chrono::milliseconds> recovered{};
};

/// Returns a table in Markdown for each server, in the order in which the servers appear.
std::string to_markdown(std::span<const matrix_row> rows);

} // namespace tessera::test
