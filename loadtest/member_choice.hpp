#pragma once

#include "loadtest/random.hpp"
#include "loadtest/zipf.hpp"

#include <cstdint>

namespace tessera::loadtest {

/// `zipf`: few members are asked for often, as by people; `uniform`: all equally often, which no cache likes.
enum class choice_kind : std::uint8_t { zipf, uniform };

/// Draws which of `count` members is asked for. Which of them are popular, their order says. Pure; one owner.
class member_choice {
public:
  /// REQUIRES: count > 0, skew > 0.
  member_choice(choice_kind kind, std::uint64_t count, double skew, std::uint64_t seed) noexcept
      : kind_(kind), count_(count), zipf_(count, skew, seed), uniform_(seed) {
  }

  std::uint64_t next() noexcept {
    return kind_ == choice_kind::zipf ? zipf_.next() : uniform_.below(count_);
  }

private:
  choice_kind kind_;
  std::uint64_t count_;
  zipf_numbers zipf_;
  load_random uniform_;
};

} // namespace tessera::loadtest
