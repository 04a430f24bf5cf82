#include "guard/change_tracker.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>

using namespace std::chrono_literals;
using tessera::change_gap;
using tessera::change_tracker;

namespace {

using time_point = change_tracker::time_point;
using numbers = std::vector<std::uint64_t>;
using gaps = std::vector<change_gap>;

constexpr change_tracker::limits few{.gaps = 4, .patience = 10s};

std::string text_of(const gaps& all) {
  std::string text;
  for (const auto& gap : all)
    text.append("[").append(std::to_string(gap.first)).append(" ").append(std::to_string(gap.last)).append("]");
  return text;
}

// A feed as transactions make it: each takes numbers as it goes, and commits or rolls back much later, in any order.
// The model knows what was committed and what the reader was given; it knows nothing of gaps.
struct model {
  explicit model(std::uint64_t seed) : random(seed), bounds{.gaps = 2 + random() % 30, .patience = 10s} {
  }

  bool chance(unsigned percent) {
    return random() % 100 < percent;
  }

  void write() {
    if (open.size() < 6 && chance(30))
      open[++transactions];
    if (!open.empty() && chance(70))
      std::next(open.begin(), static_cast<long>(random() % open.size()))->second.push_back(++newest);
    if (!open.empty() && chance(25)) {
      auto ended = std::next(open.begin(), static_cast<long>(random() % open.size()));
      if (chance(60))
        committed.insert(ended->second.begin(), ended->second.end());
      open.erase(ended);
    }
  }

  bool holds(const change_gap& gap) const {
    return std::ranges::any_of(open, [&](const auto& each) {
      return std::ranges::any_of(each.second, [&](auto x) { return gap.first <= x && x <= gap.last; });
    });
  }

  numbers visible(std::size_t limit) const {
    numbers found;
    auto all = sut->gaps();
    for (auto number : committed) {
      auto within = [&](const change_gap& gap) { return gap.first <= number && number <= gap.last; };
      if (found.size() < limit && (number > sut->newest() || std::ranges::any_of(all, within)))
        found.push_back(number);
    }
    return found;
  }

  void look() {
    std::vector<change_gap> settled;
    for (const auto& gap : sut->doubtful(now, 1 + random() % 4)) {
      if (holds(gap))
        sut->hold(gap, now);
      else
        settled.push_back(gap);
    }
    for (auto writes = random() % 3; writes > 0; --writes)
      write(); // between the question and the reading
    auto limit = chance(10) ? 3 : std::size_t{1'000'000};
    auto found = visible(limit);
    given.insert(found.begin(), found.end());
    sut->see(found, now);
    if (found.size() < limit)
      for (const auto& gap : settled)
        sut->settle(gap);
    BOOST_REQUIRE_LE(sut->gaps().size(), bounds.gaps);
    saved = sut->position();
    // All up to the position has been given or will never come: also to a reader that begins there.
    for (auto number : committed)
      if (number <= saved)
        BOOST_REQUIRE(given.contains(number));
    BOOST_REQUIRE(!holds({1, saved}));
  }

  void restart() {
    sut.emplace(saved, bounds);
  }

  std::mt19937_64 random;
  change_tracker::limits bounds;
  std::optional<change_tracker> sut{std::in_place, 0, bounds};
  time_point now{};
  std::map<unsigned, numbers> open;
  unsigned transactions = 0;
  std::uint64_t newest = 0;
  std::set<std::uint64_t> committed;
  std::set<std::uint64_t> given;
  std::uint64_t saved = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(guard_change_tracker)

BOOST_AUTO_TEST_CASE(without_gaps_the_position_is_the_newest_number) {
  change_tracker sut{7};
  BOOST_TEST(sut.position() == 7u);
  sut.see(numbers{8, 9, 10}, {});
  BOOST_TEST(sut.newest() == 10u);
  BOOST_TEST(sut.position() == 10u);
  BOOST_TEST(text_of(sut.gaps()) == "");
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_read_again_until_it_comes) {
  change_tracker sut{0, few};
  sut.see(numbers{2, 3, 7}, {});
  BOOST_TEST(text_of(sut.gaps()) == "[1 1][4 6]");
  BOOST_TEST(sut.position() == 0u);
  sut.see(numbers{5}, {});
  BOOST_TEST(text_of(sut.gaps()) == "[1 1][4 4][6 6]");
  sut.see(numbers{1, 4, 9}, {});
  BOOST_TEST(text_of(sut.gaps()) == "[6 6][8 8]");
  BOOST_TEST(sut.position() == 5u);
  sut.see(numbers{6, 8}, {});
  BOOST_TEST(sut.position() == 9u);
}

BOOST_AUTO_TEST_CASE(numbers_that_nobody_holds_are_given_up_after_a_while) {
  change_tracker sut{0, few};
  time_point then{};
  sut.see(numbers{2, 6}, then);
  BOOST_TEST(sut.doubtful(then + 9s, 10).empty());
  BOOST_TEST(text_of(sut.doubtful(then + 10s, 10)) == "[1 1][3 5]");
  BOOST_TEST(text_of(sut.doubtful(then + 10s, 1)) == "[1 1]");
  sut.hold({1, 1}, then + 10s);
  BOOST_TEST(text_of(sut.doubtful(then + 19s, 10)) == "[3 5]");
  sut.see(numbers{4}, then + 19s);
  sut.settle({3, 5}); // all that is left of it
  BOOST_TEST(text_of(sut.gaps()) == "[1 1]");
  BOOST_TEST(text_of(sut.doubtful(then + 20s, 10)) == "[1 1]");
  sut.settle({1, 1});
  BOOST_TEST(sut.position() == 6u);
}

BOOST_AUTO_TEST_CASE(too_many_gaps_are_joined_with_what_lies_between) {
  change_tracker sut{0, few};
  time_point then{};
  sut.see(numbers{2, 4, 6, 8}, then);
  BOOST_TEST(text_of(sut.gaps()) == "[1 1][3 3][5 5][7 7]");
  sut.see(numbers{10}, then + 5s);
  BOOST_TEST(text_of(sut.gaps()) == "[1 3][5 7][9 9]");
  sut.see(numbers{2, 12, 14}, then + 6s); // read again, and two more
  BOOST_TEST(text_of(sut.gaps()) == "[1 3][5 9][11 13]");
  BOOST_TEST(sut.position() == 0u);
  BOOST_TEST(text_of(sut.doubtful(then + 10s, 10)) == "[1 3]");
  BOOST_TEST(text_of(sut.doubtful(then + 15s, 10)) == "[1 3][5 9]");
}

BOOST_AUTO_TEST_CASE(no_change_is_missed_whatever_transactions_do) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      model it{seed};
      for (unsigned step = 0; step < 400; ++step) {
        it.now += std::chrono::milliseconds{it.random() % 1'500};
        for (auto writes = it.random() % 6; writes > 0; --writes)
          it.write();
        it.look();
        if (it.chance(2))
          it.restart();
      }
      // When all have ended, nothing is left to wait for, and all was given.
      it.open.clear();
      for (unsigned step = 0; step < 200 && (step == 0 || !it.sut->gaps().empty()); ++step) {
        it.now += 11s;
        it.look();
        it.open.clear();
      }
      BOOST_TEST(it.sut->gaps().empty());
      BOOST_TEST((it.given == it.committed));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
