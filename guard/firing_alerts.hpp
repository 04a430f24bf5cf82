#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace tessera {

/// One alert as it is told to others.
struct alert_notice {
  std::string id;
  std::string severity;
  std::string summary;
  std::string meaning;
  std::string advice;
  std::string value; ///< with its unit: "91 percent"; empty: not known
  std::uint64_t began_ms = 0;
  std::uint64_t ended_ms = 0; ///< 0: it fires

  bool operator==(const alert_notice&) const = default;
};

/// The alerts that fire, and those that have ended and were not told yet: what a receiver has to be told now, however
/// long it was away. So it holds each alert at most once, and a receiver that is down makes nothing grow. Any thread.
class firing_alerts {
public:
  /// An alert has begun, or ended; then it began when it was said to.
  void put(alert_notice notice) {
    std::lock_guard guard{mutex_};
    ++version_;
    auto& known = notices_[notice.id];
    if (notice.ended_ms != 0 && known.began_ms != 0)
      notice.began_ms = known.began_ms;
    known = std::move(notice);
  }

  struct news {
    std::vector<alert_notice> notices;
    std::uint64_t version = 0; ///< of what is in it
  };

  news current() const {
    std::lock_guard guard{mutex_};
    news found{{}, version_};
    for (const auto& [id, notice] : notices_)
      found.notices.push_back(notice);
    return found;
  }

  /// Returns a number that changes with what there is to tell.
  std::uint64_t version() const {
    std::lock_guard guard{mutex_};
    return version_;
  }

  /// The receiver knows all of `told` now: those that have ended are forgotten, but for one that has begun anew.
  void told(const news& what) {
    std::lock_guard guard{mutex_};
    for (const auto& notice : what.notices)
      if (auto known = notices_.find(notice.id);
          known != notices_.end() && notice.ended_ms != 0 && known->second == notice)
        notices_.erase(known);
  }

private:
  mutable std::mutex mutex_;
  std::map<std::string, alert_notice> notices_;
  std::uint64_t version_ = 0;
};

} // namespace tessera
