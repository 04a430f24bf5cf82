#pragma once

#include "cards/result.hpp"
#include "loadtest/connect.hpp"

#include <string>
#include <string_view>

namespace tessera::loadtest {

/// The server that a load goes to.
struct load_target {
  std::string url;  ///< as given, without a path
  std::string host; ///< for the header Host
  socket_address address;
  bool loopback = false;
  bool ipv4 = false;
};

/// Returns the server that `url` means ("http://HOST[:PORT]", port 80 without one); a name is looked up, and its first
/// address counts. The error is one sentence that says what to change.
result<load_target> find_target(std::string_view url);

} // namespace tessera::loadtest
