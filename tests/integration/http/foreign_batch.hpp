#pragma once

#include "tests/integration/http/sample_store.hpp"

#include <string>

namespace tessera::test {

/// A batch of two cards that another node is at work on, as the store says, and that only comes further when a test
/// says so. Its owner is `local`.
class foreign_batch {
public:
  /// Puts it into the store, which must outlive it.
  explicit foreign_batch(const sample_store& store);

  const std::string& path() const noexcept {
    return path_;
  }

  /// The other node has finished so many cards: 1, or 2, which is all.
  void finish(int cards) const;

private:
  const sample_store& store_;
  std::string path_;
};

} // namespace tessera::test
