#pragma once

#include "actors/stats_snapshot.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace tessera {

/// A document that is written at most once for each snapshot, however many ask for it; not at all while nobody does.
/// Any thread: who comes while it is being written waits for it.
class shared_text {
public:
  using text = std::shared_ptr<const std::string>;

  explicit shared_text(std::function<std::string(const stats_snapshot&)> write) : write_(std::move(write)) {
  }

  text of(const stats_snapshot& from) {
    std::lock_guard guard{mutex_};
    if (!text_ || sequence_ != from.sequence) {
      text_ = std::make_shared<const std::string>(write_(from));
      sequence_ = from.sequence;
    }
    return text_;
  }

private:
  std::function<std::string(const stats_snapshot&)> write_;
  std::mutex mutex_;
  std::uint64_t sequence_ = 0;
  text text_;
};

} // namespace tessera
