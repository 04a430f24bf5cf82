#include "actors/card_table.hpp"

#include "tests/actors/card_samples.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <sstream>

// A random life of a table against a model that keeps its own books: who waits, what was asked of whom, who has a slot.
// The model knows the promises, not the method. It plays all the actors that the table asks, and ends them.
namespace {

using namespace tessera;
using namespace tessera::testing;
using namespace std::chrono_literals;

using waiter = std::pair<std::uint32_t, std::uint32_t>; // asker and slot

constexpr std::uint64_t members = 5;

/// Steps that have happened, over all lives.
struct tally {
  std::uint64_t made = 0, kept = 0, verdicts = 0, refused = 0, interrupted = 0, late = 0, grants = 0, deaths = 0;
};

struct model {
  struct asked {
    card_task task;
    steady_time deadline;
    card_state cards; ///< of the member, when it was asked
  };
  using from = card_table::awaited::from;

  static card_table_settings settings() {
    card_table_settings result;
    result.caches.fill({64 << 10, 2s});
    return result;
  }

  model(std::uint64_t seed, tally& to)
      : random(seed), with_admission(seed % 4 != 0),
        sut(settings(),
            {[this] { return ledger_of(entries()); }, [] { return card_day; }, [] { return card_key_id{1}; }}, metrics,
            seed),
        counts(to) {
    sut.use_admission(with_admission);
    use_renderers(1 + roll(3));
  }

  std::size_t roll(std::size_t sides) {
    return static_cast<std::size_t>(random() % sides);
  }
  template <class Container>
  auto any_of(Container& from) {
    return std::next(from.begin(), static_cast<std::ptrdiff_t>(roll(from.size())));
  }

  std::vector<member_card_state> entries() const {
    std::vector<member_card_state> all;
    for (auto& [id, cards] : states)
      all.push_back({member_id{id}, cards});
    return all;
  }
  card_state state_of(member_id id) const {
    auto found = states.find(id.value);
    return found != states.end() ? found->second : card_state{};
  }

  // What clients do.

  void open() {
    waiter who{static_cast<std::uint32_t>(roll(3)), ++last_slot};
    card_task task;
    task.asked_by = {who.second, 1};
    task.time_left_ms = static_cast<std::uint32_t>(1 + roll(3'000));
    task.member = {1 + roll(members)};
    if (roll(3) == 0) {
      task.what = card_product::verification;
      task.priority = admission_priority::verify;
      task.presented = std::to_string(task.member.value) + ' ' + std::to_string(1 + roll(3));
      task.member = {};
    } else {
      task.what = roll(2) == 0 ? card_product::bundle : card_product::png;
      task.priority = roll(4) == 0 ? admission_priority::batch : admission_priority::lookup;
    }
    auto of = task.what == card_product::verification ? claimed(task.presented).member : task.member;
    waiting.emplace(who, asked{task, now + std::chrono::milliseconds{task.time_left_ms}, state_of(of)});
    sut.open(who.first, task, now, out);
    if (roll(5) == 0 && out.answers.empty())
      sut.open(who.first, task, now, out); // the same again, while it waits
  }

  void abandon() {
    std::vector<ticket> gone{{last_slot + 1, 1}};
    auto asker = roll(3);
    for (auto i = waiting.begin(); i != waiting.end();) {
      if (i->first.first != asker || roll(3) != 0) {
        ++i;
        continue;
      }
      gone.push_back({i->first.second, 1});
      i = waiting.erase(i);
    }
    sut.abandon(static_cast<std::uint32_t>(asker), gone, out);
  }

  // What actors answer.

  void answer_alias() {
    if (aliases.empty())
      return;
    auto which = any_of(aliases);
    auto [job, member] = *which;
    aliases.erase(which);
    alias_resolved answer;
    answer.job = job;
    answer.known = roll(3) != 0;
    // An alias may have grown old.
    answer.number = number_of(roll(6) == 0 ? 1 + roll(members) : member.value);
    sut.alias_resolved(answer, now, out);
  }

  body_ptr record(std::uint64_t id) {
    return record_of(id, roll(8) == 0 ? "Thando" : "Thandi");
  }

  void answer_lookup() {
    if (lookups.empty())
      return;
    auto which = any_of(lookups);
    auto [job, number] = *which;
    // Where an actor of two on the way was replaced, both ways may lead to an answer.
    if (roll(8) != 0)
      lookups.erase(which);
    lookup_answer answer;
    answer.to = {static_cast<std::uint32_t>(job), static_cast<std::uint32_t>(job >> 32)};
    auto outcome = roll(8);
    if (outcome == 0)
      answer.error = error_code::database_unavailable;
    else if (outcome == 1)
      answer.error = error_code::not_found;
    else
      answer.body = record(number.packed() - number_of(0).packed());
    answer.stale_for_ms = outcome == 2 ? 5 : 0;
    sut.member_found(answer, now, out);
  }

  void answer_load() {
    if (!loads.empty() && roll(4) != 0) {
      auto which = any_of(loads);
      auto [id, pool] = *which;
      loads.erase(which);
      load_answer answer;
      answer.key = {member_key::kind::id, id};
      answer.pool = pool;
      answer.number = number_of(id);
      answer.id = {id};
      auto outcome = roll(8);
      if (outcome == 0)
        answer.error = error_code::queue_full;
      else if (outcome == 1)
        answer.error = error_code::not_found;
      else
        answer.body = record(id);
      may_fill = answer.body && pool == sut.pool(); // what an earlier pool's worker brings is not kept
      sut.member_loaded(answer, now, out);
    }
  }

  void decide_on_slots() {
    if (wants_slot.empty())
      return;
    auto which = any_of(wants_slot);
    auto work = *which;
    wants_slot.erase(which);
    if (roll(5) == 0) {
      refused.insert(work);
      answers_on_the_way.push_back({{work}, error_code::queue_full, 3});
    } else {
      at_work.insert(work);
      answers_on_the_way.push_back({{work}, error_code::none, 0});
      ++counts.grants;
    }
  }

  void deliver_slot() {
    if (answers_on_the_way.empty())
      return;
    auto answer = answers_on_the_way.front();
    answers_on_the_way.erase(answers_on_the_way.begin());
    if (answer.error == error_code::none && at_work.contains(answer.work.value))
      told.insert(answer.work.value);
    sut.admission_answered(answer, now, out);
  }

  static card_claims claimed(const std::string& presented) {
    std::istringstream in{presented};
    std::uint64_t id = 0;
    card_epoch epoch = 0;
    in >> id >> epoch;
    return claims_of(id, epoch);
  }

  /// Writes down what shaped a product, so that whoever gets it can tell.
  static body_ptr draw(const render_job& job) {
    auto subject = unpack_member(job.member->packed());
    auto text = std::to_string(subject->id.value) + ' ' + std::to_string(static_cast<int>(job.what)) + ' '
                + std::to_string(job.state.epoch) + ' ' + std::to_string(job.state.revoked_up_to);
    return shared_body::make(text, {}, 0);
  }

  void finish_rendering() {
    auto which = roll(renderers.size() + 1);
    if (which == renderers.size() || renderers[which].empty())
      return;
    auto i = any_of(renderers[which]);
    auto job = i->second;
    renderers[which].erase(i);
    render_answer answer;
    answer.work = job.work;
    if (job.what == card_product::verification) {
      answer.checked.fault = roll(5) == 0 ? card_fault::bad_signature : card_fault::none;
      if (answer.checked.fault == card_fault::none)
        answer.checked.claims = claimed(job.presented);
    } else if (roll(6) == 0) {
      answer.error = error_code::validation;
    } else {
      answer.body = draw(job);
    }
    sut.rendered(answer, now, out);
  }

  // What happens to actors and cards.

  void use_renderers(std::size_t count) {
    renderers.resize(count);
    sut.use_renderers(count);
    sut.ask_again([&](const card_table::awaited& x) { return x.what == from::renderer && x.renderer >= count; }, now,
                  out);
  }

  void replace_somebody() {
    ++counts.deaths;
    switch (roll(6)) {
    case 0: // a cache, and with it what a lookup actor had handed on to it
      aliases.clear();
      lookups.clear();
      sut.ask_again([](const card_table::awaited& x) { return x.what == from::alias || x.what == from::lookup; }, now,
                    out);
      return;
    case 1:
      lookups.clear();
      sut.ask_again([](const card_table::awaited& x) { return x.what == from::lookup; }, now, out);
      return;
    case 2: // its workers may still answer
      sut.pool_replaced();
      sut.ask_again([](const card_table::awaited& x) { return x.what == from::pool; }, now, out);
      return;
    case 3:
      if (!with_admission)
        return;
      while (!answers_on_the_way.empty()) // of before its death
        deliver_slot();
      carry_out();
      wants_slot.clear();
      at_work.clear();
      refused.clear();
      going_on = true;
      sut.admission_replaced(out);
      sut.ask_again([](const card_table::awaited& x) { return x.what == from::admission; }, now, out);
      return;
    case 4: {
      if (renderers.empty())
        return;
      auto which = roll(renderers.size());
      renderers[which].clear();
      sut.ask_again([&](const card_table::awaited& x) { return x.what == from::renderer && x.renderer == which; }, now,
                    out);
      return;
    }
    case 5:
      use_renderers(roll(4));
      return;
    }
  }

  void change_cards() {
    auto& cards = states[1 + roll(members)];
    if (roll(2) == 0)
      ++cards.epoch;
    else
      cards.revoked_up_to = cards.epoch;
  }

  // What the table wants.

  void check_answer(const card_effects::addressed_answer& made) {
    auto who = waiting.find({made.asker, made.content.to.slot});
    BOOST_REQUIRE(who != waiting.end()); // nobody is answered twice, or after an abandon
    auto whose = std::move(who->second);
    waiting.erase(who);
    const auto& answer = made.content;
    BOOST_REQUIRE((answer.error == error_code::none) == (answer.body != nullptr));
    if (answer.error == error_code::timed_out) {
      BOOST_REQUIRE((now >= whose.deadline));
      ++counts.late;
    }
    counts.interrupted += answer.error == error_code::interrupted ? 1 : 0;
    counts.refused += answer.error == error_code::queue_full ? 1 : 0;
    if (answer.error != error_code::none)
      return;
    if (whose.task.what == card_product::verification) {
      ++counts.verdicts;
      auto claims = claimed(whose.task.presented);
      if (answer.body->text().find(R"("valid":true)") == std::string_view::npos)
        return;
      BOOST_REQUIRE(claims.epoch > whose.cards.revoked_up_to);
      BOOST_REQUIRE(claims.epoch >= whose.cards.epoch);
      BOOST_REQUIRE(answer.body->text().find(membership_number(claims.member)) != std::string_view::npos);
      return;
    }
    answer.made_before ? ++counts.kept : ++counts.made;
    std::istringstream in{std::string{answer.body->text()}};
    std::uint64_t member = 0;
    int what = 0;
    card_epoch epoch = 0, revoked = 0;
    in >> member >> what >> epoch >> revoked;
    BOOST_REQUIRE_EQUAL(member, whose.task.member.value);
    BOOST_REQUIRE_EQUAL(what, static_cast<int>(whose.task.what));
    BOOST_REQUIRE(epoch >= whose.cards.epoch); // never one from before a reissue
    BOOST_REQUIRE(epoch > whose.cards.revoked_up_to);
    BOOST_REQUIRE(revoked < epoch);
  }

  void end_work(std::uint64_t work) {
    bool knew = told.erase(work) > 0;
    if (at_work.erase(work) > 0) {
      if (!knew)
        given_up.insert(work);
      return;
    }
    if (wants_slot.erase(work) > 0)
      return;
    // Admission ignores what it has refused, and what was given up before its grant arrived.
    BOOST_REQUIRE(refused.erase(work) + given_up.erase(work) == 1u);
  }

  void check_rendering(const card_effects::rendering& x) {
    BOOST_REQUIRE(x.renderer < renderers.size());
    for (auto& each : renderers) {
      BOOST_REQUIRE(!each.contains(x.job.work.value));
      BOOST_REQUIRE(each.size() >= renderers[x.renderer].size()); // nobody has less to do
    }
    BOOST_REQUIRE((x.urgent == (x.job.what == card_product::verification)));
    BOOST_REQUIRE((!with_admission || told.contains(x.job.work.value)));
    renderers[x.renderer].emplace(x.job.work.value, x.job);
  }

  void carry_out() {
    for (auto& x : out.goes_on) {
      BOOST_REQUIRE(going_on);
      BOOST_REQUIRE(told.contains(x.value));
      BOOST_REQUIRE(at_work.insert(x.value).second);
    }
    BOOST_REQUIRE((!going_on || at_work == told)); // all that hold a slot, and no others
    going_on = false;
    for (auto& x : out.ended)
      end_work(x.value);
    for (auto& each : out.ask_admission) {
      for (auto& x : each) {
        BOOST_REQUIRE(with_admission);
        BOOST_REQUIRE(!at_work.contains(x.work.value));
        BOOST_REQUIRE(wants_slot.insert(x.work.value).second);
        BOOST_REQUIRE(x.time_left_ms >= 1u);
      }
    }
    for (auto& x : out.resolve) {
      BOOST_REQUIRE(aliases.emplace(x.job, x.member).second);
      BOOST_REQUIRE(++asks[x.job] <= 2u); // once more at most, if whoever was asked died
    }
    for (auto& x : out.look_up) {
      auto job = std::uint64_t{x.asked_by.generation} << 32 | x.asked_by.slot;
      BOOST_REQUIRE(lookups.emplace(job, x.number).second);
    }
    for (auto& x : out.load) {
      BOOST_REQUIRE((x.by == member_key::kind::id));
      BOOST_REQUIRE(loads.emplace(x.value, sut.pool()).second);
      BOOST_REQUIRE(out.time_left_ms >= 1u);
    }
    BOOST_REQUIRE(out.fills.size() <= (may_fill ? 1u : 0u));
    may_fill = false;
    // One by one, as the renderers' loads depend on those before.
    for (auto& x : out.render)
      check_rendering(x);
    for (auto& x : out.answers)
      check_answer(x);
    out.clear();
    BOOST_REQUIRE_EQUAL(sut.waiting(), waiting.size());           // whoever was not answered waits
    BOOST_REQUIRE(wants_slot.size() + told.size() <= sut.size()); // nothing is asked or held for what has ended
    BOOST_REQUIRE_EQUAL(sut.empty(), sut.size() == 0u);
    BOOST_REQUIRE((waiting.empty() || !sut.empty()));
  }

  void step() {
    now += std::chrono::milliseconds{roll(40)};
    switch (roll(24)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
      open();
      break;
    case 5:
      abandon();
      break;
    case 6:
      if (roll(3) == 0)
        replace_somebody();
      break;
    case 7:
      if (roll(4) == 0)
        change_cards();
      break;
    case 8:
      sut.tick(now, out);
      break;
    default:
      answer_something();
      break;
    }
    carry_out();
  }

  void answer_something() {
    switch (roll(6)) {
    case 0:
      answer_alias();
      break;
    case 1:
      answer_lookup();
      break;
    case 2:
      answer_load();
      break;
    case 3:
      decide_on_slots();
      break;
    case 4:
      deliver_slot();
      break;
    case 5:
      finish_rendering();
      break;
    }
  }

  bool anything_is_asked() const {
    return !aliases.empty() || !lookups.empty() || !loads.empty() || !wants_slot.empty() || !answers_on_the_way.empty()
           || std::ranges::any_of(renderers, [](auto& each) { return !each.empty(); });
  }

  std::mt19937_64 random;
  bool with_admission;
  steady_time now = steady_time{} + 1h;
  card_metrics metrics;
  std::map<std::uint64_t, card_state> states; ///< by member id
  card_table sut;
  tally& counts;
  card_effects out;
  std::uint32_t last_slot = 0;
  std::map<waiter, asked> waiting;
  std::map<std::uint64_t, member_id> aliases;              ///< asked for, by job
  std::map<std::uint64_t, id_number> lookups;              ///< asked for, by job
  std::set<std::pair<std::uint64_t, std::uint32_t>> loads; ///< asked for: member id and pool
  std::set<std::uint64_t> wants_slot, at_work, refused;    ///< as admission knows them
  std::set<std::uint64_t> told;                            ///< who knows of their slot, and has not given it back
  std::set<std::uint64_t> given_up;                        ///< who ended before their grant arrived
  std::vector<admission_answer> answers_on_the_way;
  std::vector<std::map<std::uint64_t, render_job>> renderers; ///< what each has to do
  std::map<std::uint64_t, unsigned> asks;                     ///< for the alias, by job
  bool may_fill = false;
  bool going_on = false;
};

} // namespace

BOOST_AUTO_TEST_SUITE(card_table_model_test)

BOOST_AUTO_TEST_CASE(random_lives_keep_every_promise) {
  tally counts;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      model m{seed, counts};
      m.carry_out();
      for (int i = 0; i < 1'500; ++i)
        m.step();
      // When all that is asked is answered, nothing is left: no job, no slot.
      for (int i = 0; i < 20'000 && m.anything_is_asked(); ++i) {
        m.answer_something();
        m.carry_out();
      }
      BOOST_REQUIRE(!m.anything_is_asked());
      BOOST_REQUIRE(m.waiting.empty());
      BOOST_REQUIRE(m.sut.empty());
      BOOST_REQUIRE(m.at_work.empty());
      BOOST_REQUIRE(m.told.empty());
    }
  }
  // The lives were eventful.
  BOOST_TEST(counts.made > 5'000u);
  BOOST_TEST(counts.kept > 1'000u);
  BOOST_TEST(counts.verdicts > 1'000u);
  BOOST_TEST(counts.refused > 1'000u);
  BOOST_TEST(counts.interrupted > 100u);
  BOOST_TEST(counts.late > 100u);
  BOOST_TEST(counts.grants > 5'000u);
  BOOST_TEST(counts.deaths > 1'000u);
}

BOOST_AUTO_TEST_SUITE_END()
