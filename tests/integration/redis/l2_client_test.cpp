#include "storage/l2_client.hpp"

#include "storage/l2_value.hpp"
#include "tests/integration/redis/l2_fixture.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::test;
using outcome = l2_entry::outcome;

namespace {

struct fixture {
  redis_server server;
  l2_node node{server.url()};
  member subject = sample_member(1);

  fixture() {
    auto connected = node.client.connect();
    BOOST_REQUIRE_MESSAGE(connected.has_value(), (connected ? "" : connected.error().detail));
  }

  void keep(std::chrono::milliseconds age, std::chrono::milliseconds fresh, std::chrono::milliseconds stale) {
    l2_put entry{subject, age, fresh, stale, node.get(subject.number).generation};
    BOOST_REQUIRE(node.client.put({&entry, 1}).has_value());
  }
  long long life_of(const std::string& key) {
    return server.command({"PTTL", key}).integer;
  }
};

bool is_miss(const l2_entry& entry) {
  return entry.what == outcome::miss && entry.subject == member{};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(l2_client_test, fixture)

BOOST_AUTO_TEST_CASE(what_was_put_is_got) {
  auto before = node.get(subject.number);
  BOOST_TEST(is_miss(before));
  BOOST_TEST(before.generation.value == 0u);
  keep(0ms, 1h, 24h);
  auto after = node.get(subject.number);
  BOOST_TEST((after.what == outcome::fresh));
  BOOST_TEST((after.subject == subject));
  BOOST_TEST(after.age.count() >= 0);
  BOOST_TEST((after.age + after.fresh_left == std::chrono::milliseconds{1h}));
  BOOST_TEST(after.generation.value != 0u);
  keep(0ms, 1h, 24h);
  BOOST_TEST((node.get(subject.number).generation == after.generation));
}

BOOST_AUTO_TEST_CASE(many_keys_are_answered_in_order_by_one_command) {
  std::vector<l2_put> puts;
  std::vector<id_number> numbers;
  for (std::uint64_t i = 0; i < 500; ++i) {
    numbers.push_back(sample_member(i).number);
    if (i % 3 == 0)
      puts.push_back(put_of(sample_member(i), {}));
  }
  std::ranges::reverse(puts);
  BOOST_REQUIRE(node.client.put(puts).has_value());
  server.command({"CONFIG", "RESETSTAT"});
  auto got = node.client.get(numbers);
  BOOST_REQUIRE(got.has_value());
  BOOST_REQUIRE(got->size() == numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i % 3 == 0)
      BOOST_TEST(((*got)[i].what == outcome::fresh && (*got)[i].subject == sample_member(i)));
    else
      BOOST_TEST(is_miss((*got)[i]));
  }
  auto stats = server.command({"INFO", "commandstats"}).text;
  BOOST_TEST(stats.find("cmdstat_mget:calls=1,") != std::string::npos, stats);
}

BOOST_AUTO_TEST_CASE(no_keys_need_no_command) {
  BOOST_TEST(node.client.get({}).value().empty());
  BOOST_TEST(node.client.put({}).has_value());
  BOOST_TEST(node.client.invalidate({}).has_value());
  BOOST_TEST(node.client.connected());
}

BOOST_AUTO_TEST_CASE(a_value_says_itself_how_fresh_it_is) {
  keep(10min, 15min, 24h);
  auto fresh = node.get(subject.number);
  BOOST_TEST((fresh.what == outcome::fresh));
  BOOST_TEST((fresh.age >= 10min && fresh.age < 11min));
  BOOST_TEST((fresh.fresh_left > 4min && fresh.fresh_left <= 5min));
  keep(20min, 15min, 24h);
  auto stale = node.get(subject.number);
  BOOST_TEST((stale.what == outcome::stale));
  BOOST_TEST((stale.subject == subject));
  BOOST_TEST((stale.fresh_left > -6min && stale.fresh_left <= -5min));
}

BOOST_AUTO_TEST_CASE(it_turns_stale_and_then_goes) {
  keep(0ms, 200ms, 400ms);
  BOOST_TEST(eventually(10s, [&] { return node.get(subject.number).what == outcome::stale; }));
  BOOST_TEST(eventually(10s, [&] { return is_miss(node.get(subject.number)); }));
  BOOST_TEST(node.get(subject.number).generation.value != 0u);
  BOOST_TEST(eventually(10s, [&] {
    return server.command({"EXISTS", value_key(*node.sealer, subject.number)}).integer == 0;
  }));
}

BOOST_AUTO_TEST_CASE(it_lives_for_its_fresh_and_stale_time_and_the_generation_longer) {
  keep(10min, 1h, 48h);
  auto value = life_of(value_key(*node.sealer, subject.number));
  auto all = std::chrono::milliseconds{48h + 50min}.count();
  BOOST_TEST(value <= all);
  BOOST_TEST(value > all - 60'000);
  BOOST_TEST(life_of(generation_key(*node.sealer, subject.number)) > value);
  BOOST_REQUIRE(node.invalidate(subject.number));
  BOOST_TEST(life_of(generation_key(*node.sealer, subject.number)) > 0);
  keep(0ms, 1h, 480h);
  BOOST_TEST(life_of(generation_key(*node.sealer, subject.number)) > life_of(value_key(*node.sealer, subject.number)));
}

BOOST_AUTO_TEST_CASE(what_is_too_old_already_is_not_kept) {
  keep(2h, 1h, 1h);
  BOOST_TEST(server.command({"DBSIZE"}).integer == 1); // the epoch
}

BOOST_AUTO_TEST_CASE(invalidating_deletes) {
  keep(0ms, 1h, 24h);
  auto before = node.get(subject.number).generation;
  BOOST_REQUIRE(node.invalidate(subject.number));
  auto after = node.get(subject.number);
  BOOST_TEST(is_miss(after));
  BOOST_TEST(after.generation.value != 0u);
  BOOST_TEST((after.generation != before));
  BOOST_TEST(server.command({"EXISTS", value_key(*node.sealer, subject.number)}).integer == 0);
}

BOOST_AUTO_TEST_CASE(no_id_number_and_no_name_is_in_redis) {
  std::vector<l2_put> puts;
  for (std::uint64_t i = 0; i < 50; ++i)
    puts.push_back(put_of(sample_member(i), {}));
  BOOST_REQUIRE(node.client.put(puts).has_value());
  BOOST_REQUIRE(node.invalidate(sample_member(7).number));
  auto keys = server.command({"KEYS", "*"}).items;
  BOOST_REQUIRE(keys.size() == 100u);
  std::string all;
  for (const auto& key : keys) {
    all += key.text + "\n" + server.command({"GET", key.text}).text + "\n";
    BOOST_TEST((life_of(key.text) > 0 || key.text == "tessera:1:epoch"), "lives forever: " << key.text);
  }
  for (std::uint64_t i = 0; i < 50; ++i) {
    auto number = sample_member(i).number;
    auto packed = number.packed();
    BOOST_TEST(all.find(number.str()) == std::string::npos);
    BOOST_TEST(all.find(std::string(reinterpret_cast<const char*>(&packed), 6)) == std::string::npos);
  }
  BOOST_TEST(all.find("Merwe") == std::string::npos);
  BOOST_TEST(all.find("example.org") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_tampered_value_is_a_miss) {
  keep(0ms, 1h, 24h);
  auto key = value_key(*node.sealer, subject.number);
  auto genuine = server.command({"GET", key}).text;
  std::vector<std::string> planted{"", "x", std::string(100, '\0'), genuine.substr(1), genuine + "x"};
  for (std::size_t i = 0; i < genuine.size(); ++i) {
    planted.push_back(genuine);
    planted.back()[i] = static_cast<char>(genuine[i] ^ 1);
  }
  for (const auto& each : planted) {
    server.command({"SET", key, each});
    BOOST_TEST(is_miss(node.get(subject.number)));
  }
  server.command({"SET", key, genuine});
  BOOST_TEST((node.get(subject.number).what == outcome::fresh));
  server.command({"DEL", key});
  server.command({"RPUSH", key, genuine});
  BOOST_TEST(is_miss(node.get(subject.number)));
}

BOOST_AUTO_TEST_CASE(another_members_value_is_a_miss) {
  // Who can write Redis copies a whole entry, generation and all.
  auto other = sample_member(2);
  keep(0ms, 1h, 24h);
  BOOST_REQUIRE(node.put(other, {}));
  server.command({"SET", value_key(*node.sealer, subject.number),
                  server.command({"GET", value_key(*node.sealer, other.number)}).text});
  server.command({"SET", generation_key(*node.sealer, subject.number),
                  server.command({"GET", generation_key(*node.sealer, other.number)}).text});
  BOOST_TEST(is_miss(node.get(subject.number)));
}

BOOST_AUTO_TEST_CASE(another_member_sealed_under_the_name_is_a_miss) {
  keep(0ms, 1h, 24h);
  auto generation = node.get(subject.number).generation;
  auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  auto plant = [&](const member& whom) {
    server.command({"SET", value_key(*node.sealer, subject.number),
                    node.sealer->seal(encode({now, 1h, 24h, whom}), node.sealer->name_of(subject.number),
                                      generation.value, generation.epoch)});
  };
  plant(subject);
  BOOST_TEST((node.get(subject.number).subject == subject));
  plant(sample_member(2));
  BOOST_TEST(is_miss(node.get(subject.number)));
}

BOOST_AUTO_TEST_CASE(a_missing_or_strange_generation_makes_a_miss) {
  keep(0ms, 1h, 24h);
  auto key = generation_key(*node.sealer, subject.number);
  auto genuine = server.command({"GET", key}).text;
  for (const auto& each : {std::string{}, std::string{"0"}, std::string(16, '0'), std::string(16, 'g'),
                           "-" + genuine.substr(1), genuine + "0", genuine.substr(0, 15), std::string(1'000, '1')}) {
    server.command({"SET", key, each});
    BOOST_TEST(is_miss(node.get(subject.number)), each);
  }
  server.command({"DEL", key});
  BOOST_TEST(is_miss(node.get(subject.number)));
  BOOST_TEST(node.get(subject.number).generation.value == 0u);
}

BOOST_AUTO_TEST_CASE(another_secret_reads_nothing) {
  keep(0ms, 1h, 24h);
  l2_node stranger{server.url(), patient, 2};
  BOOST_REQUIRE(stranger.client.connect().has_value());
  BOOST_TEST(is_miss(stranger.get(subject.number)));
}

BOOST_AUTO_TEST_CASE(a_value_from_the_future_is_a_miss_and_clocks_may_differ_a_little) {
  keep(-30s, 1h, 24h);
  auto near = node.get(subject.number);
  BOOST_TEST((near.what == outcome::fresh));
  BOOST_TEST(near.age.count() == 0);
  keep(-10min, 1h, 24h);
  BOOST_TEST(is_miss(node.get(subject.number)));
}

BOOST_AUTO_TEST_CASE(the_server_tells_its_figures) {
  keep(0ms, 1h, 24h);
  auto info = node.client.info();
  BOOST_REQUIRE(info.has_value());
  BOOST_TEST(info->keys == 3u); // value, generation, epoch
  BOOST_TEST(info->used_bytes > 100'000u);
}

BOOST_AUTO_TEST_CASE(databases_are_apart) {
  keep(0ms, 1h, 24h);
  l2_node elsewhere{server.url() + "/3"};
  BOOST_REQUIRE(elsewhere.client.connect().has_value());
  BOOST_TEST(is_miss(elsewhere.get(subject.number)));
  BOOST_TEST(elsewhere.client.info()->keys == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
