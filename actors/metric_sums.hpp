#pragma once

#include "actors/metrics.hpp"

#include <cstdint>
#include <deque>

namespace tessera {

/// Returns the sum of one counter over shards.
template <class Metrics, class Member>
std::uint64_t sum(const std::deque<Metrics>& all, Member member) noexcept {
  std::uint64_t total = 0;
  for (const auto& one : all)
    total += read(one.*member);
  return total;
}

} // namespace tessera
