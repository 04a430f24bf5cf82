#include "app/command.hpp"
#include "config/url.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>

namespace {

using namespace tessera;

/// Returns what is wrong with the command line, without the passwords of URLs in it.
std::string sentence_of(const CLI::ParseError& wrong) {
  std::string text{wrong.what()};
  std::string out;
  for (std::size_t start = 0; start <= text.size();) {
    auto end = std::min(text.find_first_of(" \n", start), text.size());
    out += (out.empty() ? "" : " ") + mask_url_password(std::string_view{text}.substr(start, end - start));
    start = end + 1;
  }
  return out + (out.ends_with('.') ? "" : ".") + " Try --help.";
}

int run(int argc, char** argv) {
  CLI::App app{"Tessera serves digital membership cards: it looks members up, makes and verifies their cards, and "
               "answers over HTTP.",
               "tessera"};
  app.set_version_flag("--version", "tessera " TESSERA_VERSION);
  app.require_subcommand(0, 1);
  app.get_formatter()->column_width(40);
  std::array commands{add_serve_command(app), add_migrate_command(app), add_sample_data_command(app),
                      add_keys_command(app),  add_reissue_command(app), add_revoke_command(app),
                      add_loadtest_command(app), add_import_command(app), add_ctl_command(app)};
  // After the subcommands, which would inherit it.
  app.footer("Try: tessera sample-data --members 50000, then tessera serve. Each subcommand has its own --help.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) { // --help or --version
    return app.exit(asked, std::cout, std::cerr);
  } catch (const CLI::ParseError& wrong) {
    return give_up(exit_usage, sentence_of(wrong));
  }
  return run_parsed(commands);
}

} // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& fault) {
    return give_up(exit_failure, fault.what());
  }
}
