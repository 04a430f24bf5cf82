#pragma once

#include "storage/l2_client.hpp"
#include "storage/l2_sealer.hpp"
#include "tests/integration/redis/sample_member.hpp"
#include "tests/support/redis_server.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::test {

/// Under sanitizers and on a busy machine an answer may take longer than the service would wait.
inline constexpr std::chrono::milliseconds patient{5'000};

inline std::shared_ptr<const l2_sealer> sample_sealer(std::uint8_t seed = 1) {
  l2_sealer::secret secret{};
  secret.fill(seed);
  return std::make_shared<const l2_sealer>(secret);
}

inline redis_settings settings_for(std::string url, std::chrono::milliseconds timeout = patient) {
  redis_settings out;
  out.url = std::move(url);
  out.timeout = timeout;
  out.connect_timeout = timeout;
  return out;
}

inline std::string value_key(const l2_sealer& sealer, id_number number) {
  return "tessera:1:" + sealer.name_of(number) + ":v";
}
inline std::string generation_key(const l2_sealer& sealer, id_number number) {
  return "tessera:1:" + sealer.name_of(number) + ":g";
}

inline l2_put put_of(const member& subject, l2_generation generation) {
  using namespace std::chrono_literals;
  return {subject, 0ms, 1h, 24h, generation};
}

/// One of the nodes that share a Redis.
struct l2_node {
  std::shared_ptr<const l2_sealer> sealer;
  l2_client client;

  explicit l2_node(const std::string& url, std::chrono::milliseconds timeout = patient, std::uint8_t seed = 1)
      : sealer(sample_sealer(seed)), client(settings_for(url, timeout), sealer) {
  }

  l2_entry get(id_number number) {
    auto got = client.get({&number, 1});
    return got ? std::move(got->at(0)) : throw std::runtime_error(got.error().detail);
  }
  bool put(const member& subject, l2_generation generation) {
    auto entry = put_of(subject, generation);
    return client.put({&entry, 1}).has_value();
  }
  bool invalidate(id_number number) {
    return client.invalidate({&number, 1}).has_value();
  }
};

} // namespace tessera::test
