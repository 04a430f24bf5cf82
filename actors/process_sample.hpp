#pragma once

#include <chrono>
#include <cstdint>

namespace tessera {

/// What this process uses of the machine.
struct process_sample {
  std::chrono::nanoseconds cpu_time{}; ///< of all threads since the start
  unsigned cores = 1;                  ///< that it may use
  std::uint64_t resident_bytes = 0;
  std::uint64_t memory_limit_bytes = 0; ///< of its control group, else the machine's memory
  std::uint64_t descriptors = 0;        ///< open
  std::uint64_t descriptors_limit = 0;
  std::uint64_t threads = 0;
};

/// Takes samples. Reads /proc: not for an I/O loop. One owner.
class process_sampler {
public:
  process_sampler();

  process_sample take();

private:
  void count_descriptors();

  process_sample last_;
  unsigned taken_ = 0;
};

} // namespace tessera
