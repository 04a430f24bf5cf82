#pragma once

#include <atomic>
#include <thread>

namespace tessera {

/// A lock of one byte for sections of some tens of nanoseconds: test-and-test-and-set, so that whoever waits reads its
/// own copy of the cache line until the lock is free. If the holder was sent to sleep by the system, spinning is of no
/// use: after a while the others give their time away. For std::lock_guard.
class spin_lock {
public:
  void lock() noexcept {
    while (locked_.exchange(true, std::memory_order_acquire)) {
      for (unsigned spins = 0; locked_.load(std::memory_order_relaxed); ++spins) {
        if (spins < patience)
          pause();
        else
          std::this_thread::yield();
      }
    }
  }

  void unlock() noexcept {
    locked_.store(false, std::memory_order_release);
  }

private:
  /// Pauses, some microseconds together: far longer than a section takes while its thread runs.
  static constexpr unsigned patience = 100;

  static void pause() noexcept {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

  std::atomic<bool> locked_{false};
};

} // namespace tessera
