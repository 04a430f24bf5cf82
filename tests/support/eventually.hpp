#pragma once

#include <algorithm>
#include <chrono>
#include <thread>

namespace tessera::test {

/// Asks `condition` again and again until it holds or `timeout` has passed; returns whether it held. This is how tests
/// wait. It asks at least once, and once more after the time is over, so that a slow machine does not fail a test.
template <class Condition>
bool eventually(std::chrono::milliseconds timeout, Condition condition) {
  using namespace std::chrono_literals;
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  auto pause = std::chrono::milliseconds{1};
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline)
      return condition();
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds{16});
  }
  return true;
}

} // namespace tessera::test
