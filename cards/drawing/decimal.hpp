#pragma once

#include <string>

namespace tessera {

/// Appends `value` with at most `decimals` (0 to 6) digits behind the point. REQUIRES: |value| < 1e9.
void append_decimal(std::string& out, double value, int decimals);

} // namespace tessera
