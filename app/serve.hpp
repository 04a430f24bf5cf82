#pragma once

#include "config/settings.hpp"

namespace tessera {

/// Runs one node until a signal ends it. `all` is validated and resolved, and logging is set up. Returns the exit code
/// of the process: 0 after an orderly stop, 1 after a failure, which is in the log.
int serve(const settings& all);

} // namespace tessera
