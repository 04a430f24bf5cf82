#include "actors/batch_table.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace tessera {

namespace {

/// What a batch leaves of its time for its answer. Issuers look at deadlines every 100 ms.
constexpr std::chrono::milliseconds answer_margin{1'000};

} // namespace

void batch_table::open(std::uint32_t asker, const generate_cards& what, steady_time now, batch_effects& out) {
  while (++last_ == 0 || batches_.contains(last_)) {
  }
  auto which = batches_.try_emplace(last_).first;
  auto& whole = which->second;
  whole.asker = asker;
  whole.what = what;
  auto time = std::chrono::milliseconds{what.time_left_ms};
  whole.deadline = now + time - std::min<std::chrono::milliseconds>(answer_margin, time / 2);
  std::unordered_map<member_id, std::uint32_t> places;
  for (auto member : what.members) {
    auto [place, is_new] = places.emplace(member, static_cast<std::uint32_t>(whole.cards.size()));
    whole.places.push_back(place->second);
    if (!is_new)
      continue;
    auto& made = whole.cards.emplace_back();
    made.member = member;
    if (member.value == 0) {
      made.at = stage::done;
      made.result.error = error_code::validation;
      out.finished.push_back({what.asked_by, member, made.result, {}});
      add(metrics_.failed);
    }
  }
  add(metrics_.batches);
  set(metrics_.running, batches_.size());
  for (std::uint32_t i = 0; i < whole.cards.size(); ++i) {
    if (whole.cards[i].at != stage::fetching)
      continue;
    ++whole.fetching;
    send(which->first, whole, i, now, out);
  }
  advance(which, now, out);
}

/// Asks for what the card at `index` is to have next.
void batch_table::send(std::uint32_t number, const batch& whole, std::uint32_t index, steady_time now,
                       batch_effects& out) const {
  const auto& card = whole.cards[index];
  card_task task;
  task.asked_by = {number, index};
  task.what = card.at == stage::fetching ? card_product::holder : card_product::bundle;
  task.member = card.member;
  task.card = whole.what.card;
  task.priority = admission_priority::batch;
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(whole.deadline - now).count();
  task.time_left_ms = static_cast<std::uint32_t>(std::max<std::int64_t>(left, 1));
  out.tasks.push_back(std::move(task));
}

void batch_table::answered(const card_answer& answer, steady_time now, batch_effects& out) {
  auto which = batches_.find(answer.to.slot);
  if (which == batches_.end() || answer.to.generation >= which->second.cards.size())
    return;
  auto& whole = which->second;
  auto& card = whole.cards[answer.to.generation];
  if (card.at == stage::fetching) {
    --whole.fetching;
    card.at = answer.error == error_code::none ? stage::waiting : stage::done;
  } else if (card.at == stage::at_work) {
    --whole.at_work;
    set(metrics_.at_work, read(metrics_.at_work) - 1);
    card.at = stage::done;
    if (answer.error == error_code::none)
      add(metrics_.made);
  } else {
    return;
  }
  card.asked_again = false;
  card.result = {answer.error, answer.why};
  if (answer.error != error_code::none)
    add(metrics_.failed);
  if (card.at == stage::done)
    out.finished.push_back({whole.what.asked_by, card.member, card.result,
                            std::string{answer.body ? answer.body->packed() : std::string_view{}}});
  advance(which, now, out);
}

/// Begins as many cards as may be at work; ends the batch if there are no more.
void batch_table::advance(batches::iterator which, steady_time now, batch_effects& out) {
  auto& whole = which->second;
  if (whole.fetching > 0)
    return;
  for (; whole.next < whole.cards.size() && whole.at_work < whole.what.concurrency; ++whole.next) {
    auto& card = whole.cards[whole.next];
    if (card.at != stage::waiting)
      continue;
    card.at = stage::at_work;
    ++whole.at_work;
    set(metrics_.at_work, read(metrics_.at_work) + 1);
    send(which->first, whole, static_cast<std::uint32_t>(whole.next), now, out);
  }
  if (whole.at_work == 0)
    finish(which, out);
}

void batch_table::finish(batches::iterator which, batch_effects& out) {
  auto& whole = which->second;
  cards_generated done;
  done.to = whole.what.asked_by;
  for (auto place : whole.places)
    done.results.push_back(whole.cards[place].result);
  out.results.push_back({whole.asker, std::move(done)});
  batches_.erase(which);
  set(metrics_.running, batches_.size());
}

void batch_table::abandon(std::uint32_t asker, std::span<const ticket> tickets, batch_effects& out) {
  for (auto gone : tickets) {
    auto which = std::ranges::find_if(
        batches_, [&](const auto& each) { return each.second.asker == asker && each.second.what.asked_by == gone; });
    if (which == batches_.end())
      continue;
    const auto& whole = which->second;
    for (std::uint32_t i = 0; i < whole.cards.size(); ++i)
      if (whole.cards[i].at == stage::fetching || whole.cards[i].at == stage::at_work)
        out.dropped.push_back({whole.cards[i].member, {which->first, i}});
    set(metrics_.at_work, read(metrics_.at_work) - whole.at_work);
    add(metrics_.abandoned);
    batches_.erase(which);
  }
  set(metrics_.running, batches_.size());
}

void batch_table::ask_again(const std::function<bool(member_id)>& lost, steady_time now, batch_effects& out) {
  std::vector<card_answer> failed;
  for (auto& [number, whole] : batches_) {
    for (std::uint32_t i = 0; i < whole.cards.size(); ++i) {
      auto& card = whole.cards[i];
      if ((card.at != stage::fetching && card.at != stage::at_work) || !lost(card.member))
        continue;
      if (!std::exchange(card.asked_again, true)) {
        send(number, whole, i, now, out);
        continue;
      }
      card_answer twice;
      twice.to = {number, i};
      twice.error = error_code::interrupted;
      failed.push_back(std::move(twice));
    }
  }
  for (const auto& each : failed)
    answered(each, now, out);
}

} // namespace tessera
