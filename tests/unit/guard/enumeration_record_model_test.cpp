#include "guard/enumeration_record.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <set>

using namespace std::chrono_literals;
using tessera::enumeration_record;
using tessera::guess_budgets;
using tessera::guess_fault;
using tessera::guess_subject;
using tessera::id_number;
using tessera::member_id;

// A random life of a client against a model that remembers everything it asked for. The record may know less than the
// model, so it may notice late, but not without cause, and not later than is stated.
namespace {

using time_point = enumeration_record::time_point;

/// Stands for the keyed hash (Steele, Lea, Flood 2014: SplitMix64).
std::uint64_t hash_of(std::uint64_t value) {
  value += 0x9e37'79b9'7f4a'7c15;
  value = (value ^ value >> 30) * 0xbf58'476d'1ce4'e5b9;
  value = (value ^ value >> 27) * 0x94d0'49bb'1331'11eb;
  return value ^ value >> 31;
}

/// What was asked for. Either a member id, or the parts of an ID number.
struct question {
  std::uint64_t id = 0;
  std::uint64_t date = 0; ///< six digits
  std::uint64_t sequence = 0;
  std::uint64_t rest = 0;

  auto operator<=>(const question&) const = default;

  guess_subject subject(std::uint64_t salt) const {
    if (id != 0)
      return {member_id{id}, hash_of(salt ^ id << 50)};
    auto packed = date * 10'000'000 + sequence * 1'000 + rest;
    return {*id_number::from_packed(packed), hash_of(salt ^ packed)};
  }
};

/// Days as in the record: all months have 31.
std::int64_t day_of(std::uint64_t date) {
  return static_cast<std::int64_t>((date / 10'000 * 12 + date / 100 % 100) * 31 + date % 100);
}

struct model {
  explicit model(std::uint64_t seed) : random(seed), salt(random()) {
    budgets = {static_cast<std::uint32_t>(random() % 3 * 10), static_cast<std::uint32_t>(random() % 5 * 20),
               static_cast<std::uint32_t>(random() % 3 * 6)};
    if (budgets.distinct == 80)
      budgets.distinct = 500; // more than is counted without a sample
    style = random() % 5;
  }

  question draw() {
    if (!asked.empty() && random() % 4 == 0)
      return *std::next(asked.begin(), static_cast<std::ptrdiff_t>(random() % asked.size()));
    if (!recent.empty() && random() % 8 == 0)
      return recent[random() % recent.size()];
    question q;
    ++walked;
    switch (random() % 4 == 0 ? random() % 5 : style) {
    case 0: // one birth date
      q = {0, 800'101, random() % 10'000, random() % 300};
      break;
    case 1: // one sequence number through the calendar
      q = {0, 800'101 + walked / 28 % 12 * 100 + walked % 28, 5'009, random() % 2};
      break;
    case 2: // member ids up, some left out
      q.id = 1'000 + walked * 2 + random() % 2;
      break;
    case 3:
      q.id = 9'000'000 - walked * 3;
      break;
    default:
      if (random() % 2 == 0)
        q = {0, random() % 90 * 10'000 + 101 + random() % 28, random() % 10'000, 87};
      else
        q.id = 1 + random() % 1'000'000'000;
    }
    return q;
  }

  /// Returns how many of those asked for lie on a line with `q`, each within `reach` of the next.
  std::size_t neighbours(const question& q) const {
    std::set<std::int64_t> places;
    for (auto& x : asked) {
      if (q.id != 0 && x.id != 0)
        places.insert(static_cast<std::int64_t>(x.id));
      else if (q.id == 0 && x.id == 0 && x.sequence == q.sequence)
        places.insert(day_of(x.date));
    }
    auto reach = q.id != 0 ? 3 : 34;
    auto at = places.find(q.id != 0 ? static_cast<std::int64_t>(q.id) : day_of(q.date));
    BOOST_REQUIRE(at != places.end());
    std::size_t count = 1;
    for (auto up = at; std::next(up) != places.end() && *std::next(up) - *up <= reach; ++up)
      ++count;
    for (auto down = at; down != places.begin() && *down - *std::prev(down) <= reach; --down)
      ++count;
    return count;
  }

  void check(const question& q, const enumeration_record::answer& answer) {
    auto known = std::find(recent.begin(), recent.end(), q) != recent.end();
    BOOST_REQUIRE((answer.again || !known));
    if (answer.again) {
      BOOST_REQUIRE((answer.fault == guess_fault::none && !answer.first));
      taken_for_known += known ? 0 : 1;
      return;
    }
    BOOST_REQUIRE_EQUAL(answer.first, fault == guess_fault::none && answer.fault != guess_fault::none);
    if (fault != guess_fault::none) {
      BOOST_REQUIRE(answer.fault == fault);
      return;
    }
    fault = answer.fault;
    ++faults[fault];
    check_cause(q);
    if (fault == guess_fault::none) {
      recent.push_back(q);
      if (recent.size() > 6)
        recent.pop_front();
    }
  }

  void check_cause(const question& q) {
    asked.insert(q);
    ++askings[q.date];
    auto of_date = [&](auto& x) { return x.id == 0 && x.date == q.date; };
    auto birth_date = static_cast<std::size_t>(std::count_if(asked.begin(), asked.end(), of_date));
    if (budgets.distinct == 0 || budgets.distinct > 320)
      birth_date = askings[q.date]; // without all in the bitmap, repetitions are known from the last six only
    BOOST_REQUIRE_EQUAL(fault == guess_fault::misses, budgets.misses > 0 && misses >= budgets.misses);
    if (fault == guess_fault::distinct)
      BOOST_REQUIRE((budgets.distinct > 0 && asked.size() > budgets.distinct));
    if (fault == guess_fault::birth_date_run)
      BOOST_REQUIRE((budgets.run > 0 && q.id == 0 && birth_date > budgets.run));
    if (fault == guess_fault::serial_run)
      BOOST_REQUIRE((budgets.run > 0 && neighbours(q) > budgets.run));
    if (fault == guess_fault::none && budgets.distinct > 0) // noticed at twice the budget, at the latest
      BOOST_REQUIRE_LE(asked.size(), 2 * budgets.distinct);
  }

  void step() {
    now += random() % 400 == 0 ? 10min : std::chrono::milliseconds{random() % 100};
    if (end > now && random() % 300 == 0)
      now = end - std::chrono::nanoseconds{random() % 2};
    if (now >= end) {
      asked.clear();
      askings.clear();
      recent.clear();
      misses = 0;
      fault = guess_fault::none;
      end = time_point::min(); // until the next question
    }
    BOOST_REQUIRE_EQUAL(sut.idle(now), end == time_point::min());
    if (random() % 8 == 0) {
      sut.missed(now);
      misses += end == time_point::min() ? 0 : 1;
      return;
    }
    auto q = draw();
    if (end == time_point::min())
      end = now + 15min;
    check(q, sut.ask(q.subject(salt), budgets, now));
    BOOST_REQUIRE(sut.end() == end);
  }

  std::mt19937_64 random;
  std::uint64_t salt;
  guess_budgets budgets;
  std::size_t style;
  std::size_t walked = 0;
  enumeration_record sut;
  time_point now = time_point{} + 1h;
  time_point end = time_point::min();
  std::set<question> asked;                     ///< in this window, before a fault
  std::map<std::uint64_t, std::size_t> askings; ///< by birth date, repetitions included, but for those of `recent`
  std::deque<question> recent;                  ///< told, the last six
  std::uint32_t misses = 0;
  guess_fault fault = guess_fault::none;
  std::map<guess_fault, std::size_t> faults;
  std::size_t taken_for_known = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(enumeration_record_model_test)

BOOST_AUTO_TEST_CASE(random_lives_are_refused_for_a_cause_and_not_too_late) {
  std::map<guess_fault, std::size_t> faults;
  std::size_t taken_for_known = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      model m{seed};
      for (int i = 0; i < 3'000; ++i)
        m.step();
      for (auto [fault, count] : m.faults)
        faults[fault] += count;
      taken_for_known += m.taken_for_known;
    }
  }
  for (auto fault : {guess_fault::misses, guess_fault::distinct, guess_fault::birth_date_run, guess_fault::serial_run})
    BOOST_TEST(faults[fault] > 100u, to_string(fault)); // the lives were eventful
  // One new value in 11,000 is taken for one of the last six.
  BOOST_TEST(taken_for_known < 100u);
  BOOST_TEST_MESSAGE(taken_for_known << " values were taken for known ones");
}

BOOST_AUTO_TEST_SUITE_END()
