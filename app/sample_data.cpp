#include "app/command.hpp"
#include "app/progress.hpp"
#include "app/store_options.hpp"
#include "storage/sample/fill.hpp"

#include <CLI/App.hpp>

#include <cstdint>
#include <iomanip>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

namespace tessera {

namespace {

struct sample_options {
  store_options store;
  std::optional<std::uint64_t> members;
  std::uint64_t seed = 1;
  bool print_example = false;
};

/// Prints the ID number of the newest active member, and nothing else, so that scripts can use it.
int print_example(member_store& store) {
  auto connection = store.connect();
  if (!connection)
    return give_up(exit_failure, connection.error().detail);
  auto newest = (*connection)->newest(std::nullopt, 1);
  if (!newest)
    return give_up(exit_failure, newest.error().detail);
  if (newest->empty())
    return give_up(exit_failure,
                   store.describe() + " has no active member; fill it with tessera sample-data --members N.");
  std::cout << newest->front().number.str() << "\n";
  return exit_ok;
}

int fill(member_store& store, std::uint64_t members, std::uint64_t seed) {
  if (auto migrated = store.migrate(); !migrated)
    return give_up(exit_failure, migrated.error().detail);
  auto filled = [&] {
    progress_line progress{"members", members};
    auto done = fill_with_sample(store, members, seed, sample_day, [&](auto written) { progress.update(written); });
    if (done)
      progress.finish();
    return done;
  }();
  if (!filled)
    return give_up(filled.error().code == error_code::validation ? exit_usage : exit_failure, filled.error().detail);
  std::cout << "Filled " << store.describe() << " in " << std::fixed << std::setprecision(1) << filled->took.count()
            << " s: " << filled->members << " members (" << filled->active << " active), " << filled->provinces
            << " provinces, " << filled->municipalities << " municipalities, " << filled->wards << " wards, "
            << filled->voting_stations << " voting stations.\n";
  return exit_ok;
}

int run_sample_data(const sample_options& options) {
  if (options.members.has_value() == options.print_example)
    return give_up(exit_usage, "Either --members N or --print-example is required. Try --help.");
  auto store = options.store.open();
  if (!store)
    return give_up(exit_usage, store.error().detail);
  return options.print_example ? print_example(**store) : fill(**store, *options.members, options.seed);
}

} // namespace

command add_sample_data_command(CLI::App& app) {
  // More would take hours and is surely a slip; how many can be made at all, the sample knows.
  constexpr std::uint64_t most_members = 1'000'000'000;
  auto options = std::make_shared<sample_options>();
  auto* parsed = app.add_subcommand("sample-data", "Fill a member store with an invented membership.");
  parsed->add_option("--members", options->members, "how many members to make")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, most_members));
  parsed->add_option("--seed", options->seed, "the same seed makes the same members [1]")->type_name("N");
  parsed->add_flag("--print-example", options->print_example,
                   "print the ID number of an active member of the store, and change nothing");
  options->store.add_to(*parsed);
  return {parsed, [options] { return run_sample_data(*options); }};
}

} // namespace tessera
