#pragma once

#include "cards/card.hpp"
#include "cards/errors.hpp"
#include "cards/member.hpp"
#include "cards/member_id.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// How far a batch has come that is a job.
enum class job_state : std::uint8_t {
  waiting, ///< nobody has begun with it
  running, ///< a node is at work on it, or was until it died
  done     ///< every card of it is finished
};

/// Returns "waiting", "running" or "done".
std::string_view to_string(job_state state) noexcept;

/// Returns the state of which `text` is the name, or nothing.
std::optional<job_state> parse_job_state(std::string_view text) noexcept;

/// What became of one card of a job.
struct job_card {
  std::string named; ///< the member's id as the client named it
  member_id member;  ///< 0: what was named is no member id
  bool finished = false;
  error_code error = error_code::none; ///< of one that is finished: `none` if the card was made
  std::string why;                     ///< one sentence, where the code alone does not tell
  std::string card_number;             ///< of one that was made

  bool operator==(const job_card&) const = default;
};

/// A batch of cards that goes on without whoever asked for it, and outlives the node that took it on.
struct batch_job {
  std::string id;              ///< 26 letters of lower-case Base32: 128 random bits
  std::string owner;           ///< who asked, as `audit_entry::actor`; it is shown to nobody else
  std::string idempotency_key; ///< at most 255 bytes of visible ASCII; empty: none
  card_request card;
  std::uint32_t concurrency = 10; ///< cards at work at once
  std::vector<job_card> cards;    ///< 1 to 100, in the order in which they were named
  job_state state = job_state::waiting;
  utc_time created{};
  utc_time updated{}; ///< when a card was last finished, or the state changed

  bool operator==(const batch_job&) const = default;
};

/// The most cards of one job.
inline constexpr std::size_t max_job_cards = 100;

/// How long a job is kept from when it was taken on.
inline constexpr std::chrono::hours job_lifetime{24};

using job_id_seed = std::array<std::uint8_t, 16>;

/// Returns the id of a job that is made from these random bits.
std::string make_job_id(const job_id_seed& random);

/// Returns how many cards are finished.
std::size_t finished_cards(const batch_job& job) noexcept;

/// Returns how many cards were made.
std::size_t made_cards(const batch_job& job) noexcept;

/// Returns whether both ask for the same cards of the same members, in the same order and with the same concurrency.
bool ask_the_same(const batch_job& left, const batch_job& right);

} // namespace tessera
