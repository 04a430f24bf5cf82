#include "storage/s3_fifo.hpp"

#include "storage/cache_key.hpp"
#include "storage/lru.hpp"
#include "tests/support/zipf_trace.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>
#include <sstream>

using namespace tessera;

namespace {

struct mixed {
  std::uint64_t operator()(std::uint64_t key) const noexcept {
    return mix64(key);
  }
};

// Everything collides: the index has to tell keys apart by comparing them.
struct poor {
  std::uint64_t operator()(std::uint64_t key) const noexcept {
    return mix64(key % 7);
  }
};

using cache = s3_fifo<std::uint64_t, int, mixed>;

} // namespace

BOOST_AUTO_TEST_SUITE(s3_fifo_test)

BOOST_AUTO_TEST_CASE(what_is_inserted_is_found_until_it_is_erased) {
  cache sut{10};
  BOOST_TEST(sut.find(1) == nullptr);
  BOOST_TEST(sut.insert(1, 11));
  BOOST_TEST(sut.insert(2, 22));
  BOOST_TEST_REQUIRE(sut.find(1) != nullptr);
  BOOST_TEST(*sut.find(1) == 11);
  BOOST_TEST(sut.insert(1, 12));
  BOOST_TEST(*sut.find(1) == 12);
  BOOST_TEST(sut.size() == 2u);
  BOOST_TEST(sut.erase(1));
  BOOST_TEST(!sut.erase(1));
  BOOST_TEST(sut.find(1) == nullptr);
  BOOST_TEST(sut.weight() == 1u);
}

BOOST_AUTO_TEST_CASE(a_scan_of_keys_asked_once_does_not_evict_what_is_used) {
  cache sut{100};
  for (std::uint64_t key = 0; key < 50; ++key)
    sut.insert(key, 0);
  for (int time = 0; time < 2; ++time)
    for (std::uint64_t key = 0; key < 50; ++key)
      sut.find(key);
  for (std::uint64_t key = 1000; key < 11000; ++key)
    sut.insert(key, 0);
  for (std::uint64_t key = 0; key < 50; ++key)
    BOOST_TEST(sut.find(key) != nullptr, "key " << key);
}

BOOST_AUTO_TEST_CASE(an_entry_used_once_in_the_small_queue_goes_and_its_ghost_brings_it_to_the_main_queue) {
  cache sut{100};
  for (std::uint64_t key = 0; key < 200; ++key)
    sut.insert(key, 0);
  BOOST_TEST_REQUIRE(sut.find(50) == nullptr);
  sut.insert(50, 0); // its ghost is remembered: straight to the main queue
  for (std::uint64_t key = 1000; key < 1200; ++key)
    sut.insert(key, 0);
  BOOST_TEST(sut.find(50) != nullptr);
  BOOST_TEST(sut.find(60) == nullptr); // came only once
}

BOOST_AUTO_TEST_CASE(a_used_entry_in_the_main_queue_gets_another_round) {
  cache sut{10};
  for (std::uint64_t key = 0; key < 9; ++key) {
    sut.insert(key, 0);
    sut.find(key);
    sut.find(key);
  }
  // Fills the main queue with 0..8, in this order, then asks for 0 only.
  sut.insert(100, 0);
  sut.insert(101, 0);
  sut.find(0);
  for (std::uint64_t key = 200; key < 210; ++key) {
    sut.insert(key, 0);
    sut.find(key);
    sut.find(key);
  }
  BOOST_TEST(sut.find(0) != nullptr);
  BOOST_TEST(sut.find(1) == nullptr);
}

BOOST_AUTO_TEST_CASE(each_use_up_to_three_is_worth_a_round) {
  // Returns whether key 0, used `uses` times in the main queue of about 90, outlives so many that follow it there.
  auto survives = [](int uses, std::uint64_t others) {
    cache sut{100};
    auto insert_used = [&](std::uint64_t key) {
      sut.insert(key, 0);
      sut.find(key);
      sut.find(key);
    };
    for (std::uint64_t key = 0; key <= 100; ++key)
      insert_used(key); // the last one has sent 0 to the main queue, as its oldest, its uses spent
    for (int time = 0; time < uses; ++time)
      sut.find(0);
    for (std::uint64_t key = 1000; key < 1000 + others; ++key)
      insert_used(key);
    return sut.find(0) != nullptr;
  };
  BOOST_TEST(!survives(0, 75));
  BOOST_TEST(survives(1, 75));
  BOOST_TEST(!survives(1, 165));
  BOOST_TEST(survives(2, 165));
  BOOST_TEST(!survives(2, 255));
  BOOST_TEST(survives(3, 255));
  BOOST_TEST(!survives(10, 345));
}

BOOST_AUTO_TEST_CASE(memory_is_given_back_when_fewer_entries_are_held) {
  cache sut{100'000};
  for (std::uint64_t key = 0; key < 100'000; ++key)
    sut.insert(key, 0);
  auto full = sut.footprint();
  // The same weight in few entries, and enough of them that the old ones have all gone.
  for (std::uint64_t key = 200'000; key < 203'000; ++key)
    sut.insert(key, 0, 100);
  BOOST_TEST(sut.size() == 1000u);
  BOOST_TEST(sut.footprint() < full / 10);
}

BOOST_AUTO_TEST_CASE(weights_are_kept_within_the_capacity) {
  cache sut{1000};
  std::mt19937_64 random{5};
  for (int step = 0; step < 20000; ++step) {
    auto weight = 1 + random() % 300;
    BOOST_TEST(sut.insert(random() % 500, step, weight));
    BOOST_TEST_REQUIRE(sut.weight() <= 1000u);
  }
  BOOST_TEST(sut.weight() > 600u);
  BOOST_TEST(!sut.insert(7, 1, 1001));
  BOOST_TEST(sut.find(7) == nullptr);
  sut.set_capacity(100);
  BOOST_TEST(sut.weight() <= 100u);
  sut.set_capacity(0);
  BOOST_TEST(sut.size() == 0u);
  BOOST_TEST(sut.weight() == 0u);
}

BOOST_AUTO_TEST_CASE(eviction_takes_a_bounded_number_of_steps_even_if_everything_was_used) {
  cache sut{10000};
  for (std::uint64_t key = 0; key < 10000; ++key) {
    sut.insert(key, 0);
    for (int time = 0; time < 3; ++time)
      sut.find(key);
  }
  // 64 entries move on to the main queue, then the next one has to go, although it was used.
  sut.insert(20000, 0);
  BOOST_TEST(sut.size() == 10000u);
  BOOST_TEST(sut.evictions() == 1u);
  BOOST_TEST(sut.find(63) != nullptr);
  BOOST_TEST(sut.find(64) == nullptr);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(without_eviction_it_behaves_like_a_map, Hash, decltype(std::tuple<mixed, poor>{})) {
  s3_fifo<std::uint64_t, int, Hash> sut{1'000'000, Hash{}, l1_sizing{2, 2048}};
  std::map<std::uint64_t, int> model;
  std::mt19937_64 random{11};
  for (int step = 0; step < 60000; ++step) {
    // Grows, then shrinks: both ways the index is rebuilt several times.
    auto growing = step < 30000;
    std::uint64_t key = random() % 3000;
    if (random() % 10 < (growing ? 7u : 2u)) {
      sut.insert(key, step);
      model[key] = step;
    } else {
      BOOST_TEST_REQUIRE(sut.erase(key) == (model.erase(key) != 0));
    }
    key = random() % 3000;
    auto* found = sut.find(key);
    auto expected = model.find(key);
    BOOST_TEST_REQUIRE((found != nullptr) == (expected != model.end()));
    if (found)
      BOOST_TEST_REQUIRE(*found == expected->second);
    BOOST_TEST_REQUIRE(sut.size() == model.size());
  }
  for (const auto& [key, value] : model)
    BOOST_TEST(*sut.find(key) == value);
}

BOOST_AUTO_TEST_CASE(on_zipf_traces_it_hits_more_often_than_lru) {
  constexpr std::size_t keys = 100'000;
  constexpr std::size_t requests = 500'000;
  for (auto skew : {0.8, 0.99, 1.1}) {
    auto trace = test::zipf_trace(keys, skew, requests, 42);
    for (auto share : {0.01, 0.10}) {
      auto capacity = static_cast<std::size_t>(keys * share);
      cache ours{capacity};
      lru<std::uint64_t, int, mixed> reference{capacity};
      auto our_ratio = test::hit_ratio(ours, trace);
      auto reference_ratio = test::hit_ratio(reference, trace);
      BOOST_TEST_MESSAGE("zipf " << skew << ", cache of " << share * 100 << " % of the keys: S3-FIFO "
                                 << our_ratio * 100 << " %, LRU " << reference_ratio * 100 << " %");
      BOOST_TEST(our_ratio > reference_ratio);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
