#include "storage/mysql_errors.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace tessera {

namespace {

using enum error_code;

constexpr bool lives = true;
constexpr bool dies = false;
constexpr bool again = true;
constexpr bool final = false;

// Codes: mysqld_error.h and errmsg.h; MySQL 8.0 Reference Manual, appendix B; MariaDB's own from 1900 up.
constexpr std::array table{
    mysql_fault{1028, database_unavailable, lives, final, "the server stopped sorting"},
    mysql_fault{1040, database_unavailable, dies, final, "the server has too many connections"},
    mysql_fault{1044, database_unavailable, dies, final, "the account may not use this database"},
    mysql_fault{1045, database_unavailable, dies, final, "the server refused the user or the password"},
    mysql_fault{1046, internal, lives, final, "no database is selected"},
    mysql_fault{1048, conflict, lives, final, "a value is missing, or a key belongs to another row already"},
    mysql_fault{1049, database_unavailable, dies, final, "the server has no database of this name"},
    mysql_fault{1053, database_unavailable, dies, final, "the server is shutting down"},
    mysql_fault{1054, database_unavailable, lives, final, "a column is missing in the store's tables"},
    mysql_fault{1062, conflict, lives, final, "a key belongs to another row already"},
    mysql_fault{1064, internal, lives, final, "the server did not understand a statement"},
    mysql_fault{1114, database_unavailable, lives, final, "a table is full"},
    mysql_fault{1129, database_unavailable, dies, final, "the server blocks this host after too many failures"},
    mysql_fault{1130, database_unavailable, dies, final, "the server does not let this host connect"},
    mysql_fault{1142, database_unavailable, lives, final, "the account may not use a table"},
    mysql_fault{1146, database_unavailable, lives, final, "a table is missing; run `tessera migrate`"},
    mysql_fault{1158, database_unavailable, dies, final, "the connection broke"},
    mysql_fault{1159, database_unavailable, dies, final, "the server waited too long for us"},
    mysql_fault{1160, database_unavailable, dies, final, "the connection broke"},
    mysql_fault{1161, database_unavailable, dies, final, "the server waited too long to write to us"},
    mysql_fault{1203, database_unavailable, dies, final, "the account has too many connections"},
    mysql_fault{1205, database_unavailable, lives, again, "another transaction holds a lock for too long"},
    mysql_fault{1213, database_unavailable, lives, again, "two transactions waited for each other"},
    mysql_fault{1226, database_unavailable, dies, final, "the account has used up a limit of the server's"},
    mysql_fault{1227, database_unavailable, lives, final, "the account lacks a privilege"},
    mysql_fault{1290, database_unavailable, lives, final, "the server is read-only"},
    mysql_fault{1317, database_unavailable, lives, final, "the statement was interrupted"},
    mysql_fault{1356, database_unavailable, lives, final, "a view does not fit its tables; run `tessera migrate`"},
    mysql_fault{1364, conflict, lives, final, "a column without a default was given no value"},
    mysql_fault{1370, database_unavailable, lives, final, "the account may not use a routine"},
    mysql_fault{1406, validation, lives, final, "a value is too long for its column"},
    mysql_fault{1419, database_unavailable, lives, final,
                "the account may not create triggers while the server keeps a binary log; grant it SUPER or set "
                "log_bin_trust_function_creators"},
    mysql_fault{1690, conflict, lives, final, "a number is out of range, or a key belongs to another row already"},
    mysql_fault{1698, database_unavailable, dies, final, "the server refused the user or the password"},
    mysql_fault{1792, database_unavailable, lives, final, "the transaction is read-only"},
    mysql_fault{1836, database_unavailable, lives, final, "the server is read-only"},
    mysql_fault{1927, database_unavailable, dies, final, "the connection was killed"},
    mysql_fault{1969, database_unavailable, lives, final, "the statement took longer than the server allows"},
    mysql_fault{2002, database_unavailable, dies, final, "the server cannot be reached"},
    mysql_fault{2003, database_unavailable, dies, final, "the server cannot be reached"},
    mysql_fault{2005, database_unavailable, dies, final, "the server's name cannot be resolved"},
    mysql_fault{2006, database_unavailable, dies, final, "the server has closed the connection"},
    mysql_fault{2008, database_unavailable, dies, final, "out of memory"},
    mysql_fault{2012, database_unavailable, dies, final, "the connection broke during the handshake"},
    mysql_fault{2013, database_unavailable, dies, final, "the connection broke, or the server took too long"},
    mysql_fault{2026, database_unavailable, dies, final, "no TLS connection with a trusted server came about"},
    mysql_fault{2027, database_unavailable, dies, final, "the server's answer makes no sense"},
    mysql_fault{2055, database_unavailable, dies, final, "the connection broke"},
    mysql_fault{3024, database_unavailable, lives, final, "the statement took longer than the server allows"},
    mysql_fault{4031, database_unavailable, dies, final, "the server closed the idle connection"},
};

static_assert(std::ranges::is_sorted(table, {}, &mysql_fault::code));

constexpr unsigned first_client_code = 2000;
constexpr unsigned last_client_code = 2999;

} // namespace

mysql_fault explain_mysql(unsigned code) noexcept {
  const auto* found = std::ranges::lower_bound(table, code, {}, &mysql_fault::code);
  if (found != table.end() && found->code == code)
    return *found;
  if (code >= first_client_code && code <= last_client_code)
    return {code, database_unavailable, dies, final, "the connection failed"};
  return {code, database_unavailable, lives, final, "the server failed the statement"};
}

failure mysql_failure(unsigned code) {
  auto fault = explain_mysql(code);
  return {fault.as, std::string{fault.meaning} + " (MySQL error " + std::to_string(code) + ")"};
}

} // namespace tessera
