#include "config/descriptor_limit.hpp"

#include <sys/resource.h>

namespace tessera {

std::size_t raise_descriptor_limit() noexcept {
  constexpr std::size_t usual = 1'024;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return usual;
  if (limit.rlim_cur < limit.rlim_max) {
    auto raised = limit;
    raised.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0)
      limit = raised;
  }
  return static_cast<std::size_t>(limit.rlim_cur);
}

} // namespace tessera
