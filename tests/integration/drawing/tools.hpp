#pragma once

#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace tessera::test {

/// What a program wrote, and how it ended.
struct tool_result {
  int exit_code = -1;
  std::string output; ///< stdout and stderr
};

/// Runs a program in `directory` to its end; REQUIRES that this takes less than a minute. The first argument is the
/// program.
tool_result run_tool(std::vector<std::string> arguments, const temp_dir& directory);

void write_file(const std::filesystem::path& path, std::string_view content);
std::string read_file(const std::filesystem::path& path);

/// Makes a picture of a page of a PDF and returns its path: grey, with so many dots per inch. REQUIRES: page is 1 to 9.
std::filesystem::path render_page(const std::string& pdf, int page, int dots_per_inch, const temp_dir& directory);

} // namespace tessera::test
