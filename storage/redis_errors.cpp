#include "storage/redis_errors.hpp"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <system_error>

namespace tessera {

namespace {

struct known_reply {
  std::string_view word;
  std::string_view detail;
};

// The words of Redis 6 and 7 (src/server.c, createSharedObjects; src/acl.c; src/cluster.c).
constexpr known_reply replies[] = {
    {"ASK", "Redis runs as a cluster, which is not supported (ASK); give the address of a single server"},
    {"BUSY", "Redis is busy running a script (BUSY)"},
    {"CLUSTERDOWN",
     "Redis runs as a cluster, which is not supported (CLUSTERDOWN); give the address of a single server"},
    {"CROSSSLOT", "Redis runs as a cluster, which is not supported (CROSSSLOT); give the address of a single server"},
    {"DENIED", "Redis is in protected mode and takes local clients only (DENIED)"},
    {"LOADING", "Redis is loading its data (LOADING)"},
    {"MASTERDOWN", "Redis is a replica that has lost its master (MASTERDOWN)"},
    {"MISCONF", "Redis refuses to write because it cannot save to disk (MISCONF)"},
    {"MOVED", "Redis runs as a cluster, which is not supported (MOVED); give the address of a single server"},
    {"NOAUTH", "Redis asks for a password (NOAUTH); put it into the Redis URL"},
    {"NOPERM", "Redis does not allow this user what we need (NOPERM)"},
    {"NOREPLICAS", "Redis refuses to write because it has too few replicas (NOREPLICAS)"},
    {"OOM", "Redis is out of memory and evicts nothing (OOM); set its maxmemory-policy to allkeys-lru"},
    {"READONLY", "Redis is a read-only replica (READONLY); give the address of the master"},
    {"TRYAGAIN", "Redis runs as a cluster, which is not supported (TRYAGAIN); give the address of a single server"},
    {"WRONGPASS", "Redis does not accept the user or password of the Redis URL (WRONGPASS)"},
};
static_assert(std::ranges::is_sorted(replies, {}, &known_reply::word));

} // namespace

failure redis_failure(int hiredis_error, int system_error) {
  std::string detail;
  switch (hiredis_error) {
  case REDIS_ERR_IO:
    if (system_error == EAGAIN || system_error == EWOULDBLOCK || system_error == ETIMEDOUT)
      detail = "Redis did not answer in time";
    else
      detail = "the connection to Redis failed: " + std::generic_category().message(system_error);
    break;
  case REDIS_ERR_EOF:
    detail = "Redis closed the connection";
    break;
  case REDIS_ERR_PROTOCOL:
    detail = "what answers does not speak the Redis protocol";
    break;
  case REDIS_ERR_OOM:
    detail = "an answer of Redis takes more memory than there is for it";
    break;
  default:
    // Of what we call, only resolving the host name ends so.
    detail = "the host of the Redis URL cannot be resolved";
  }
  return {error_code::cache_unavailable, std::move(detail)};
}

failure redis_failure(std::string_view error_reply) {
  auto word = error_reply.substr(0, error_reply.find(' '));
  auto which = std::ranges::lower_bound(replies, word, {}, &known_reply::word);
  if (which != std::end(replies) && which->word == word)
    return {error_code::cache_unavailable, std::string{which->detail}};
  return {error_code::cache_unavailable, "Redis answered with an error that is not known here"};
}

failure redis_unexpected_reply() {
  return {error_code::cache_unavailable, "Redis answered with something that does not belong to the command"};
}

} // namespace tessera
