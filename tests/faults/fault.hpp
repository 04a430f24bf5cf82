#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tessera::test {

/// What happens to the connections through a fault_proxy. "Answers" are all bytes of the server; those of clients pass
/// unless it says otherwise.
struct fault {
  enum class kinds : std::uint8_t {
    none,      ///< all passes
    refuse,    ///< connections are reset, new ones refused: the server has died
    reset,     ///< connections are reset, new ones as soon as they are accepted
    freeze,    ///< connections are accepted, but nothing passes either way until another fault is injected
    half_open, ///< the server's side is gone and clients are not told: what they send is swallowed, also after healing
    slow,      ///< every piece of an answer comes `pause` late
    garbage,   ///< one in `bytes` bytes of the answers is random
    truncate,  ///< the connection is closed after `bytes` bytes of an answer, counted since the client last sent
    drip,      ///< answers come `bytes` bytes at a time, with `pause` in between
  };

  kinds kind = kinds::none;
  std::chrono::milliseconds pause{0};
  std::size_t bytes = 1;  ///< at least 1 for garbage and drip
  std::uint64_t seed = 1; ///< of what is random

  static constexpr fault none() {
    return {};
  }
  static constexpr fault refuse() {
    return {.kind = kinds::refuse};
  }
  static constexpr fault reset() {
    return {.kind = kinds::reset};
  }
  static constexpr fault freeze() {
    return {.kind = kinds::freeze};
  }
  static constexpr fault half_open() {
    return {.kind = kinds::half_open};
  }
  static constexpr fault slow(std::chrono::milliseconds late) {
    return {.kind = kinds::slow, .pause = late};
  }
  static constexpr fault garbage(std::uint64_t seed, std::size_t one_in = 1) {
    return {.kind = kinds::garbage, .bytes = one_in, .seed = seed};
  }
  static constexpr fault truncate(std::size_t after) {
    return {.kind = kinds::truncate, .bytes = after};
  }
  static constexpr fault drip(std::chrono::milliseconds pause, std::size_t at_a_time = 1) {
    return {.kind = kinds::drip, .pause = pause, .bytes = at_a_time};
  }
};

} // namespace tessera::test
