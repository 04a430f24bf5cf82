#include "actors/job_table.hpp"

#include "tests/actors/job_samples.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>

/// Two nodes that share a store, each of which may crash, lose its leases and be told of its saves too late, against
/// what is obvious: a card that the store has as finished is asked for by nobody who read it so, no job has more cards
/// at work than it may, and in the end each job is done with each card as its member deserves.
using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::testing;

namespace {

constexpr std::uint32_t concurrency = 2;

/// What the store has of a job.
struct kept {
  batch_job job;
  int holder = -1;
};

/// Members whose number ends in 9 do not exist.
error_code verdict_of(member_id member) {
  return member.value % 10 == 9 ? error_code::not_found : error_code::none;
}

struct node {
  job_metrics metrics;
  std::optional<job_table> table;
  batch_effects effects;
  std::vector<card_task> asked;                              ///< and not answered
  std::map<std::string, std::set<member_id>> known_finished; ///< when the job was begun here, or saved
};

class world {
public:
  explicit world(unsigned seed) : random_(seed) {
    for (auto& each : nodes_)
      restart(each);
  }

  void step() {
    now_ += std::chrono::milliseconds{pick(400)};
    auto& which = nodes_[pick(nodes_.size())];
    switch (pick(12)) {
    case 0:
      create();
      break;
    case 1:
      take(which);
      break;
    case 2:
      if (pick(6) == 0)
        restart(which);
      break;
    case 3:
      if (!store_.empty() && pick(6) == 0) // its lease runs out
        std::next(store_.begin(), static_cast<std::ptrdiff_t>(pick(store_.size())))->second.holder = -1;
      break;
    case 4:
      which.table->tick(now_, which.effects);
      break;
    case 5:
      which.table->ask_again([&](member_id member) { return lost(which, member); }, now_, which.effects);
      break;
    case 6:
    case 7:
      save(which, pick(5) == 0);
      break;
    default:
      answer(which, pick(8) == 0 ? error_code::database_unavailable : error_code::none);
    }
    collect(which);
  }

  /// Nothing goes wrong any more: all jobs come to their end.
  void settle() {
    for (int i = 0; i < 20'000 && !all_done(); ++i) {
      now_ += 1s;
      for (auto& each : nodes_) {
        take(each);
        each.table->tick(now_, each.effects);
        collect(each);
        while (!each.asked.empty())
          answer(each, error_code::none), collect(each);
        save(each, false);
        collect(each);
      }
      if (i % 100 == 99) // leases of nodes that have forgotten a job
        for (auto& [id, each] : store_)
          each.holder = -1;
    }
    for (const auto& [id, each] : store_) {
      BOOST_TEST((each.job.state == job_state::done));
      for (const auto& card : each.job.cards) {
        BOOST_TEST(card.finished);
        auto verdict = card.member.value == 0 ? error_code::validation : verdict_of(card.member);
        if (card.error != error_code::database_unavailable)
          BOOST_TEST((card.error == verdict));
        if (card.error == error_code::none)
          BOOST_TEST(card.card_number == "card-" + std::to_string(card.member.value));
      }
    }
  }

  std::size_t jobs() const {
    return store_.size();
  }

private:
  std::size_t pick(std::size_t count) {
    return std::uniform_int_distribution<std::size_t>{0, count - 1}(random_);
  }
  int number_of(const node& which) const {
    return static_cast<int>(&which - nodes_.data());
  }
  bool all_done() const {
    return std::ranges::all_of(store_, [](const auto& each) { return each.second.job.state == job_state::done; });
  }
  static std::set<member_id> finished_of(const batch_job& job) {
    std::set<member_id> all;
    for (const auto& card : job.cards)
      if (card.finished)
        all.insert(card.member);
    return all;
  }

  void create() {
    std::vector<std::uint64_t> members;
    for (auto count = 1 + pick(8); count > 0; --count)
      members.push_back(pick(20));
    auto id = "job " + std::to_string(store_.size());
    store_[id] = {job_of(id, members, concurrency)};
  }

  void restart(node& which) {
    which.effects.clear();
    which.asked.clear();
    which.known_finished.clear();
    which.table.emplace(job_table_settings{}, which.metrics, [] { return job_time; });
    for (auto& [id, each] : store_)
      if (each.holder == number_of(which))
        each.holder = -1;
  }

  void take(node& which) {
    for (auto& [id, each] : store_) {
      if (which.table->room() == 0)
        return;
      if (each.holder >= 0 || each.job.state == job_state::done)
        continue;
      each.holder = number_of(which);
      each.job.state = job_state::running;
      if (which.table->find(id) == nullptr)
        which.known_finished[id] = finished_of(each.job);
      which.table->begin(each.job, now_, which.effects);
      collect(which);
    }
  }

  bool lost(const node& which, member_id member) {
    return std::ranges::any_of(which.asked, [&](const card_task& each) { return each.member == member; })
           && pick(2) == 0;
  }

  void save(node& which, bool answer_is_lost) {
    while (const auto* due = which.table->to_save(now_)) {
      auto job = *due;
      auto& there = store_.at(job.id);
      bool held = there.holder == number_of(which);
      if (held) {
        // Nothing that was finished is undone.
        for (std::size_t i = 0; i < job.cards.size(); ++i)
          if (there.job.cards[i].finished)
            BOOST_REQUIRE((job.cards[i] == there.job.cards[i]));
        there.job = job;
      }
      if (answer_is_lost) {
        which.table->not_saved(job.id, now_);
      } else if (held) {
        which.table->saved(job.id, now_);
        which.known_finished[job.id] = finished_of(job);
      } else {
        which.table->lost(job.id, which.effects);
        which.known_finished.erase(job.id);
      }
    }
  }

  void answer(node& which, error_code fault) {
    if (which.asked.empty())
      return;
    auto at = which.asked.begin() + static_cast<std::ptrdiff_t>(pick(which.asked.size()));
    auto task = *at;
    which.asked.erase(at);
    auto error = fault != error_code::none ? fault : verdict_of(task.member);
    which.table->answered(answer_to(task, error), now_, which.effects);
  }

  /// Takes what is asked, and checks it.
  void collect(node& which) {
    BOOST_REQUIRE(which.effects.finished.empty());
    BOOST_REQUIRE(which.effects.results.empty());
    for (auto& each : which.effects.dropped)
      std::erase_if(which.asked, [&](const card_task& task) { return task.asked_by == each.which; });
    std::map<std::uint32_t, std::size_t> at_work;
    for (auto& task : which.effects.tasks) {
      std::erase_if(which.asked, [&](const card_task& other) { return other.asked_by == task.asked_by; });
      which.asked.push_back(std::move(task));
    }
    which.effects.clear();
    for (const auto& task : which.asked)
      if (task.what == card_product::bundle)
        ++at_work[task.asked_by.slot];
    for (const auto& [batch, count] : at_work)
      BOOST_REQUIRE(count <= concurrency);
    for (const auto& task : which.asked)
      BOOST_REQUIRE(is_wanted(which, task.member));
  }

  /// Whether some job of this node still needs that member, as far as is saved.
  bool is_wanted(const node& which, member_id member) const {
    return std::ranges::any_of(which.known_finished, [&](const auto& each) {
      const auto* job = which.table->find(each.first);
      return job != nullptr && !each.second.contains(member)
             && std::ranges::find(job->cards, member, &job_card::member) != job->cards.end();
    });
  }

  std::mt19937 random_;
  steady_time now_{1h};
  std::map<std::string, kept> store_;
  std::array<node, 2> nodes_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(job_table_model)

BOOST_AUTO_TEST_CASE(whatever_happens_each_job_ends_and_nothing_saved_is_made_again) {
  std::size_t jobs = 0;
  for (unsigned seed = 1; seed <= 200; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      world all{seed};
      for (int i = 0; i < 400; ++i)
        all.step();
      all.settle();
      jobs += all.jobs();
    }
  }
  BOOST_TEST(jobs > 1'000u);
}

BOOST_AUTO_TEST_SUITE_END()
