#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace tessera {

/// What all loops of a process need to know of the process. Plain atomics, written by the main thread and by the loops.
struct node_status {
  enum class phase : std::uint8_t { starting, ready, draining };

  std::atomic<phase> now{phase::starting};

  /// Connections open over all loops; accepting pauses at `connection_limit`.
  std::atomic<std::size_t> connections{0};
  std::size_t connection_limit = 0;

  /// Sampled once a second by the main thread, in bytes: the loops touch no file.
  std::atomic<std::uint64_t> resident_bytes{0};
  std::atomic<std::uint64_t> heap_used_bytes{0};
  std::atomic<std::uint64_t> heap_total_bytes{0};

  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  std::string environment;
  std::string version;
  std::string store; ///< "sqlite" or "mysql", for health
  bool has_l2 = false;
  bool limits = true; ///< false: limits per client are off
  bool feed = true;   ///< false: what others change in the store is not followed
};

} // namespace tessera
