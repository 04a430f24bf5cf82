#include "app/command.hpp"

#include <CLI/App.hpp>

#include <algorithm>
#include <cstdio>

namespace tessera {

int run_parsed(std::span<const command> commands) {
  auto given = std::ranges::find_if(commands, [](const command& each) { return each.parsed->parsed(); });
  return given != commands.end() ? given->run() : give_up(exit_usage, "A subcommand is required. Try --help.");
}

int give_up(int code, std::string_view sentence) {
  std::fprintf(stderr, "tessera: %.*s\n", static_cast<int>(sentence.size()), sentence.data());
  return code;
}

} // namespace tessera
