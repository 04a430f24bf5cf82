#pragma once

#include "cards/id_number.hpp"
#include "cards/member_id.hpp"
#include "guard/distinct_counter.hpp"
#include "guard/run_trails.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace tessera {

/// Why a client looks as if it guessed.
enum class guess_fault : std::uint8_t {
  none,
  misses,         ///< too many of its numbers were no member's
  distinct,       ///< too many different members
  birth_date_run, ///< too many numbers of one birth date
  serial_run,     ///< too many member ids one after the other, or one sequence number through the calendar
};

inline constexpr std::size_t guess_faults = 5;

/// Returns the name as in metrics: "misses", "birth_date_run", ….
std::string_view to_string(guess_fault fault) noexcept;

/// How much a client may ask for in a window; 0: as much as it likes.
struct guess_budgets {
  std::uint32_t misses = 30;
  std::uint32_t distinct = 300;
  std::uint32_t run = 12;

  /// Returns budgets `factor` times as large.
  guess_budgets times(unsigned factor) const noexcept;
};

/// What is asked for, as the record looks at it.
struct guess_subject {
  std::uint64_t hash = 0; ///< keyed
  /// The first six digits of an ID number, a date of birth. Member ids have none.
  std::optional<std::uint32_t> birth_date;
  /// On a line where neighbours are what enumeration asks for next: the days with the same sequence number (digits 7 to
  /// 10), or member ids.
  std::uint32_t place = 0;
  std::uint32_t reach = 0; ///< how far neighbours are apart

  guess_subject(id_number number, std::uint64_t keyed_hash) noexcept;
  guess_subject(member_id id, std::uint64_t keyed_hash) noexcept;
};

/// What one client has asked for since its window began, in two cache lines: a record for client_table. Knows what came
/// before from hashes: a value that is new may be taken for a known one, and then counts nowhere, never the reverse.
/// But where the budget of distinct values is so large that they are sampled, or there is none, runs of a birth date
/// know only the last six again. Pure; one owner.
class enumeration_record {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Windows are as those of the general rate limit: one begins with the client's first request.
  static constexpr std::chrono::minutes window{15};

  struct answer {
    guess_fault fault = guess_fault::none; ///< what stands against telling
    bool first = false;                    ///< the fault has begun with this question
    bool again = false;                    ///< one of the last six values that were told: it counts nowhere
  };

  /// Counts `asked` and decides on it. Once there is a fault it stays until the window ends, for all but the last six
  /// values that were told: they go on, so that a page can be loaded again.
  answer ask(const guess_subject& asked, const guess_budgets& most, time_point now) noexcept;

  /// What was asked for was not told after all: asked again it is judged anew, and may be missed.
  void take_back(std::uint64_t hash) noexcept;

  /// What was asked for was not there. Counts nowhere if the window has ended meanwhile.
  void missed(time_point now) noexcept;

  /// Returns when the window ends.
  time_point end() const noexcept {
    return end_;
  }

  bool idle(time_point now) const noexcept {
    return now >= end_;
  }

  /// Returns how near the client is to its first fault, in thousandths of the default budgets; a client with a fault
  /// weighs more than any without.
  std::uint64_t weight(time_point now) const noexcept;

private:
  using fingerprint = std::uint16_t; ///< never 0

  static fingerprint fingerprint_of(std::uint64_t hash) noexcept;
  guess_fault judge(const guess_subject& asked, const guess_budgets& most) noexcept;
  bool told(fingerprint which) const noexcept;

  time_point end_{}; ///< the epoch: no window has begun
  std::uint16_t misses_ = 0;
  guess_fault fault_ = guess_fault::none;
  std::uint8_t oldest_told_ = 0;
  std::array<fingerprint, 6> told_{};
  run_trails birth_dates_;
  run_trails serials_;
  distinct_counter distinct_;
};

static_assert(std::is_trivially_copyable_v<enumeration_record>);
static_assert(sizeof(enumeration_record) == 128);

} // namespace tessera
