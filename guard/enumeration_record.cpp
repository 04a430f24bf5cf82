#include "guard/enumeration_record.hpp"

#include <algorithm>
#include <limits>

namespace tessera {

namespace {

constexpr auto most_counted = std::numeric_limits<std::uint16_t>::max();

/// Member ids come one after the other, and a few were given to nobody.
constexpr std::uint32_t member_reach = 3;

/// Neighbours of the calendar are a day, a week or a month apart; in ours, February's three missing days come on top.
constexpr std::uint32_t day_reach = 31 + 3;

/// Places of member ids lie above those of ID numbers. The id's low bits do: there are fewer members than 2^31.
constexpr std::uint32_t member_places = std::uint32_t{1} << 31;

/// Returns the number of a date in a calendar where each month has 31 days, as no table is needed for it and old
/// registers hold numbers without a real date. Below 2^16 for any six digits.
constexpr std::uint32_t day_of(std::uint32_t six_digits) noexcept {
  return six_digits / 10'000 * (12 * 31) + six_digits / 100 % 100 * 31 + six_digits % 100;
}
static_assert(day_of(999'999) < 1u << 16);

/// Returns whether `count` is over `budget`, of which 0 is none. Counters stay at their greatest number.
constexpr bool over(std::uint32_t count, std::uint32_t budget) noexcept {
  return budget != 0 && count > std::min<std::uint32_t>(budget, most_counted - 1);
}

} // namespace

std::string_view to_string(guess_fault fault) noexcept {
  switch (fault) {
  case guess_fault::none:
    return "none";
  case guess_fault::misses:
    return "misses";
  case guess_fault::distinct:
    return "distinct";
  case guess_fault::birth_date_run:
    return "birth_date_run";
  case guess_fault::serial_run:
    return "serial_run";
  }
  return "unknown";
}

guess_budgets guess_budgets::times(unsigned factor) const noexcept {
  auto scale = [factor](std::uint32_t budget) {
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(std::uint64_t{budget} * factor, std::numeric_limits<std::uint32_t>::max()));
  };
  return {scale(misses), scale(distinct), scale(run)};
}

guess_subject::guess_subject(id_number number, std::uint64_t keyed_hash) noexcept
    : hash(keyed_hash), birth_date(static_cast<std::uint32_t>(number.packed() / 10'000'000)), reach(day_reach) {
  auto sequence = static_cast<std::uint32_t>(number.packed() / 1'000 % 10'000);
  place = sequence << 16 | day_of(*birth_date);
}

guess_subject::guess_subject(member_id id, std::uint64_t keyed_hash) noexcept
    : hash(keyed_hash), place(member_places | static_cast<std::uint32_t>(id.value & (member_places - 1))),
      reach(member_reach) {
}

enumeration_record::answer enumeration_record::ask(const guess_subject& asked, const guess_budgets& most,
                                                   time_point now) noexcept {
  if (now >= end_) {
    *this = {};
    end_ = now + window;
    distinct_ = distinct_counter{distinct_budget::of(most.distinct)};
  }
  auto which = fingerprint_of(asked.hash);
  if (told(which))
    return {.again = true};
  if (fault_ != guess_fault::none)
    return {.fault = fault_};
  fault_ = judge(asked, most);
  if (fault_ != guess_fault::none)
    return {.fault = fault_, .first = true};
  told_[oldest_told_] = which;
  oldest_told_ = static_cast<std::uint8_t>((oldest_told_ + 1) % told_.size());
  return {};
}

void enumeration_record::take_back(std::uint64_t hash) noexcept {
  std::ranges::replace(told_, fingerprint_of(hash), fingerprint{});
}

void enumeration_record::missed(time_point now) noexcept {
  if (now < end_ && misses_ < most_counted)
    ++misses_;
}

std::uint64_t enumeration_record::weight(time_point now) const noexcept {
  constexpr guess_budgets usual;
  constexpr std::uint64_t full = 1'000;
  constexpr std::uint64_t refused = std::uint64_t{1} << 32;
  if (now >= end_)
    return 0;
  if (fault_ != guess_fault::none)
    return refused;
  auto longest = std::max(birth_dates_.longest(), serials_.longest());
  return std::max(
      {full * misses_ / usual.misses, full * distinct_.set_bits() / usual.distinct, full * longest / usual.run});
}

guess_fault enumeration_record::judge(const guess_subject& asked, const guess_budgets& most) noexcept {
  if (over(misses_ + 1u, most.misses))
    return guess_fault::misses;
  auto is_new = distinct_.add(asked.hash);
  if (distinct_.over())
    return guess_fault::distinct;
  if (asked.birth_date && over(birth_dates_.same(*asked.birth_date, is_new), most.run))
    return guess_fault::birth_date_run;
  if (over(serials_.step(asked.place, asked.reach, is_new), most.run))
    return guess_fault::serial_run;
  return guess_fault::none;
}

enumeration_record::fingerprint enumeration_record::fingerprint_of(std::uint64_t hash) noexcept {
  // Bits that neither name a bit of the counter nor decide on sampling (within reason).
  return std::max<fingerprint>(static_cast<fingerprint>(hash >> 32), 1);
}

bool enumeration_record::told(fingerprint which) const noexcept {
  return std::ranges::find(told_, which) != told_.end();
}

} // namespace tessera
