#pragma once

#include <cstdint>

namespace tessera {

/// Who goes first where not all can, the most urgent first. Travels between nodes: append, never renumber.
enum class admission_priority : std::uint8_t {
  verify = 0, ///< somebody stands before a scanner
  lookup = 1, ///< somebody waits for one member
  batch = 2,  ///< a job with many members, for which nobody waits at every moment
};

} // namespace tessera
