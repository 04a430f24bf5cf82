#include "app/command.hpp"
#include "app/serve.hpp"
#include "app/store_options.hpp"
#include "config/flags.hpp"
#include "config/load.hpp"
#include "config/logging.hpp"
#include "config/print.hpp"

#include <CLI/App.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace tessera {

namespace {

struct serve_options {
  std::string file;
  std::vector<given_flag> flags;
  bool print_settings = false;
  bool print_sample = false;
};

int run_serve(const serve_options& options) {
  if (options.print_sample) {
    std::cout << sample_file();
    return exit_ok;
  }
  setting_sources sources;
  sources.file = options.file;
  sources.flags = options.flags;
  auto loaded = load_settings(sources);
  if (!loaded)
    return give_up(exit_usage, loaded.error().detail);
  auto resolved = resolve(loaded->all, std::thread::hardware_concurrency());
  if (auto checked = validate(resolved); !checked)
    return give_up(exit_usage, checked.error().detail);
  if (auto address = store_address_of(*loaded, resolved); !address)
    return give_up(exit_usage, address.error().detail);
  if (options.print_settings) {
    std::cout << print_settings(*loaded, resolved);
    return exit_ok;
  }
  set_up_logging(resolved.log);
  return serve(resolved);
}

} // namespace

command add_serve_command(CLI::App& app) {
  auto options = std::make_shared<serve_options>();
  auto* parsed = app.add_subcommand("serve", "Answer requests until SIGTERM or SIGINT.");
  parsed->add_option("--config", options->file, "file with settings (TOML); also TESSERA_CONFIG")->type_name("FILE");
  parsed->add_flag("--print-config", options->print_settings, "print every setting and where it came from, and exit");
  parsed->add_flag("--print-sample", options->print_sample, "print a configuration file with all defaults, and exit");
  parsed->footer("Each setting can also be given in the file and in the environment; a flag goes over both.\n"
                 "Their names: --print-sample. Defaults are in brackets.");
  add_setting_flags(*parsed, options->flags);
  return {parsed, [options] { return run_serve(*options); }};
}

} // namespace tessera
