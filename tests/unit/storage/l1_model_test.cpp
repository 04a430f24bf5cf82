// Random sequences of all operations against an obvious model.

#include "storage/l1_store.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>
#include <string>

using namespace tessera;
using namespace std::chrono_literals;
using state = l1_store::state;
using time_point = l1_store::time_point;

namespace {

constexpr auto stale_for = 10min;
constexpr auto negative_for = 10s;
constexpr double jitter = 0.10;

// Bounds of a jittered time.
struct window {
  time_point earliest;
  time_point latest;

  static window after(time_point from, std::chrono::nanoseconds lifetime) {
    auto spread = std::chrono::duration_cast<std::chrono::nanoseconds>(lifetime * jitter) + 1us;
    return {from + lifetime - spread, from + lifetime + spread};
  }
};

struct known {
  enum class kind { body, negative } what = kind::body;
  body_ptr body;
  time_point loaded_at;
  window fresh_until;
};

struct alias {
  id_number number;
  window until;
};

class model_run {
public:
  model_run(std::size_t bytes, std::size_t negative_bytes, std::uint64_t seed)
      : bytes_(bytes), roomy_(bytes >= 16 * 1024 * 1024), random_(seed), store_({.bytes = bytes,
                                                                                 .negative_bytes = negative_bytes,
                                                                                 .stale_for = stale_for,
                                                                                 .negative_for = negative_for,
                                                                                 .jitter = jitter},
                                                                                seed) {
  }

  void step() {
    now_ += std::chrono::milliseconds(random_() % 100);
    if (random_() % 1500 == 0)
      now_ += 5min;
    switch (random_() % 16) {
    case 0:
    case 1:
    case 2:
      return fill();
    case 3:
      return fill_negative();
    case 4:
      return fill_alias();
    case 5:
      return invalidate();
    case 6:
      if (random_() % 300 == 0)
        return clear();
      return take_stamp();
    case 7:
      return take_stamp();
    case 8:
    case 9:
      return resolve();
    default:
      return find();
    }
  }

  void check_size() const {
    auto stats = store_.stats();
    BOOST_TEST_REQUIRE(stats.bytes <= bytes_);
    BOOST_TEST_REQUIRE(stats.entries <= known_.size());
  }

  std::uint64_t false_refusals() const {
    return false_refusals_;
  }
  std::uint64_t refusals() const {
    return refusals_;
  }
  std::uint64_t seen(state what) const {
    auto found = seen_.find(what);
    return found == seen_.end() ? 0 : found->second;
  }
  const l1_store& store() const {
    return store_;
  }

private:
  struct load {
    load_stamp stamp;
    std::uint64_t began; ///< on the model's own count of operations
  };

  cache_key any_key() {
    return {random_() % 8 == 0 ? cache_key::kind::alias : cache_key::kind::member, random_() % 400, random_() % 8 == 0};
  }

  // A load that begins now, or one that began some time ago.
  load any_load() {
    if (loads_.empty() || random_() % 2)
      return {random_() % 2 ? store_.stamp() : store_.stamp_at(now_ + 1ns), clock_};
    return loads_[random_() % loads_.size()];
  }

  void take_stamp() {
    load now{random_() % 2 ? store_.stamp() : store_.find({cache_key::kind::member, 1'000'000, 0}, now_).stamp, clock_};
    if (loads_.size() < 20)
      loads_.push_back(now);
    else
      loads_[random_() % loads_.size()] = now;
  }

  // Compares what the store did with a load with what it had to do. It may refuse too much, but not often.
  bool check_refusal(const cache_key& key, const load& from, bool accepted) {
    auto last = invalidated_.find({key.what, key.subject, key.variant});
    auto outdated = from.began < cleared_ || (last != invalidated_.end() && from.began < last->second);
    if (outdated)
      BOOST_TEST_REQUIRE(!accepted);
    ++(outdated ? refusals_ : accepted ? accepted_ : false_refusals_);
    return accepted;
  }

  void fill() {
    auto key = any_key();
    auto from = any_load();
    auto size = random_() % 4 == 0 ? random_() % 3000 : 200 + random_() % 200;
    auto body = shared_body::make(std::to_string(clock_) + std::string(size, 'x'), "", clock_);
    auto loaded_at = now_ - std::chrono::seconds(random_() % 100);
    auto fresh_for = std::chrono::seconds(200 + random_() % 200);
    auto accepted = store_.fill(key, body, from.stamp, loaded_at, fresh_for, now_);
    if (check_refusal(key, from, accepted)) {
      known_[{key.what, key.subject, key.variant}] = {known::kind::body, body, loaded_at,
                                                      window::after(loaded_at, fresh_for)};
    }
  }

  void fill_negative() {
    auto key = any_key();
    auto from = any_load();
    if (check_refusal(key, from, store_.fill_negative(key, from.stamp, now_))) {
      known_[{key.what, key.subject, key.variant}] = {
          known::kind::negative, nullptr, {}, window::after(now_, negative_for)};
      if (key.what == cache_key::kind::alias && key.variant == 0)
        aliases_.erase(key.subject);
    }
  }

  void fill_alias() {
    member_id id{random_() % 400};
    auto number = *id_number::from_packed(random_() % 1'000'000);
    auto from = any_load();
    auto key = cache_key::of_alias(id);
    if (check_refusal(key, from, store_.fill_alias(id, number, from.stamp, now_))) {
      aliases_[id.value] = {number, window::after(now_, stale_for)};
      auto at = known_.find({key.what, key.subject, key.variant});
      if (at != known_.end() && at->second.what == known::kind::negative)
        known_.erase(at);
    }
  }

  void invalidate() {
    auto key = any_key();
    store_.invalidate(key, now_);
    ++clock_;
    invalidated_[{key.what, key.subject, key.variant}] = clock_;
    known_.erase({key.what, key.subject, key.variant});
    if (key.what == cache_key::kind::alias && key.variant == 0)
      aliases_.erase(key.subject);
  }

  void clear() {
    store_.clear(now_);
    cleared_ = ++clock_;
    known_.clear();
    aliases_.clear();
  }

  void find() {
    auto key = any_key();
    auto found = store_.find(key, now_);
    ++seen_[found.what];
    BOOST_TEST_REQUIRE((found.stamp == store_.stamp()));
    BOOST_TEST_REQUIRE((found.body != nullptr) == (found.what == state::fresh || found.what == state::stale));
    auto at = known_.find({key.what, key.subject, key.variant});
    if (at == known_.end()) {
      BOOST_TEST_REQUIRE((found.what == state::absent));
      return;
    }
    const auto& is = at->second;
    if (is.what == known::kind::negative) {
      BOOST_TEST_REQUIRE((found.what == state::negative || found.what == state::absent));
      if (found.what == state::negative)
        BOOST_TEST_REQUIRE((now_ < is.fresh_until.latest));
      else if (roomy_)
        BOOST_TEST_REQUIRE((now_ >= is.fresh_until.earliest));
      return;
    }
    BOOST_TEST_REQUIRE((found.what != state::negative));
    if (found.what == state::absent) {
      if (roomy_) {
        BOOST_TEST_REQUIRE((now_ >= is.fresh_until.earliest + stale_for));
      }
      known_.erase(at); // evicted or expired: it must not come back
      return;
    }
    BOOST_TEST_REQUIRE((found.body->get() == is.body.get()));
    BOOST_TEST_REQUIRE((found.loaded_at == is.loaded_at));
    BOOST_TEST_REQUIRE((found.fresh_until >= is.fresh_until.earliest && found.fresh_until <= is.fresh_until.latest));
    BOOST_TEST_REQUIRE((found.what == state::fresh) == (now_ < found.fresh_until));
    BOOST_TEST_REQUIRE((now_ < found.fresh_until + stale_for));
  }

  void resolve() {
    member_id id{random_() % 400};
    auto found = store_.resolve(id, now_);
    auto at = aliases_.find(id.value);
    if (found) {
      BOOST_TEST_REQUIRE((at != aliases_.end()));
      BOOST_TEST_REQUIRE((*found == at->second.number));
      BOOST_TEST_REQUIRE((now_ < at->second.until.latest));
    } else if (at != aliases_.end()) {
      if (roomy_)
        BOOST_TEST_REQUIRE((now_ >= at->second.until.earliest));
      aliases_.erase(at);
    }
  }

  std::size_t bytes_;
  bool roomy_; ///< nothing is evicted
  std::mt19937_64 random_;
  l1_store store_;
  time_point now_ = time_point{} + 1000h;
  std::uint64_t clock_ = 1;
  std::uint64_t cleared_ = 0;
  std::map<std::tuple<cache_key::kind, std::uint64_t, std::uint64_t>, known> known_;
  std::map<std::tuple<cache_key::kind, std::uint64_t, std::uint64_t>, std::uint64_t> invalidated_;
  std::map<std::uint64_t, alias> aliases_;
  std::vector<load> loads_;
  std::map<state, std::uint64_t> seen_;
  std::uint64_t accepted_ = 0;
  std::uint64_t refusals_ = 0;
  std::uint64_t false_refusals_ = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(l1_model_test)

BOOST_AUTO_TEST_CASE(with_room_for_everything_it_does_exactly_what_the_model_does) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    model_run run{32 * 1024 * 1024, 1024 * 1024, seed};
    for (int step = 0; step < 25'000; ++step) {
      run.step();
      run.check_size();
    }
    BOOST_TEST(run.store().stats().evictions == 0u);
    BOOST_TEST(run.false_refusals() < 60u);
    // The run has come by all states, so the comparison means something.
    for (auto what : {state::absent, state::fresh, state::stale, state::negative})
      BOOST_TEST(run.seen(what) > 100u);
    BOOST_TEST(run.refusals() > 100u);
    BOOST_TEST(run.store().stats().expirations > 0u);
  }
}

BOOST_AUTO_TEST_CASE(with_little_room_it_keeps_its_budget_and_never_gives_what_it_must_not) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    model_run run{64 * 1024, 8 * 1024, seed};
    for (int step = 0; step < 25'000; ++step) {
      run.step();
      run.check_size();
    }
    BOOST_TEST(run.store().stats().evictions > 1000u);
    BOOST_TEST(run.seen(state::fresh) > 300u);
    BOOST_TEST(run.store().stats().negative_bytes <= 8u * 1024);
  }
}

BOOST_AUTO_TEST_SUITE_END()
