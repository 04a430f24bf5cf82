#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace tessera {

/// Where the newest version of something immutable is found: one thread puts it there, any thread looks. For what is
/// looked at some thousand times a second; `key_ring_slot` costs less where it is looked at more often.
template <class T>
class published {
public:
  using pointer = std::shared_ptr<const T>;

  published() noexcept = default;
  explicit published(pointer first) noexcept : newest_(std::move(first)) {
  }

  void put(pointer next) {
    std::lock_guard guard{mutex_};
    newest_.swap(next);
  }

  /// Returns null if nothing was put yet.
  pointer get() const {
    std::lock_guard guard{mutex_};
    return newest_;
  }

private:
  mutable std::mutex mutex_;
  pointer newest_;
};

} // namespace tessera
