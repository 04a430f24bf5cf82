#include "config/contradictions.hpp"

#include "config/value_text.hpp"

#include <algorithm>

namespace tessera {

std::optional<contradiction> find_contradiction(const settings& all) {
  if (all.gateway.listen.port != 0 && all.gateway.listen == all.operators.listen)
    return contradiction{"gateway.listen and operator.listen must differ, but both are "
                             + endpoint_text(all.gateway.listen),
                         {"gateway.listen", "operator.listen"}};
  if (all.gateway.max_target_bytes > all.gateway.max_head_bytes)
    return contradiction{"gateway.max_target_bytes (" + size_text(all.gateway.max_target_bytes)
                             + ") must not be over gateway.max_head_bytes (" + size_text(all.gateway.max_head_bytes)
                             + "), of which it is a part",
                         {"gateway.max_target_bytes", "gateway.max_head_bytes"}};
  if (all.gateway.cors_origins.size() > 1
      && std::ranges::find(all.gateway.cors_origins, "*") != all.gateway.cors_origins.end())
    return contradiction{"gateway.cors_origins must be either * or a list of origins, but has both",
                         {"gateway.cors_origins"}};
  if (all.redis.backoff_min > all.redis.backoff_max)
    return contradiction{"redis.backoff_min (" + duration_text(all.redis.backoff_min, milliseconds{1})
                             + ") must not be over redis.backoff_max ("
                             + duration_text(all.redis.backoff_max, milliseconds{1}) + ")",
                         {"redis.backoff_min", "redis.backoff_max"}};
  return std::nullopt;
}

} // namespace tessera
