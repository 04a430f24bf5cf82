#pragma once

#include <cstddef>

namespace tessera {

/// Lets this process have as many descriptors as it may, and returns how many that are.
std::size_t raise_descriptor_limit() noexcept;

} // namespace tessera
