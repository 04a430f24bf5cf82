#include "guard/connection_counter.hpp"

namespace tessera {

bool connection_counter::open(client_key client) {
  std::lock_guard guard{mutex_};
  auto& count = counts_[client];
  if (count >= limit_)
    return false;
  ++count;
  return true;
}

void connection_counter::close(client_key client) noexcept {
  std::lock_guard guard{mutex_};
  auto found = counts_.find(client);
  if (found != counts_.end() && --found->second == 0)
    counts_.erase(found);
}

std::size_t connection_counter::clients() const {
  std::lock_guard guard{mutex_};
  return counts_.size();
}

} // namespace tessera
