#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace tessera {

/// A queue between two threads that holds at most `capacity` elements: whoever is faster waits.
template <class T>
class bounded_queue {
public:
  explicit bounded_queue(std::size_t capacity) : capacity_(capacity) {
  }

  /// Waits for room. Returns false, and drops `element`, if the queue is closed.
  bool push(T element) {
    std::unique_lock lock{mutex_};
    room_.wait(lock, [this] { return closed_ || elements_.size() < capacity_; });
    if (closed_)
      return false;
    elements_.push_back(std::move(element));
    some_.notify_one();
    return true;
  }

  /// Waits for an element. Returns nothing if the queue is closed and what was in it is taken.
  std::optional<T> pop() {
    std::unique_lock lock{mutex_};
    some_.wait(lock, [this] { return closed_ || !elements_.empty(); });
    if (elements_.empty())
      return std::nullopt;
    std::optional<T> element{std::move(elements_.front())};
    elements_.pop_front();
    room_.notify_one();
    return element;
  }

  /// No element comes any more, and nobody waits.
  void close() {
    std::lock_guard lock{mutex_};
    closed_ = true;
    some_.notify_all();
    room_.notify_all();
  }

private:
  std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::condition_variable some_;
  std::deque<T> elements_;
  bool closed_ = false;
};

} // namespace tessera
