#pragma once

#include "cards/card_ledger.hpp"
#include "cards/member_record.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// Members and their cards, for tests of whoever issues cards.
namespace tessera::testing {

inline const utc_time card_day = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + std::chrono::hours{9};

/// Returns the ID number of the sample member with this id.
inline id_number number_of(std::uint64_t id) {
  return *id_number::from_packed(8'001'015'009'000 + id);
}

/// Returns the record of a member who joined the day before.
inline body_ptr record_of(std::uint64_t id, std::string name = "Thandi") {
  member subject;
  subject.id = {id};
  subject.number = number_of(id);
  subject.first_name = std::move(name);
  subject.last_name = "Mokoena";
  subject.joined = card_day - std::chrono::days{1};
  return make_member_body(subject, {});
}

/// Returns what a card of that member claims, which is valid for another year.
inline card_claims claims_of(std::uint64_t id, card_epoch epoch = first_card_epoch) {
  auto day = std::chrono::floor<std::chrono::days>(card_day);
  return {member_id{id}, epoch, card_template::standard, day - std::chrono::days{1}, day + std::chrono::days{364}};
}

/// Returns a ledger in which nothing stands but this.
inline std::shared_ptr<const card_ledger> ledger_of(std::vector<member_card_state> entries = {}) {
  return std::make_shared<const card_ledger>(std::move(entries));
}

/// Returns a ledger in which only this member's cards were reissued or revoked.
inline std::shared_ptr<const card_ledger> ledger_of(std::uint64_t id, card_epoch epoch, card_epoch revoked_up_to = 0) {
  return ledger_of({{member_id{id}, {epoch, card_day, revoked_up_to}}});
}

} // namespace tessera::testing
