#pragma once

#include "actors/batch_table.hpp"
#include "messages/types.hpp"
#include "storage/cache_key.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace tessera {

/// Where the issuers of cards are, for an actor that has cards made in batches: gives each task to the issuer of its
/// member. `Table` is a batch_table, or what has one inside. One owner.
class issuer_desk {
public:
  /// Goes by a directory that is later than the last. What waits for issuers that were replaced is asked again.
  template <class Table, class Effects>
  void move_to(const directory& latest, Table& table, steady_time now, Effects& effects) {
    if (knows_ && latest.epoch <= epoch_)
      return;
    epoch_ = latest.epoch;
    auto before = std::exchange(issuers_, latest.issuers);
    if (!std::exchange(knows_, true) || issuers_.empty())
      return;
    auto resized = before.size() != issuers_.size();
    table.ask_again(
        [&](member_id member) {
          auto i = shard_of(member, issuers_.size());
          return resized || before[i] != issuers_[i];
        },
        now, effects);
  }

  /// Sends the tasks in `cards` and says which are dropped, for `asker`, which is `self`. While there is no issuer,
  /// each task fails, until `table` wants nothing more.
  template <class Self, class Table, class Effects>
  void send(Self& self, const card_client_actor& asker, Table& table, steady_time now, Effects& effects) const {
    batch_effects& cards = effects;
    while (issuers_.empty() && !cards.tasks.empty()) {
      for (const auto& each : std::exchange(cards.tasks, {})) {
        card_answer failed;
        failed.to = each.asked_by;
        failed.error = error_code::interrupted;
        table.answered(failed, now, effects);
      }
    }
    if (issuers_.empty())
      return;
    std::vector<card_batch> tasks(issuers_.size());
    std::vector<abandon_cards> dropped(issuers_.size());
    for (auto& each : std::exchange(cards.tasks, {}))
      tasks[shard_of(each.member, tasks.size())].tasks.push_back(std::move(each));
    for (const auto& each : std::exchange(cards.dropped, {}))
      dropped[shard_of(each.member, dropped.size())].tickets.push_back(each.which);
    for (std::size_t i = 0; i < issuers_.size(); ++i) {
      tasks[i].asker = dropped[i].asker = asker;
      if (!tasks[i].tasks.empty())
        self.send(issuers_[i], std::move(tasks[i]));
      if (!dropped[i].tickets.empty())
        self.send(issuers_[i], std::move(dropped[i]));
    }
  }

private:
  std::vector<card_issuer_actor> issuers_; ///< by shard
  std::uint64_t epoch_ = 0;
  bool knows_ = false;
};

} // namespace tessera
