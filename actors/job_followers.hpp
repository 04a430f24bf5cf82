#pragma once

#include "actors/furniture.hpp"
#include "cards/batch_job.hpp"
#include "messages/lookup.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace tessera {

/// Who wants to be told how jobs come on. Pure: one owner.
class job_followers {
public:
  struct follower {
    std::uint32_t asker = 0;
    ticket asked_by;

    bool operator==(const follower&) const = default;
  };
  /// A job that somebody follows.
  struct followed {
    std::string id;
    std::string owner;
  };

  std::size_t size() const noexcept {
    return count_;
  }

  /// `known` is what this follower was answered.
  void add(follower who, const batch_job& known, steady_time now);

  void drop(std::uint32_t asker, std::span<const ticket> tickets);

  /// Returns the jobs that nobody has looked at for so long, those first that have waited longest; `most` at most.
  std::vector<followed> unseen_for(std::chrono::milliseconds age, std::size_t most, steady_time now) const;

  /// Somebody has looked at a job. Returns those who are to be told, since something has changed: of a job that is done
  /// for the last time.
  std::vector<follower> seen(const batch_job& job, steady_time now);

  /// There is no such job any more. Returns those who are to be told.
  std::vector<follower> gone(const std::string& id);

  /// Returns the ids of all jobs that somebody follows.
  std::vector<std::string> ids() const;

private:
  struct told {
    follower who;
    std::size_t finished = 0;
    job_state state = job_state::waiting;
  };
  struct watched {
    std::string owner;
    steady_time seen_at{};
    std::vector<told> by;
  };

  std::map<std::string, watched> jobs_; ///< by id
  std::size_t count_ = 0;
};

} // namespace tessera
