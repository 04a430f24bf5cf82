#include "storage/l2_client.hpp"

#include "tests/integration/redis/l2_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace tessera;
using namespace tessera::test;
using outcome = l2_entry::outcome;

namespace {

struct fixture {
  redis_server server;
  l2_node one{server.url()};
  l2_node other{server.url()};
  member before = sample_member(1);
  member after = before;
  id_number number = before.number;

  fixture() {
    after.last_name = "Nkosi";
    BOOST_REQUIRE(one.client.connect().has_value());
    BOOST_REQUIRE(other.client.connect().has_value());
  }
};

} // namespace

/// A load is a get, a read of the database, a put; an invalidation on another node may come at any point between.
BOOST_FIXTURE_TEST_SUITE(l2_races_test, fixture)

BOOST_AUTO_TEST_CASE(a_load_with_a_generation_that_an_invalidation_overtook_does_not_count) {
  BOOST_REQUIRE(one.put(before, {}));
  auto generation = one.get(number).generation;
  BOOST_REQUIRE(generation.value != 0);
  BOOST_REQUIRE(other.invalidate(number));
  BOOST_REQUIRE(one.put(before, generation));
  BOOST_TEST((one.get(number).what == outcome::miss));
  BOOST_TEST((other.get(number).what == outcome::miss));
  // The next load heals it.
  BOOST_REQUIRE(other.put(after, other.get(number).generation));
  BOOST_TEST((one.get(number).subject == after));
}

BOOST_AUTO_TEST_CASE(a_load_without_a_generation_that_an_invalidation_overtook_does_not_count) {
  BOOST_REQUIRE(one.get(number).generation.value == 0);
  BOOST_REQUIRE(other.invalidate(number));
  BOOST_REQUIRE(one.put(before, {}));
  BOOST_TEST((one.get(number).what == outcome::miss));
  BOOST_REQUIRE(other.put(after, other.get(number).generation));
  BOOST_TEST((one.get(number).subject == after));
}

BOOST_AUTO_TEST_CASE(a_load_that_an_invalidation_of_everything_overtook_does_not_count) {
  auto from_the_start = one.get(number).generation; // there was no epoch yet
  BOOST_REQUIRE(one.put(before, from_the_start));
  auto generation = one.get(number).generation;
  BOOST_REQUIRE((other.get(number).subject == before));
  BOOST_REQUIRE(other.client.invalidate_all().has_value());
  BOOST_TEST((one.get(number).what == outcome::miss));
  for (auto late : {generation, from_the_start}) {
    BOOST_REQUIRE(one.put(before, late));
    BOOST_TEST((one.get(number).what == outcome::miss));
    BOOST_TEST((other.get(number).what == outcome::miss));
  }
  BOOST_REQUIRE(other.put(after, other.get(number).generation));
  BOOST_TEST((one.get(number).subject == after));
}

BOOST_AUTO_TEST_CASE(a_late_put_cannot_bring_the_old_record_back_over_the_new_one) {
  BOOST_REQUIRE(one.put(before, {}));
  auto generation = one.get(number).generation;
  BOOST_REQUIRE(other.invalidate(number));
  BOOST_REQUIRE(other.put(after, other.get(number).generation));
  BOOST_REQUIRE((other.get(number).subject == after));
  BOOST_REQUIRE(one.put(before, generation));
  BOOST_TEST((other.get(number).what == outcome::miss));
  BOOST_REQUIRE(one.put(before, {}));
  BOOST_TEST((other.get(number).what == outcome::miss));
}

BOOST_AUTO_TEST_CASE(two_loads_at_once_without_a_generation_end_in_a_hit_or_a_miss) {
  BOOST_REQUIRE(one.put(after, one.get(number).generation));
  BOOST_REQUIRE(other.put(after, {}));
  auto got = one.get(number);
  BOOST_TEST((got.what == outcome::miss || got.subject == after));
  BOOST_REQUIRE(one.put(after, got.generation));
  BOOST_TEST((other.get(number).subject == after));
}

BOOST_AUTO_TEST_CASE(a_generation_that_redis_lost_makes_nothing_count) {
  BOOST_REQUIRE(one.put(before, {}));
  auto generation = one.get(number).generation;
  server.command({"DEL", generation_key(*one.sealer, number)});
  BOOST_TEST((one.get(number).what == outcome::miss));
  BOOST_REQUIRE(one.put(before, generation));
  BOOST_TEST((one.get(number).what == outcome::miss));
}

BOOST_AUTO_TEST_CASE(an_older_value_put_back_by_someone_does_not_count_after_an_invalidation) {
  BOOST_REQUIRE(one.put(before, {}));
  auto key = value_key(*one.sealer, number);
  auto saved = server.command({"GET", key}).text;
  BOOST_REQUIRE(other.invalidate(number));
  server.command({"SET", key, saved});
  BOOST_TEST((one.get(number).what == outcome::miss));
}

/// Random interleavings of loads and changes against the one rule: after a change was invalidated, nobody gets what
/// was before it.
BOOST_AUTO_TEST_CASE(no_interleaving_serves_what_an_invalidation_has_outdated) {
  struct load {
    l2_generation generation;
    std::uint64_t version = 0;
    bool under_way = false;
  };
  std::mt19937 random{20'240'601};
  std::uint64_t version = 0; // of the record in the database
  std::uint64_t least = 0;   // that may be served
  load loads[4];
  int hits = 0;
  for (int step = 0; step < 4'000; ++step) {
    auto& node = random() % 2 == 0 ? one : other;
    auto& mine = loads[random() % std::size(loads)];
    switch (random() % 8) {
    case 0:
      ++version;
      BOOST_REQUIRE(node.invalidate(number));
      least = version;
      break;
    case 1:
      server.command({"DEL", value_key(*one.sealer, number)});
      break;
    default:
      if (mine.under_way) {
        auto subject = before;
        subject.first_name = std::to_string(mine.version);
        BOOST_REQUIRE(node.put(subject, mine.generation));
        mine.under_way = false;
        break;
      }
      auto got = node.get(number);
      if (got.what != outcome::miss) {
        ++hits;
        BOOST_REQUIRE_GE(std::stoull(got.subject.first_name), least);
      }
      mine = {got.generation, version, true};
    }
  }
  BOOST_TEST(hits > 300);
}

BOOST_AUTO_TEST_SUITE_END()
