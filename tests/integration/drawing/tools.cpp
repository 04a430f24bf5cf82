#include "tests/integration/drawing/tools.hpp"

#include "tests/support/process.hpp"

#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace tessera::test {

tool_result run_tool(std::vector<std::string> arguments, const temp_dir& directory) {
  auto output = directory / "output";
  std::filesystem::remove(output);
  arguments.front() = find_program(arguments.front());
  process tool{{.arguments = std::move(arguments), .output = output, .working_directory = directory.path()}};
  auto code = tool.wait(std::chrono::minutes{1});
  return {code.value_or(-1), tool.output()};
}

void write_file(const std::filesystem::path& path, std::string_view content) {
  std::ofstream out{path, std::ios::binary};
  out << content;
  if (!out.flush())
    throw std::runtime_error{"cannot write " + path.string()};
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::filesystem::path render_page(const std::string& pdf, int page, int dots_per_inch, const temp_dir& directory) {
  write_file(directory / "page.pdf", pdf);
  auto number = std::to_string(page);
  auto [code, output] = run_tool({"pdftoppm", "-gray", "-r", std::to_string(dots_per_inch), "-f", number, "-l", number,
                                  "-singlefile", "page.pdf", "page"},
                                 directory);
  if (code != 0)
    throw std::runtime_error{"pdftoppm: " + output};
  return directory / "page.pgm";
}

} // namespace tessera::test
