#pragma once

#include <string>
#include <vector>

namespace tessera::test {

/// How a run of the program under test ended.
struct program_end {
  int code = 0;
  std::string output; ///< what it wrote to standard output
  std::string errors; ///< to standard error
};

/// Runs the program until it ends, which it must within seconds, in a working directory of its own, with no settings
/// in its environment but `environment`.
program_end run_program(const std::vector<std::string>& arguments, std::vector<std::string> environment = {});

/// Asserts that the run failed and said why in one line that holds all of `words`.
void check_sentence(const program_end& end, const std::vector<std::string>& words);

} // namespace tessera::test
