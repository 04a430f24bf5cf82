#pragma once

#include "storage/store_url.hpp"

#include <chrono>
#include <mysql.h>

namespace tessera {

/// Prepares `mysql` for `mysql_connect`. To be called before its other options are set.
void prepare_mysql_connect(MYSQL* mysql);

/// Does what mysql_real_connect does, over TCP, but ends by `deadline`; returns whether it succeeded, else mysql_errno
/// says why not. The library's own timeouts bound each wait alone, so a server that sends a byte now and then could
/// hold the thread for as long as it likes. Resolving a host name takes as long as it takes.
bool mysql_connect(MYSQL* mysql, const mysql_address& address, std::chrono::steady_clock::time_point deadline);

} // namespace tessera
