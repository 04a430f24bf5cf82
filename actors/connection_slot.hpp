#pragma once

#include "storage/member_store.hpp"

#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <utility>

namespace tessera {

/// Holds the one store connection of a thread that blocks in its calls, so that another thread can make such a call
/// fail soon. One owner uses the connection; interrupts may come from any thread at any time.
///
/// Where both must agree on whether a call has succeeded or was cut off, calls have numbers, never 0 and never the same
/// twice: the owner concludes a call before it acts on its result, and only one that is not concluded is cut off.
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
    interrupt_locked();
  }

  /// The owner's call `number` has ended. Returns whether its result stands: not once it was interrupted.
  bool conclude(std::uint64_t number) noexcept {
    std::lock_guard guard{mutex_};
    if (!interrupted_)
      concluded_ = number;
    return !interrupted_;
  }

  /// Interrupts the call `number` and with it the slot for good, unless the call is concluded; returns whether it did.
  bool cut_off(std::uint64_t number) noexcept {
    std::lock_guard guard{mutex_};
    if (concluded_ == number)
      return false;
    interrupt_locked();
    return true;
  }

  bool interrupted() noexcept {
    std::lock_guard guard{mutex_};
    return interrupted_;
  }

private:
  void interrupt_locked() noexcept {
    interrupted_ = true;
    if (connection_)
      connection_->interrupt();
  }

  std::mutex mutex_;
  std::unique_ptr<store_connection> connection_;
  bool interrupted_ = false;
  std::uint64_t concluded_ = 0;
};

/// Runs `use` on the slot's connection, made now if there is none. A store that throws has failed like any other; a
/// connection that cannot be used any more is thrown away.
template <class Use>
auto on_connection(member_store& store, connection_slot& slot, Use&& use) -> decltype(use(*slot.get())) {
  try {
    if (slot.get() == nullptr) {
      auto made = store.connect();
      if (!made)
        return made.error();
      slot.put(std::move(*made));
    }
    auto outcome = use(*slot.get());
    if (!outcome && outcome.error().code == error_code::database_unavailable)
      slot.close();
    return outcome;
  } catch (const std::exception& fault) {
    slot.close();
    return failure{error_code::database_unavailable, fault.what()};
  }
}

} // namespace tessera
