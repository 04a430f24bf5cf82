#pragma once

#include "tests/integration/http/sample_store.hpp"
#include "tests/support/tessera_process.hpp"

namespace tessera::test {

/// Returns the port of a process on shared_store() that many tests ask; it allows pages of https://portal.example.org
/// and runs as long as the test program. What depends on counts or settings starts a process of its own.
std::uint16_t shared_port();

inline constexpr std::string_view allowed_origin = "https://portal.example.org";

/// A process on shared_store() with settings of its own.
struct own_service : tessera_process {
  explicit own_service(std::vector<std::string> arguments = {});
  explicit own_service(options how);
};

} // namespace tessera::test
