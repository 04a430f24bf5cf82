#include "app/command.hpp"
#include "app/store_options.hpp"

#include <CLI/App.hpp>

#include <iostream>
#include <memory>

namespace tessera {

namespace {

int run_migrate(const store_options& options) {
  auto store = options.open();
  if (!store)
    return give_up(exit_usage, store.error().detail);
  auto applied = (*store)->migrate();
  if (!applied)
    return give_up(exit_failure, applied.error().detail);
  for (const auto& version : *applied)
    std::cout << "Applied " << version << "\n";
  std::cout << (*store)->describe() << (applied->empty() ? " was up to date already.\n" : " is up to date.\n");
  return exit_ok;
}

} // namespace

command add_migrate_command(CLI::App& app) {
  auto options = std::make_shared<store_options>();
  auto* parsed = app.add_subcommand("migrate", "Bring the schema of the member store up to date; safe to repeat.");
  options->add_to(*parsed);
  return {parsed, [options] { return run_migrate(*options); }};
}

} // namespace tessera
