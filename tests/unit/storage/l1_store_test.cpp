#include "storage/l1_store.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

using namespace tessera;
using namespace std::chrono_literals;
using state = l1_store::state;

namespace tessera {

std::ostream& operator<<(std::ostream& out, l1_store::state what) {
  return out << static_cast<int>(what);
}

} // namespace tessera

namespace {

const auto start = l1_store::time_point{} + 1000h;

cache_key member_key(std::uint64_t number) {
  return cache_key::of_member(*id_number::from_packed(number));
}

body_ptr body_of(std::size_t size, char letter = 'x') {
  return shared_body::make(std::string(size, letter), "", 0);
}

struct fixture {
  l1_settings settings{.bytes = 1024 * 1024, .negative_bytes = 64 * 1024, .stale_for = 24h, .jitter = 0.0};
  l1_store::time_point now = start;

  bool fill(l1_store& store, const cache_key& key, body_ptr body = body_of(300)) {
    return store.fill(key, std::move(body), store.stamp(), now, 1h, now);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(l1_store_test, fixture)

BOOST_AUTO_TEST_CASE(an_empty_store_knows_nothing_and_stays_within_its_budget) {
  l1_store store{settings, 1};
  BOOST_TEST(store.find(member_key(1), now).what == state::absent);
  BOOST_TEST((store.find(member_key(1), now).stamp == store.stamp()));
  BOOST_TEST(store.stats().entries == 0u);
  BOOST_TEST(store.stats().bytes < settings.bytes / 20);
  BOOST_TEST(store.stats().byte_limit == settings.bytes);
}

BOOST_AUTO_TEST_CASE(a_body_is_fresh_then_stale_then_gone) {
  l1_store store{settings, 1};
  auto body = body_of(300);
  BOOST_TEST(store.fill(member_key(1), body, store.stamp(), now - 10min, 1h, now));
  auto found = store.find(member_key(1), now);
  BOOST_TEST(found.what == state::fresh);
  BOOST_TEST_REQUIRE(found.body != nullptr);
  BOOST_TEST(found.body->get() == body.get());
  BOOST_TEST((found.loaded_at == now - 10min));
  BOOST_TEST((found.fresh_until == now + 50min));
  BOOST_TEST(store.find(member_key(1), now + 50min - 1ns).what == state::fresh);
  BOOST_TEST(store.find(member_key(1), now + 50min).what == state::stale);
  BOOST_TEST(store.find(member_key(1), now + 24h + 50min - 1ns).what == state::stale);
  BOOST_TEST(store.find(member_key(1), now + 24h + 50min - 1ns).body->get() == body.get());
  BOOST_TEST(store.stats().expirations == 0u);
  BOOST_TEST(store.find(member_key(1), now + 24h + 50min).what == state::absent);
  BOOST_TEST(store.stats().expirations == 1u);
  BOOST_TEST(store.stats().entries == 0u);
}

BOOST_AUTO_TEST_CASE(jitter_spreads_lifetimes_over_ten_percent_both_ways) {
  settings.jitter = 0.10;
  l1_store store{settings, 1};
  std::set<l1_store::time_point> seen;
  for (std::uint64_t key = 0; key < 500; ++key) {
    BOOST_TEST(fill(store, member_key(key)));
    seen.insert(store.find(member_key(key), now).fresh_until);
  }
  BOOST_TEST(seen.size() > 490u);
  BOOST_TEST((*seen.begin() >= now + 54min));
  BOOST_TEST((*seen.begin() < now + 55min));
  BOOST_TEST((*seen.rbegin() <= now + 66min));
  BOOST_TEST((*seen.rbegin() > now + 65min));
}

BOOST_AUTO_TEST_CASE(what_is_too_old_even_to_be_stale_is_refused) {
  l1_store store{settings, 1};
  BOOST_TEST(!store.fill(member_key(1), body_of(10), store.stamp(), now - 26h, 1h, now));
  BOOST_TEST(store.fill(member_key(1), body_of(10), store.stamp(), now - 24h, 1h, now));
  BOOST_TEST(store.find(member_key(1), now).what == state::stale);
  BOOST_TEST(store.stats().refused_fills == 1u);
}

BOOST_AUTO_TEST_CASE(a_body_of_over_a_tenth_of_the_budget_is_refused_and_takes_the_older_one_along) {
  l1_store store{settings, 1};
  BOOST_TEST(fill(store, member_key(1), body_of(50'000)));
  BOOST_TEST(!fill(store, member_key(1), body_of(110'000)));
  BOOST_TEST(store.find(member_key(1), now).what == state::absent);
  BOOST_TEST(store.stats().refused_fills == 1u);
  BOOST_TEST(fill(store, member_key(1), body_of(100'000)));
}

BOOST_AUTO_TEST_CASE(negative_entries_live_ten_seconds_and_give_way_to_bodies) {
  l1_store store{settings, 1};
  BOOST_TEST(store.fill_negative(member_key(1), store.stamp(), now));
  auto found = store.find(member_key(1), now);
  BOOST_TEST(found.what == state::negative);
  BOOST_TEST((found.fresh_until == now + 10s));
  BOOST_TEST(store.find(member_key(1), now + 10s - 1ns).what == state::negative);
  BOOST_TEST(store.find(member_key(1), now + 10s).what == state::absent);

  BOOST_TEST(store.fill_negative(member_key(1), store.stamp(), now));
  BOOST_TEST(fill(store, member_key(1)));
  BOOST_TEST(store.find(member_key(1), now).what == state::fresh);
  BOOST_TEST(store.stats().negative_entries == 0u);

  BOOST_TEST(store.fill_negative(member_key(1), store.stamp(), now));
  BOOST_TEST(store.find(member_key(1), now).what == state::negative);
  BOOST_TEST(store.stats().entries == 0u);
}

BOOST_AUTO_TEST_CASE(negative_entries_keep_their_budget_and_evict_no_body) {
  l1_store store{settings, 1};
  for (std::uint64_t key = 0; key < 1000; ++key)
    BOOST_TEST(fill(store, member_key(key)));
  auto bytes = store.stats().bytes;
  for (std::uint64_t key = 10'000; key < 40'000; ++key)
    store.fill_negative(member_key(key), store.stamp(), now);
  auto stats = store.stats();
  BOOST_TEST(stats.negative_bytes <= settings.negative_bytes);
  BOOST_TEST(stats.negative_bytes > settings.negative_bytes * 8 / 10);
  BOOST_TEST(stats.negative_entries > 700u);
  BOOST_TEST(stats.entries == 1000u);
  BOOST_TEST(stats.bytes == bytes);
  BOOST_TEST(store.find(member_key(39'999), now).what == state::negative);
  BOOST_TEST(store.find(member_key(10'000), now).what == state::absent);
  // Once they have expired, new ones take their place and the memory does not grow.
  now += 1min;
  for (std::uint64_t key = 50'000; key < 50'100; ++key)
    store.fill_negative(member_key(key), store.stamp(), now);
  BOOST_TEST(store.stats().negative_entries < stats.negative_entries);
}

BOOST_AUTO_TEST_CASE(without_a_budget_there_are_no_negative_entries) {
  settings.negative_bytes = 0;
  l1_store store{settings, 1};
  BOOST_TEST(!store.fill_negative(member_key(1), store.stamp(), now));
  BOOST_TEST(store.find(member_key(1), now).what == state::absent);
}

BOOST_AUTO_TEST_CASE(an_invalidation_forgets_releases_the_memory_and_refuses_older_loads) {
  l1_store store{settings, 1};
  auto body = body_of(5000);
  BOOST_TEST(fill(store, member_key(1), body));
  BOOST_TEST(fill(store, member_key(2)));
  auto full = store.stats().bytes;
  auto before = store.find(member_key(3), now).stamp;
  store.invalidate(member_key(1), now);
  BOOST_TEST(store.find(member_key(1), now).what == state::absent);
  BOOST_TEST(store.find(member_key(2), now).what == state::fresh);
  BOOST_TEST(store.stats().bytes == full - body->footprint());
  BOOST_TEST(!store.fill(member_key(1), body_of(300), before, now, 1h, now));
  BOOST_TEST(!store.fill_negative(member_key(1), before, now));
  BOOST_TEST(store.find(member_key(1), now).what == state::absent);
  BOOST_TEST(store.stats().refused_fills == 2u);
  BOOST_TEST(store.stats().invalidations == 1u);
  BOOST_TEST(store.fill(member_key(2), body_of(300), before, now, 1h, now)); // another key
  BOOST_TEST(fill(store, member_key(1)));                                    // a load that began since
  BOOST_TEST(store.find(member_key(1), now).what == state::fresh);
}

BOOST_AUTO_TEST_CASE(clear_forgets_everything_and_refuses_all_loads_that_began_before) {
  l1_store store{settings, 1};
  auto empty = store.stats().bytes;
  for (std::uint64_t key = 0; key < 1000; ++key)
    fill(store, member_key(key));
  store.fill_negative(member_key(5000), store.stamp(), now);
  store.fill_alias({7}, *id_number::from_packed(1), store.stamp(), now);
  auto before = store.stamp();
  store.clear(now);
  BOOST_TEST(store.stats().entries == 0u);
  BOOST_TEST(store.stats().negative_entries == 0u);
  BOOST_TEST(store.stats().bytes == empty);
  BOOST_TEST(!store.resolve({7}, now).has_value());
  BOOST_TEST(!store.fill(member_key(1), body_of(300), before, now, 1h, now));
  BOOST_TEST(!store.fill(member_key(77777), body_of(300), before, now, 1h, now));
  BOOST_TEST(!store.fill_alias({7}, *id_number::from_packed(1), before, now));
  BOOST_TEST(fill(store, member_key(1)));
}

BOOST_AUTO_TEST_CASE(few_loads_are_refused_for_the_invalidation_of_another_key) {
  settings.bytes = 64 * 1024 * 1024;
  l1_store store{settings, 1};
  auto before = store.stamp();
  for (std::uint64_t key = 0; key < 100; ++key)
    store.invalidate(member_key(key), now);
  for (std::uint64_t key = 1000; key < 11000; ++key)
    store.fill(member_key(key), body_of(10), before, now, 1h, now);
  BOOST_TEST(store.stats().refused_fills < 150u); // 100 / 16384 of 10,000 is 61
}

BOOST_AUTO_TEST_CASE(stamps_of_a_former_store_or_from_the_future_are_refused) {
  l1_store former{settings, 1};
  former.invalidate(member_key(9), now);
  settings.first_stamp = std::uint64_t{1} << 40;
  l1_store store{settings, 1};
  BOOST_TEST(!store.fill(member_key(1), body_of(10), former.stamp(), now, 1h, now));
  BOOST_TEST(!store.fill(member_key(1), body_of(10), {store.stamp().value + 1}, now, 1h, now));
  BOOST_TEST(fill(store, member_key(1)));
}

BOOST_AUTO_TEST_CASE(aliases_lead_to_numbers_and_can_be_invalidated) {
  l1_store store{settings, 1};
  auto number = *id_number::from_digits("8001015009087");
  BOOST_TEST(!store.resolve({7}, now).has_value());
  auto before = store.stamp();
  auto bytes = store.stats().bytes;
  BOOST_TEST(store.fill_alias({7}, number, before, now));
  BOOST_TEST(store.stats().bytes > bytes);
  BOOST_TEST(store.stats().aliases == 1u);
  BOOST_TEST((store.resolve({7}, now) == number));
  BOOST_TEST(!store.resolve({8}, now).has_value());
  BOOST_TEST((store.resolve({7}, now + 24h - 1ns) == number));
  BOOST_TEST(!store.resolve({7}, now + 24h).has_value());

  BOOST_TEST(store.fill_alias({7}, number, before, now));
  store.invalidate(cache_key::of_alias({7}), now);
  BOOST_TEST(!store.resolve({7}, now).has_value());
  BOOST_TEST(!store.fill_alias({7}, number, before, now));
  BOOST_TEST(store.fill_alias({7}, number, store.stamp(), now));

  // "No such member id" and an alias exclude each other.
  BOOST_TEST(store.fill_negative(cache_key::of_alias({7}), store.stamp(), now));
  BOOST_TEST(!store.resolve({7}, now).has_value());
  BOOST_TEST(store.find(cache_key::of_alias({7}), now).what == state::negative);
  BOOST_TEST(store.fill_alias({7}, number, store.stamp(), now));
  BOOST_TEST(store.find(cache_key::of_alias({7}), now).what == state::absent);
}

BOOST_AUTO_TEST_CASE(aliases_take_a_tenth_of_the_budget_at_most) {
  l1_store store{settings, 1};
  auto number = *id_number::from_digits("8001015009087");
  auto empty = store.stats().bytes;
  for (std::uint64_t id = 1; id <= 20'000; ++id)
    BOOST_TEST(store.fill_alias({id}, number, store.stamp(), now));
  BOOST_TEST(store.stats().bytes - empty <= settings.bytes / 10);
  BOOST_TEST(store.stats().bytes - empty > settings.bytes / 10 * 8 / 10);
  BOOST_TEST((store.resolve({20'000}, now) == number));
  BOOST_TEST(!store.resolve({1}, now).has_value());
}

BOOST_AUTO_TEST_CASE(a_load_that_took_no_stamp_is_judged_by_the_time_it_began) {
  l1_store store{settings, 1};
  auto key = member_key(1);
  auto accepted = [&](l1_store::time_point began) {
    return store.fill(key, body_of(10), store.stamp_at(began), now, 1h, now);
  };
  BOOST_TEST(accepted(now - 1h)); // nothing was ever invalidated
  store.invalidate(key, now);
  BOOST_TEST(!accepted(now - 1s));
  BOOST_TEST(!accepted(now));
  BOOST_TEST(accepted(now + 1ns));
  auto invalidated = now;
  // Other keys' invalidations keep the times apart, to 2 s.
  for (int step = 0; step < 600; ++step)
    store.invalidate(member_key(2000), now += 100ms);
  BOOST_TEST(!accepted(invalidated - 1s));
  BOOST_TEST(!accepted(invalidated));
  BOOST_TEST(accepted(invalidated + 2s));
  BOOST_TEST(accepted(now - 30s));
  // Beyond what is remembered, refused.
  for (int step = 0; step < 6000; ++step)
    store.invalidate(member_key(2000), now += 100ms);
  BOOST_TEST(!accepted(now - 5min));
  BOOST_TEST(accepted(now - 2min));
}

BOOST_AUTO_TEST_CASE(a_refresh_keeps_one_entry_and_one_body) {
  l1_store store{settings, 1};
  fill(store, member_key(1), body_of(300, 'a'));
  auto bytes = store.stats().bytes;
  fill(store, member_key(1), body_of(300, 'b'));
  BOOST_TEST(store.stats().bytes == bytes);
  BOOST_TEST(store.stats().entries == 1u);
  BOOST_TEST((*store.find(member_key(1), now).body)->text() == std::string(300, 'b'));
}

BOOST_AUTO_TEST_CASE(keys_differ_by_kind_and_variant) {
  l1_store store{settings, 1};
  fill(store, {cache_key::kind::member, 5, 0}, body_of(10, 'a'));
  fill(store, {cache_key::kind::member, 5, 1}, body_of(10, 'b'));
  fill(store, {cache_key::kind::alias, 5, 0}, body_of(10, 'c'));
  BOOST_TEST((*store.find({cache_key::kind::member, 5, 0}, now).body)->text()[0] == 'a');
  BOOST_TEST((*store.find({cache_key::kind::member, 5, 1}, now).body)->text()[0] == 'b');
  BOOST_TEST((*store.find({cache_key::kind::alias, 5, 0}, now).body)->text()[0] == 'c');
}

BOOST_AUTO_TEST_SUITE_END()
