#include "guard/enumeration_guard.hpp"

#include "questions.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <vector>

using namespace std::chrono_literals;
using namespace tessera::test;
using std::chrono::days;
using tessera::client_key;
using tessera::enumeration_guard;
using tessera::enumeration_guard_settings;
using tessera::guess_fault;
using tessera::member_id;

// What an attacker gets to know in one window before it is refused, with the default budgets.
namespace {

struct loot {
  unsigned told = 0; ///< questions answered before the first refusal
  unsigned hits = 0; ///< of these, members
  guess_fault fault = guess_fault::none;
};

/// Returns the most that one of 200 attackers of a kind gets in a window, who all ask at most `most` times.
template <class MakeAttack>
loot worst_of_200(unsigned most, MakeAttack make) {
  enumeration_guard_settings settings;
  settings.key.fill(7);
  enumeration_guard guard{settings};
  auto now = enumeration_guard::time_point{} + 1h;
  std::mt19937_64 keys{99};
  loot worst;
  for (unsigned i = 0; i < 200; ++i) {
    auto attack = make(i);
    client_key who{keys()};
    loot mine;
    while (mine.told < most) {
      auto next = attack();
      if (auto verdict = ask(guard, who, next, now); verdict.fault != guess_fault::none) {
        mine.fault = verdict.fault;
        break;
      }
      ++mine.told;
      mine.hits += next.hit ? 1 : 0;
    }
    if (mine.told >= worst.told)
      worst = mine;
  }
  BOOST_TEST_MESSAGE("at most " << worst.told << " told, " << worst.hits << " hits, then " << to_string(worst.fault));
  return worst;
}

constexpr unsigned requests_per_window = 900; // 60 lookups a minute

} // namespace

BOOST_AUTO_TEST_SUITE(enumeration_attack_test)

BOOST_AUTO_TEST_CASE(sequence_numbers_of_one_birth_date_one_after_the_other) {
  for (int step : {1, -1, 7}) {
    auto worst = worst_of_200(requests_per_window, [&](unsigned seed) {
      return [=, i = 0]() mutable {
        return question{number(some_day + days{seed}, static_cast<unsigned>(5'000 + step * i++))};
      };
    });
    BOOST_TEST((worst.fault == guess_fault::birth_date_run));
    BOOST_TEST(worst.told <= 16u); // 12, and what seemed known
  }
}

BOOST_AUTO_TEST_CASE(sequence_numbers_of_one_birth_date_at_random) {
  auto worst = worst_of_200(requests_per_window, [&](unsigned seed) {
    return [random = std::mt19937_64{seed}]() mutable {
      return question{number(some_day, static_cast<unsigned>(random() % 10'000))};
    };
  });
  BOOST_TEST((worst.fault == guess_fault::birth_date_run));
  BOOST_TEST(worst.told <= 16u);
}

BOOST_AUTO_TEST_CASE(one_sequence_number_through_the_calendar) {
  for (int step : {1, -1, 2, 7, 30}) {
    auto worst = worst_of_200(requests_per_window, [&](unsigned seed) {
      return [=, i = 0]() mutable { return question{number(some_day + days{step * i++}, 5'000 + seed)}; };
    });
    BOOST_TEST((worst.fault == guess_fault::serial_run));
    // A number that is taken for one of the last six, once in 11,000, leaves a gap, over which a month is too far.
    BOOST_TEST(worst.told <= (step == 30 ? 2 * 13u : 16u));
  }
}

BOOST_AUTO_TEST_CASE(member_ids_up_and_down) {
  for (int step : {1, -1, 2, -3, 3}) {
    auto worst = worst_of_200(requests_per_window, [&](unsigned) {
      return [=, i = 0]() mutable { return question{member_id{static_cast<std::uint64_t>(500'000 + step * i++)}}; };
    });
    BOOST_TEST((worst.fault == guess_fault::serial_run));
    BOOST_TEST(worst.told <= 16u);
  }
}

BOOST_AUTO_TEST_CASE(member_ids_asked_by_two_at_a_time) {
  auto worst = worst_of_200(requests_per_window, [&](unsigned seed) {
    return [random = std::mt19937_64{seed}, waiting = std::vector<std::uint64_t>{}, next = std::uint64_t{1}]() mutable {
      while (waiting.size() < 2)
        waiting.push_back(next++);
      std::swap(waiting[random() % 2], waiting.back());
      question result{member_id{waiting.back()}};
      waiting.pop_back();
      return result;
    };
  });
  BOOST_TEST((worst.fault == guess_fault::serial_run));
  BOOST_TEST(worst.told <= 40u);
}

BOOST_AUTO_TEST_CASE(runs_among_up_to_three_decoys_per_step) {
  for (unsigned decoys : {1, 2, 3}) {
    auto member_ids = worst_of_200(requests_per_window, [&](unsigned seed) {
      return [=, people = random_people{seed}, i = 0u]() mutable {
        auto at = i++;
        return question{at % (decoys + 1) == 0 ? member_id{1'000 + at / (decoys + 1)} : people.member()};
      };
    });
    BOOST_TEST((member_ids.fault == guess_fault::serial_run));
    BOOST_TEST(member_ids.told <= (12 + 7) * (decoys + 1));
    auto one_date = worst_of_200(requests_per_window, [&](unsigned seed) {
      return [=, people = random_people{seed}, i = 0u]() mutable {
        auto at = i++;
        return question{at % (decoys + 1) == 0 ? number(some_day, at) : people.number()};
      };
    });
    BOOST_TEST((one_date.fault == guess_fault::birth_date_run));
    BOOST_TEST(one_date.told <= (12 + 7) * (decoys + 1));
  }
}

// Whoever knows how runs are noticed can avoid it: what is left are the other budgets.
BOOST_AUTO_TEST_CASE(runs_among_more_decoys_end_with_the_budget_of_distinct_ids) {
  auto worst = worst_of_200(requests_per_window, [&](unsigned seed) {
    return [=, people = random_people{seed}, i = 0u]() mutable {
      auto at = i++;
      return question{at % 6 == 0 ? member_id{1'000 + at / 6} : people.member()};
    };
  });
  BOOST_TEST((worst.fault == guess_fault::distinct));
  BOOST_TEST(worst.told < 460u);
  auto dates = worst_of_200(requests_per_window, [&](unsigned) {
    return [i = 0u]() mutable {
      auto at = i++;
      return question{number(some_day + days{at % 20 * 50}, 1'000 + at / 20 * 37 + at % 20 * 411)};
    };
  });
  BOOST_TEST((dates.fault == guess_fault::distinct));
  BOOST_TEST(dates.told < 460u);
}

BOOST_AUTO_TEST_CASE(random_valid_numbers_end_with_the_budget_of_misses) {
  // One member among a thousand valid numbers, one in twenty, and a good list of which half are members.
  for (unsigned one_in : {1'000, 20, 2}) {
    auto worst = worst_of_200(requests_per_window, [&](unsigned seed) {
      return [=, people = random_people{seed}]() mutable {
        return question{people.number(), people.random() % one_in == 0};
      };
    });
    BOOST_TEST((worst.fault == guess_fault::misses));
    BOOST_TEST(worst.told - worst.hits == 30u);
  }
}

BOOST_AUTO_TEST_CASE(a_list_of_members_ends_with_the_budget_of_distinct_ids) {
  auto worst = worst_of_200(requests_per_window, [&](unsigned seed) {
    return [people = random_people{seed}]() mutable { return question{people.number()}; };
  });
  BOOST_TEST((worst.fault == guess_fault::distinct));
  BOOST_TEST(worst.told < 460u);
}

BOOST_AUTO_TEST_CASE(hardly_anything_new_is_told_after_a_refusal) {
  enumeration_guard guard{enumeration_guard_settings{}};
  auto now = enumeration_guard::time_point{} + 1h;
  random_people people{5};
  unsigned told = 0;
  for (int client = 0; client < 200; ++client) {
    client_key who{people.random()};
    for (std::uint64_t i = 0; i < 20; ++i)
      guard.touch(who, {i + 1}, 1, now);
    for (int i = 0; i < 600; ++i)
      told += guard.look_up(who, people.number(), 1, now).fault == guess_fault::none ? 1 : 0;
  }
  BOOST_TEST_MESSAGE(told << " of 120,000");
  BOOST_TEST(told <= 25u); // 11 on the average
}

BOOST_AUTO_TEST_SUITE_END()
