// Asks at the times of a schedule, however long the answers take (an open loop), over a fixed number of keep-alive
// connections, and prints what came of it as one JSON object. A latency counts from when the request was due, not from
// when it was sent: what an answer holds up counts in full (no coordinated omission). If a request is due and no
// connection is free, it waits for one.
//
// The run is void, with exit code 3 and the reasons in the JSON, if the generator itself was too slow or had too few
// connections to put that load on the server. `bench_open_loop --help` shows the options.

#include "bench/open_loop.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <arpa/inet.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

using namespace tessera::bench;

namespace {

constexpr int exit_void = 3;

std::vector<std::string> read_targets(const std::string& path) {
  std::ifstream file{path};
  std::vector<std::string> result;
  for (std::string line; std::getline(file, line);)
    if (!line.empty())
      result.push_back(line[0] == '/' ? line : "/api/v1/optimized-cards/member/" + line);
  return result;
}

} // namespace

int main(int argc, char** argv) {
  open_loop_options chosen;
  std::string targets_file;
  std::string first_source = "127.0.0.1";
  const std::map<std::string, arrivals> schedules{{"poisson", arrivals::poisson}, {"constant", arrivals::constant}};
  CLI::App app{"Open-loop load: requests at the times of a schedule, latencies from when each was due"};
  app.add_option("--port", chosen.port, "of 127.0.0.1")->required();
  app.add_option("--targets", targets_file, "an ID number or a path per line, asked for in turn")
      ->required()
      ->check(CLI::ExistingFile);
  app.add_option("--rate", chosen.rate, "requests per second")->required()->check(CLI::PositiveNumber);
  app.add_option("--seconds", chosen.seconds, "how long requests are due")->required()->check(CLI::PositiveNumber);
  app.option_defaults()->always_capture_default();
  app.add_option("--schedule", chosen.schedule, "poisson, or constant gaps")->transform(CLI::Transformer(schedules));
  app.add_option("--seed", chosen.seed, "of the schedule");
  app.add_option("--connections", chosen.connections, "keep-alive connections")->check(CLI::PositiveNumber);
  app.add_option("--source", first_source, "address of the first connection")->check(CLI::ValidIPV4);
  app.add_option("--per-source", chosen.sources.per_address,
                 "connections from each address, the next ones from the next")
      ->check(CLI::PositiveNumber);
  app.add_option("--in-time-ms", chosen.in_time_ms, "answers that took no longer are counted as in time");
  bool wait = false;
  app.add_flag("--wait", wait, "say when all are connected, and begin with a line or the end of the standard input");
  CLI11_PARSE(app, argc, argv);
  auto targets = read_targets(targets_file);
  if (targets.empty()) {
    std::fprintf(stderr, "bench_open_loop: there is nothing to ask for in %s\n", targets_file.c_str());
    return EXIT_FAILURE;
  }
  chosen.sources.first = ntohl(::inet_addr(first_source.c_str()));
  open_loop load{chosen, std::move(targets)};
  if (wait) {
    std::puts("Connected");
    std::fflush(stdout);
    for (int next = 0; next != '\n' && next != EOF;)
      next = std::getchar();
  }
  const auto& report = load.run();
  std::puts(report.json().c_str());
  return report.void_reasons().empty() ? EXIT_SUCCESS : exit_void;
}
