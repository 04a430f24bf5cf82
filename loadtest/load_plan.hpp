#pragma once

#include "cards/result.hpp"
#include "loadtest/member_choice.hpp"
#include "loadtest/mix.hpp"
#include "loadtest/source_addresses.hpp"
#include "loadtest/target.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace tessera::loadtest {

/// `open`: users ask at their times, however long the answers take. `closed`: each asks again as soon as it has its
/// answer, which finds what a server can carry, but says little about latency.
enum class loop_kind : std::uint8_t { open, closed };

/// What load is put on a server.
struct load_plan {
  load_target target;
  loop_kind loop = loop_kind::open;
  std::size_t users = 100; ///< each with a connection of its own
  double rate = 1;         ///< requests per second and user; of an open loop
  std::chrono::nanoseconds ramp{std::chrono::seconds{10}};
  std::chrono::nanoseconds duration{std::chrono::seconds{30}}; ///< what is measured, after the ramp
  /// After so long without an answer a request has failed: longer than the service lets any wait (30 s).
  std::chrono::nanoseconds patience{std::chrono::seconds{40}};
  scenario_mix mix;
  choice_kind choice = choice_kind::zipf;
  double skew = 0.99; ///< of Zipf's distribution
  std::size_t processes = 1;
  /// Of the users, if the target is an IPv4 address of this machine: 127.1.0.1 and those behind it.
  source_addresses sources{0x7f010001};
  std::uint64_t seed = 1;
  std::string key; ///< an API key; empty: none
  bool owned = false; ///< whoever starts it says that the server is theirs

  std::chrono::nanoseconds length() const noexcept {
    return ramp + duration;
  }

  bool has_sources() const noexcept {
    return target.loopback && target.ipv4;
  }
};

/// Returns a length of time as people write it: "5m".
std::string length_text(std::chrono::nanoseconds length);

/// Returns the first thing for which the plan cannot or may not be carried out, as one sentence that says what to change.
/// `descriptors`: how many files a process may have open.
status validate(const load_plan& plan, std::uint64_t descriptors);

} // namespace tessera::loadtest
