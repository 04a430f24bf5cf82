#pragma once

#include "app/store_options.hpp"
#include "cards/member.hpp"
#include "cards/result.hpp"
#include "storage/member_store.hpp"

#include <memory>
#include <string>

namespace tessera {

/// A store whose schema is the expected one, and a connection to it, for subcommands that change something in it.
struct opened_store {
  std::shared_ptr<member_store> store;
  std::unique_ptr<store_connection> connection;

  /// Adds a line to the audit log, with "cli" as who did it.
  status write_audit(std::string action, std::string subject, std::string reason = {});
};

/// Connects. The error is one sentence.
result<opened_store> open_store(const store_options& options);

} // namespace tessera
