#pragma once

#include <functional>
#include <span>
#include <string_view>

namespace CLI {
class App;
}

namespace tessera {

/// Exit codes of the process.
inline constexpr int exit_ok = 0;
inline constexpr int exit_failure = 1; ///< what was asked for did not succeed
inline constexpr int exit_usage = 2;   ///< the command line or the configuration is wrong

/// A subcommand: `parsed` knows whether it was given, `run` does it and returns the exit code. `run` owns what the
/// flags were parsed into.
struct command {
  CLI::App* parsed = nullptr;
  std::function<int()> run;
};

command add_serve_command(CLI::App& app);
command add_migrate_command(CLI::App& app);
command add_sample_data_command(CLI::App& app);
command add_import_command(CLI::App& app);
command add_keys_command(CLI::App& app);
command add_loadtest_command(CLI::App& app);
command add_ctl_command(CLI::App& app);
command add_reissue_command(CLI::App& app);
command add_revoke_command(CLI::App& app);

/// Runs the one of `commands` that was given and returns its exit code. None may have been given: the parser would say
/// so itself, but then without naming one that is misspelt.
int run_parsed(std::span<const command> commands);

/// Prints `sentence`, which holds no secret, to standard error and returns `code`.
int give_up(int code, std::string_view sentence);

} // namespace tessera
