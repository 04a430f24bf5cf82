#pragma once

#include "guard/key_id.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tessera {

/// How often each API key was used, counted by one thread and read by any. Has room for as many keys as a deployment
/// has; what others are used for is counted together.
class key_uses {
public:
  static constexpr std::size_t most_keys = 64;

  struct use {
    key_id key; ///< none: all keys for which there was no room
    std::uint64_t requests = 0;
    std::uint64_t last_ms = 0; ///< when the last was, in milliseconds since 1970
  };

  void count(const key_id& key, std::uint64_t now_ms) noexcept {
    auto& entry = entries_[index_of(key)];
    entry.requests.store(entry.requests.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    entry.last_ms.store(now_ms, std::memory_order_relaxed);
  }

  std::vector<use> read() const {
    std::vector<use> all;
    auto known = known_.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < known; ++i)
      all.push_back(read(entries_[i]));
    if (auto rest = read(entries_[most_keys]); rest.requests > 0)
      all.push_back(rest);
    return all;
  }

private:
  struct entry {
    key_id key; ///< written before `known_` tells of it, and never again
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> last_ms{0};
  };

  static use read(const entry& from) noexcept {
    return {from.key, from.requests.load(std::memory_order_relaxed), from.last_ms.load(std::memory_order_relaxed)};
  }

  std::size_t index_of(const key_id& key) noexcept {
    auto known = known_.load(std::memory_order_relaxed);
    for (std::size_t i = 0; i < known; ++i)
      if (entries_[i].key == key)
        return i;
    if (known == most_keys)
      return most_keys;
    entries_[known].key = key;
    known_.store(known + 1, std::memory_order_release);
    return known;
  }

  std::array<entry, most_keys + 1> entries_{};
  std::atomic<std::size_t> known_{0};
};

} // namespace tessera
