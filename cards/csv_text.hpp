#pragma once

#include <string>
#include <string_view>

namespace tessera {

/// Appends a field of a CSV file (RFC 4180) with that delimiter, quoted where it must be. What a spreadsheet would take
/// for a formula gets an apostrophe before it (OWASP, CSV Injection): fields may hold what a client has sent.
void append_csv_field(std::string& to, std::string_view text, char delimiter = ',');

} // namespace tessera
