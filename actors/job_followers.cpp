#include "actors/job_followers.hpp"

#include <algorithm>

namespace tessera {

void job_followers::add(follower who, const batch_job& known, steady_time now) {
  auto& job = jobs_[known.id];
  job.owner = known.owner;
  job.seen_at = now;
  job.by.push_back({who, finished_cards(known), known.state});
  ++count_;
}

void job_followers::drop(std::uint32_t asker, std::span<const ticket> tickets) {
  auto is_dropped = [&](const told& each) {
    return each.who.asker == asker && std::ranges::find(tickets, each.who.asked_by) != tickets.end();
  };
  for (auto& [id, job] : jobs_)
    count_ -= std::erase_if(job.by, is_dropped);
  std::erase_if(jobs_, [](const auto& each) { return each.second.by.empty(); });
}

std::vector<job_followers::followed> job_followers::unseen_for(std::chrono::milliseconds age, std::size_t most,
                                                               steady_time now) const {
  std::vector<decltype(jobs_)::const_iterator> due;
  for (auto each = jobs_.begin(); each != jobs_.end(); ++each)
    if (now - each->second.seen_at >= age)
      due.push_back(each);
  std::ranges::sort(due, {}, [](const auto& each) { return each->second.seen_at; });
  std::vector<followed> result;
  for (std::size_t i = 0; i < std::min(most, due.size()); ++i)
    result.push_back({due[i]->first, due[i]->second.owner});
  return result;
}

std::vector<job_followers::follower> job_followers::seen(const batch_job& job, steady_time now) {
  auto which = jobs_.find(job.id);
  if (which == jobs_.end())
    return {};
  if (job.state == job_state::done)
    return gone(job.id);
  which->second.seen_at = now;
  auto finished = finished_cards(job);
  std::vector<follower> to_tell;
  for (auto& each : which->second.by) {
    if (each.finished == finished && each.state == job.state)
      continue;
    each.finished = finished;
    each.state = job.state;
    to_tell.push_back(each.who);
  }
  return to_tell;
}

std::vector<job_followers::follower> job_followers::gone(const std::string& id) {
  std::vector<follower> all;
  if (auto which = jobs_.find(id); which != jobs_.end()) {
    for (const auto& each : which->second.by)
      all.push_back(each.who);
    count_ -= all.size();
    jobs_.erase(which);
  }
  return all;
}

std::vector<std::string> job_followers::ids() const {
  std::vector<std::string> all;
  for (const auto& each : jobs_)
    all.push_back(each.first);
  return all;
}

} // namespace tessera
