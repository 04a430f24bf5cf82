#include "cards/card_ledger.hpp"

#include <algorithm>
#include <utility>

namespace tessera {

namespace {

std::uint64_t id_of(const member_card_state& entry) noexcept {
  return entry.member.value;
}

} // namespace

card_ledger::card_ledger(std::vector<member_card_state> entries, utc_time as_of)
    : entries_(std::make_shared<const std::vector<member_card_state>>(std::move(entries))), as_of_(as_of) {
}

card_state card_ledger::of(member_id member) const noexcept {
  auto found = std::ranges::lower_bound(*entries_, member.value, {}, id_of);
  return found != entries_->end() && found->member == member ? found->cards : card_state{};
}

card_ledger card_ledger::with(const member_card_state& changed) const {
  auto entries = *entries_;
  auto place = std::ranges::lower_bound(entries, changed.member.value, {}, id_of);
  if (place != entries.end() && place->member == changed.member)
    *place = changed;
  else
    entries.insert(place, changed);
  return card_ledger{std::move(entries), as_of_};
}

} // namespace tessera
