#include "guard/enumeration_guard.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <set>

using namespace std::chrono_literals;
using tessera::client_key;
using tessera::enumeration_guard;
using tessera::enumeration_guard_settings;
using tessera::guess_fault;
using tessera::id_number;
using tessera::member_id;

namespace {

constexpr client_key somebody{0x0123'4567'89ab'cdef};
constexpr client_key somebody_else{0xfedc'ba98'7654'3210};

/// A number with a date and a sequence number of its own for each `which` below 3,500.
id_number number(std::uint64_t which) {
  auto date = (which % 90) * 10'000 + (1 + which % 12) * 100 + 1 + which % 28;
  return id_number::from_packed(date * 10'000'000 + which * 2'857'000 % 10'000'000 + 87).value();
}

/// A member id for each `which`, far from the others.
member_id member(std::uint64_t which) {
  return {1 + which * 7'919};
}

struct fixture {
  guess_fault look_up(std::uint64_t which, unsigned multiplier = 1) {
    return sut.look_up(somebody, number(which), multiplier, now).fault;
  }

  /// Asks for up to `most` numbers until one is refused; returns how many were told.
  unsigned look_up_many(unsigned most, unsigned multiplier = 1) {
    auto told = 0u;
    while (told < most && look_up(told, multiplier) == guess_fault::none)
      ++told;
    return told;
  }

  enumeration_guard sut{{.clients = 100}};
  enumeration_guard::time_point now = enumeration_guard::time_point{} + 1h;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(enumeration_guard_test, fixture)

BOOST_AUTO_TEST_CASE(thirty_misses_are_granted_and_then_nothing_new) {
  for (auto i = 0u; i < 30; ++i) {
    BOOST_TEST((look_up(i) == guess_fault::none));
    sut.missed(somebody, now);
  }
  BOOST_TEST((look_up(30) == guess_fault::misses));
  BOOST_TEST((sut.touch(somebody, member(1), 1, now).fault == guess_fault::misses));
}

BOOST_AUTO_TEST_CASE(what_is_asked_again_says_so_so_that_its_miss_counts_once) {
  BOOST_TEST(!sut.look_up(somebody, number(0), 1, now).again);
  BOOST_TEST(sut.look_up(somebody, number(0), 1, now).again);
  for (auto i = 1u; i <= 6; ++i)
    BOOST_TEST(!sut.look_up(somebody, number(i), 1, now).again);
  BOOST_TEST(!sut.look_up(somebody, number(0), 1, now).again);
}

BOOST_AUTO_TEST_CASE(a_number_and_a_member_id_with_the_same_digits_are_two_things) {
  sut.look_up(somebody, number(5), 1, now);
  BOOST_TEST(!sut.touch(somebody, {number(5).packed()}, 1, now).again);
}

BOOST_AUTO_TEST_CASE(misses_under_way_count_when_they_are_known) {
  for (auto i = 0u; i < 60; ++i)
    BOOST_TEST((look_up(i) == guess_fault::none));
  for (auto i = 0u; i < 60; ++i)
    sut.missed(somebody, now);
  BOOST_TEST((look_up(60) == guess_fault::misses));
}

BOOST_AUTO_TEST_CASE(distinct_numbers_and_member_ids_share_a_budget) {
  std::set<std::uint64_t> told;
  auto i = 0u;
  for (; i < 600; ++i) {
    auto verdict = i % 2 == 0 ? sut.look_up(somebody, number(i), 1, now) : sut.touch(somebody, member(i), 1, now);
    if (verdict.fault != guess_fault::none) {
      BOOST_TEST((verdict.fault == guess_fault::distinct));
      break;
    }
  }
  BOOST_TEST(i >= 300u);
  BOOST_TEST(i < 460u);
}

BOOST_AUTO_TEST_CASE(asking_again_costs_nothing) {
  for (int round = 0; round < 50; ++round)
    for (auto i = 0u; i < 100; ++i)
      BOOST_REQUIRE((look_up(i) == guess_fault::none));
  auto told = look_up_many(1'000);
  BOOST_TEST(told >= 300u);
  BOOST_TEST(told < 460u);
}

BOOST_AUTO_TEST_CASE(who_is_refused_may_load_the_last_six_again) {
  auto told = look_up_many(1'000);
  for (int round = 0; round < 10; ++round)
    for (auto i = told - 6; i < told; ++i)
      BOOST_TEST((look_up(i) == guess_fault::none));
  BOOST_TEST((look_up(told - 7) == guess_fault::distinct));
  BOOST_TEST((look_up(told) == guess_fault::distinct)); // being refused makes it no better known
}

BOOST_AUTO_TEST_CASE(a_refusal_lasts_until_the_window_ends_and_says_so) {
  auto begin = now;
  look_up(3'000);
  now += 10min;
  look_up_many(1'000);
  auto verdict = sut.look_up(somebody, number(2'000), 1, now);
  BOOST_TEST((verdict.fault == guess_fault::distinct));
  BOOST_TEST((verdict.left == 5min));
  now = begin + 15min - 1ns;
  verdict = sut.look_up(somebody, number(2'000), 1, now);
  BOOST_TEST((verdict.fault == guess_fault::distinct));
  BOOST_TEST((verdict.left == 1ms));
  now += 1ns;
  BOOST_TEST((look_up(2'000) == guess_fault::none));
  BOOST_TEST(look_up_many(1'000) > 299u);
}

BOOST_AUTO_TEST_CASE(the_first_refusal_of_a_window_is_told_from_the_others) {
  for (int window = 0; window < 2; ++window) {
    auto told = 0u;
    auto verdict = sut.look_up(somebody, number(told), 1, now);
    while (verdict.fault == guess_fault::none)
      verdict = sut.look_up(somebody, number(++told), 1, now);
    BOOST_TEST(verdict.first);
    BOOST_TEST(!sut.look_up(somebody, number(told), 1, now).first);
    BOOST_TEST(!sut.touch(somebody, member(told), 1, now).first);
    now += 15min;
  }
}

BOOST_AUTO_TEST_CASE(a_miss_known_after_the_window_counts_nowhere) {
  look_up(0);
  now += 15min;
  for (int i = 0; i < 100; ++i)
    sut.missed(somebody, now);
  BOOST_TEST((look_up(1) == guess_fault::none));
  sut.missed(somebody_else, now); // of whom nothing is known
  BOOST_TEST((sut.look_up(somebody_else, number(1), 1, now).fault == guess_fault::none));
}

BOOST_AUTO_TEST_CASE(clients_do_not_pay_for_each_other) {
  look_up_many(1'000);
  for (int i = 0; i < 30; ++i)
    sut.missed(somebody, now);
  BOOST_TEST((look_up(1'000) != guess_fault::none));
  for (auto i = 0u; i < 250; ++i)
    BOOST_TEST((sut.look_up(somebody_else, number(i), 1, now).fault == guess_fault::none));
}

BOOST_AUTO_TEST_CASE(a_multiplier_makes_every_budget_larger) {
  auto told = look_up_many(3'500, 8);
  BOOST_TEST(told > 2'400u);
  BOOST_TEST(told < 3'500u);
  now += 15min;
  for (auto i = 0u; i < 240; ++i) {
    BOOST_REQUIRE((look_up(i, 8) == guess_fault::none));
    sut.missed(somebody, now);
  }
  BOOST_TEST((look_up(240, 8) == guess_fault::misses));
  now += 15min;
  for (auto i = 0u; i < 96; ++i)
    BOOST_REQUIRE((sut.touch(somebody, {1'000 + i}, 8, now).fault == guess_fault::none));
  BOOST_TEST((sut.touch(somebody, {1'096}, 8, now).fault == guess_fault::serial_run));
}

BOOST_AUTO_TEST_CASE(budgets_of_zero_are_none) {
  enumeration_guard_settings off;
  off.budgets = {0, 0, 0};
  enumeration_guard open{off};
  for (auto i = 0u; i < 100'000; ++i) {
    BOOST_REQUIRE((open.touch(somebody, {1 + i}, 1, now).fault == guess_fault::none));
    open.missed(somebody, now);
  }
}

// One in 65,536 is taken for the only one asked for before; which one, differs between clients and processes.
BOOST_AUTO_TEST_CASE(what_is_taken_for_known_is_known_to_one_client_of_one_process) {
  enumeration_guard_settings closed;
  closed.budgets = {1, 0, 0};
  enumeration_guard here{closed};
  closed.key.fill(1);
  enumeration_guard there{closed};
  auto prepare = [&](enumeration_guard& guard, client_key who) {
    guard.touch(who, {1}, 1, now);
    guard.missed(who, now); // from here on only what is taken for known is told
  };
  prepare(here, somebody);
  prepare(here, somebody_else);
  prepare(there, somebody);
  std::uint64_t same = 2;
  while (!here.touch(somebody, {same}, 1, now).again)
    BOOST_REQUIRE(++same < 1'000'000);
  BOOST_TEST(!here.touch(somebody_else, {same}, 1, now).again);
  BOOST_TEST(!there.touch(somebody, {same}, 1, now).again);
}

BOOST_AUTO_TEST_CASE(each_budget_holds_without_the_others) {
  auto told_with = [&](tessera::guess_budgets budgets, auto ask, bool hits) {
    enumeration_guard_settings some;
    some.budgets = budgets;
    enumeration_guard guard{some};
    auto told = 0u;
    for (; told < 5'000 && ask(guard, told).fault == guess_fault::none; ++told)
      if (!hits)
        guard.missed(somebody, now);
    return told;
  };
  auto run = [&](enumeration_guard& guard, unsigned i) { return guard.touch(somebody, {1 + i}, 1, now); };
  auto scattered = [&](enumeration_guard& guard, unsigned i) { return guard.touch(somebody, member(i), 1, now); };
  BOOST_TEST(told_with({30, 0, 0}, run, false) == 30u);
  BOOST_TEST(told_with({30, 0, 0}, run, true) == 5'000u);
  BOOST_TEST(told_with({0, 0, 12}, run, true) == 12u);
  BOOST_TEST(told_with({0, 0, 12}, scattered, true) == 5'000u);
  auto told = told_with({0, 300, 0}, run, true);
  BOOST_TEST(told > 300u);
  BOOST_TEST(told < 460u);
}

BOOST_AUTO_TEST_CASE(a_crowd_of_newcomers_does_not_make_it_forget_who_is_refused) {
  enumeration_guard_settings small;
  small.clients = 1'000;
  enumeration_guard guard{small};
  for (auto i = 0u; i < 13; ++i)
    guard.touch(somebody, {1 + i}, 1, now);
  std::mt19937_64 random{1};
  for (int i = 0; i < 100'000; ++i)
    guard.look_up({random()}, number(0), 1, now);
  BOOST_TEST(guard.evictions() > 50'000u);
  BOOST_TEST((guard.touch(somebody, {5'000}, 1, now).fault == guess_fault::serial_run));
}

BOOST_AUTO_TEST_CASE(faults_have_names) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < tessera::guess_faults; ++i)
    names.insert(to_string(static_cast<guess_fault>(i)));
  BOOST_TEST(names.size() == tessera::guess_faults);
  BOOST_TEST(names.count("birth_date_run") == 1u);
  BOOST_TEST(names.count("unknown") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
