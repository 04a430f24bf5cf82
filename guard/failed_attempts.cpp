#include "guard/failed_attempts.hpp"

namespace tessera {

using std::chrono::seconds;

seconds failed_attempts::wait(client_key client, time_point now) const {
  auto found = clients_.find(client);
  if (found == clients_.end() || found->second.failures < free_failures)
    return seconds{0};
  auto left = found->second.since + window - now;
  return left > left.zero() ? std::chrono::ceil<seconds>(left) : seconds{0};
}

void failed_attempts::failed(client_key client, time_point now) {
  if (clients_.size() >= most_clients && !clients_.contains(client))
    make_room(now);
  auto& known = clients_[client];
  if (known.failures == 0 || now >= known.since + window)
    known = {now, 0};
  ++known.failures;
}

void failed_attempts::make_room(time_point now) {
  std::erase_if(clients_, [&](const auto& each) { return now >= each.second.since + window; });
  if (clients_.size() >= most_clients)
    clients_.clear();
}

} // namespace tessera
