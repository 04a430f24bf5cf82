#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tessera {

/// Remembers on which line each key came first, in 12 bytes per slot at a load of at most three quarters: 16 to 32
/// bytes per key. For millions of keys, where a standard map would take several times that.
class first_lines {
public:
  first_lines();

  /// Notes that `key` is on `line`, unless it was on another before.
  void add(std::uint64_t key, std::uint64_t line);

  std::optional<std::uint64_t> line_of(std::uint64_t key) const noexcept;

  std::size_t size() const noexcept {
    return size_;
  }

private:
  std::size_t slot_of(std::uint64_t key) const noexcept;
  void grow();

  std::vector<std::uint64_t> keys_; ///< each plus one: 0 is a free slot. A power of two of them
  std::vector<std::uint32_t> lines_;
  std::size_t size_ = 0;
};

} // namespace tessera
