#pragma once

#include "storage/member_store.hpp"

#include <memory>
#include <mutex>
#include <utility>

namespace tessera {

/// Holds the one store connection of a thread that blocks in its calls, so that another thread can make such a call
/// fail soon. One owner uses the connection; `interrupt` may come from any thread at any time.
class connection_slot {
public:
  /// Takes a new connection. Once interrupted, it interrupts what comes, too: the owner's next call fails.
  void put(std::unique_ptr<store_connection> fresh) {
    std::unique_ptr<store_connection> old;
    std::lock_guard guard{mutex_};
    old = std::exchange(connection_, std::move(fresh));
    if (interrupted_ && connection_)
      connection_->interrupt();
  }

  /// Returns the connection or null. For the owner, until its next `put` or `close`.
  store_connection* get() noexcept {
    std::lock_guard guard{mutex_};
    return connection_.get();
  }

  /// Throws the connection away.
  void close() noexcept {
    std::unique_ptr<store_connection> old;
    {
      std::lock_guard guard{mutex_};
      old = std::move(connection_);
    }
    // Closing may block for a moment: outside the lock.
  }

  /// Makes a call in progress fail soon, and every later one.
  void interrupt() noexcept {
    std::lock_guard guard{mutex_};
    interrupted_ = true;
    if (connection_)
      connection_->interrupt();
  }

  bool interrupted() noexcept {
    std::lock_guard guard{mutex_};
    return interrupted_;
  }

private:
  std::mutex mutex_;
  std::unique_ptr<store_connection> connection_;
  bool interrupted_ = false;
};

} // namespace tessera
