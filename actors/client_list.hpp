#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tessera {

/// The handles of those who wait for an actor's answers; its table knows them by index. One owner.
template <class Handle>
class client_list {
public:
  /// Returns the index of `client`, which is added if it is new. If `nobody_waits` those from before may be forgotten,
  /// as indices mean nothing then.
  std::uint32_t index_of(const Handle& client, bool nobody_waits) {
    auto found = std::ranges::find(handles_, client);
    if (found == handles_.end()) {
      if (handles_.size() >= remembered && nobody_waits)
        handles_.clear();
      handles_.push_back(client);
      found = handles_.end() - 1;
    }
    return static_cast<std::uint32_t>(found - handles_.begin());
  }

  std::size_t size() const noexcept {
    return handles_.size();
  }
  const Handle& operator[](std::size_t index) const noexcept {
    return handles_[index];
  }

private:
  /// Handles of clients that are gone are dropped when this many have gathered and nobody waits.
  static constexpr std::size_t remembered = 64;

  std::vector<Handle> handles_;
};

} // namespace tessera
