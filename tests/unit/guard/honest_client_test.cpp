#include "guard/enumeration_guard.hpp"

#include "questions.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

using namespace std::chrono_literals;
using namespace tessera::test;
using std::chrono::days;
using tessera::client_key;
using tessera::enumeration_guard;
using tessera::guess_fault;
using tessera::member_id;

// What people do all day without being refused, with the default budgets.
namespace {

struct honest {
  void ask(const question& next) {
    auto verdict = tessera::test::ask(guard, who, next, now);
    BOOST_REQUIRE_MESSAGE(verdict.fault == guess_fault::none, to_string(verdict.fault));
  }

  enumeration_guard guard{{.clients = 1}};
  client_key who{0x9e37'79b9'7f4a'7c15};
  enumeration_guard::time_point now = enumeration_guard::time_point{} + 1h;
};

} // namespace

BOOST_AUTO_TEST_SUITE(honest_client_test)

BOOST_AUTO_TEST_CASE(a_scanner_at_the_door_of_a_branch_all_day) {
  for (std::uint64_t branch = 1; branch <= 20; ++branch) {
    honest client;
    random_people people{branch};
    // One member every 3 to 6 seconds for eight hours, one in 50 of which is not found, some scanned twice.
    auto end = client.now + 8h;
    while (client.now < end) {
      question next{people.number(), people.random() % 50 != 0};
      for (auto times = people.random() % 10 == 0 ? 2 : 1; times > 0; --times)
        client.ask(next);
      client.now += 3s + std::chrono::milliseconds{people.random() % 3'000};
    }
  }
}

// Members of a young branch were entered together: their ids are neighbours, but they don't come in their order.
BOOST_AUTO_TEST_CASE(a_meeting_of_members_with_neighbouring_ids) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    honest client;
    std::mt19937_64 random{seed};
    std::vector<std::uint64_t> ids(30 + random() % 200);
    std::iota(ids.begin(), ids.end(), 40'000);
    for (int round = 0; round < 2; ++round) { // in and out
      std::shuffle(ids.begin(), ids.end(), random);
      for (auto id : ids)
        client.ask({member_id{id}});
    }
  }
}

BOOST_AUTO_TEST_CASE(twins_and_triplets_again_and_again) {
  honest client;
  random_people people{3};
  for (int i = 0; i < 200; ++i) {
    // Twins are registered one after the other. Between them, the others of the family.
    for (auto sequence : {811u, 812u, 813u})
      client.ask({number(some_day, sequence)});
    if (i % 10 == 0)
      client.ask({people.number()});
    client.now += 4s;
  }
}

BOOST_AUTO_TEST_CASE(a_page_of_a_branch_that_loads_itself_anew_every_ten_seconds) {
  honest client;
  // Ten members whose ids are neighbours, sorted by them, three of which were born on one day.
  for (int round = 0; round < 500; ++round) {
    for (std::uint64_t i = 0; i < 10; ++i)
      client.ask({member_id{70'000 + i}});
    for (unsigned i = 0; i < 10; ++i)
      client.ask({number(some_day + days{i % 4 == 0 ? 0 : i * 400}, 1'000 + i)});
    client.now += 10s;
  }
}

BOOST_AUTO_TEST_CASE(an_official_who_mistypes_every_fifth_number) {
  honest client;
  random_people people{4};
  for (int i = 0; i < 1'000; ++i) {
    client.ask({people.number(), i % 5 != 0});
    client.now += 7s; // 26 misses in a window
  }
}

BOOST_AUTO_TEST_SUITE_END()
