#pragma once

#include "cards/result.hpp"

#include <string_view>

namespace tessera {

/// What a MySQL error code means for us.
struct mysql_fault {
  unsigned code = 0;
  error_code as = error_code::database_unavailable;
  bool survives = false;  ///< the connection can still be used
  bool transient = false; ///< the same transaction may well succeed if tried again at once
  std::string_view meaning;
};

/// Returns the fault for a code of the server (1000 to 1999, 3000 and up) or the client library (2000 to 2999). Codes
/// that the table does not know: the connection survives if the server gave it, and not if the library did.
mysql_fault explain_mysql(unsigned code) noexcept;

/// Returns the failure for a code. Its detail holds the code and our own words, never the server's text, which may
/// repeat key values.
failure mysql_failure(unsigned code);

} // namespace tessera
