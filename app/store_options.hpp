#pragma once

#include "cards/result.hpp"
#include "config/flags.hpp"
#include "config/load.hpp"
#include "config/settings.hpp"
#include "storage/member_store.hpp"
#include "storage/store_url.hpp"

#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace tessera {

/// The flags that say which member store a subcommand works on: --store and the other settings of the database, which
/// may also come from a file and the environment, just as for `serve`.
class store_options {
public:
  /// Adds the flags. This object must outlive the parsing.
  void add_to(CLI::App& app);

  /// Returns the store; does not connect. The error is one sentence about the configuration.
  result<std::shared_ptr<member_store>> open() const;

private:
  std::string file_;
  std::vector<given_flag> flags_;
};

/// Parses the address of the store that `resolved` has; the error names the setting and where `loaded` has it from.
result<store_address> store_address_of(const loaded_settings& loaded, const settings& resolved);

} // namespace tessera
