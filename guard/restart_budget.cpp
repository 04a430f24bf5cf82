#include "guard/restart_budget.hpp"

namespace tessera {

restart_budget::restart_budget(std::size_t limit, clock::duration window) : limit_(limit), window_(window) {
}

bool restart_budget::spend(clock::time_point now) {
  while (!restarts_.empty() && now - restarts_.front() >= window_)
    restarts_.pop_front();
  if (restarts_.size() >= limit_)
    return false;
  restarts_.push_back(now);
  return true;
}

} // namespace tessera
