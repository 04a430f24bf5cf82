#include "guard/restart_budget.hpp"
#include "messages/types.hpp"
#include "tests/faults/node_fixture.hpp"
#include "tests/faults/strict_clients.hpp"
#include "tests/integration/http/sample_store.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/mariadb_server.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/tessera_process.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <memory>
#include <mutex>
#include <numeric>
#include <random>
#include <set>
#include <sstream>

using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::test;

namespace {

/// So many members the clients do not ask for.
constexpr std::size_t members_of_the_test = 2;

/// So that nobody's card has expired.
const std::string join_today = "UPDATE members SET member_created_at = CURRENT_TIMESTAMP";

std::uint64_t seed() {
  const auto* given = std::getenv("TESSERA_CHAOS_SEED");
  return given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

/// Kills every kind of actor `rounds` times under load, in random order, and sees to it that nobody notices more than
/// a request refused.
struct chaos {
  node_fixture& on;
  std::vector<known_member> members;
  std::function<void(const known_member&, const std::string&)> rename;
  std::size_t rounds = 3;

  /// How long it took until an actor had a successor.
  struct replacement {
    std::chrono::microseconds took;
    std::string whose;
  };

  /// Returns the ids of the requests to clear that succeeded.
  std::vector<std::string> run() {
    const auto used_seed = seed();
    BOOST_TEST_MESSAGE("TESSERA_CHAOS_SEED=" << used_seed);
    std::mt19937_64 random{used_seed};
    strict_clients clients{
        {on.sut->port(), on.headers, {members.begin() + members_of_the_test, members.end()}, rename, used_seed}};
    std::vector<replacement> seen;
    {
      actor_view actors{*on.sut};
      auto victims = actors.victims();
      std::vector<restart_budget> budgets(victims.size(), restart_budget{4, 11s}); // one less than they have
      std::vector<std::size_t> order(victims.size());
      std::iota(order.begin(), order.end(), std::size_t{0});
      std::uint64_t counted = 0;
      for (std::size_t round = 0; round < rounds; ++round) {
        std::ranges::shuffle(order, random);
        for (auto i : order) {
          if (!budgets[i].spend(std::chrono::steady_clock::now()))
            continue;
          BOOST_TEST_INFO_SCOPE(victims[i].name);
          auto moment = clients.answers() + random() % 500;
          BOOST_TEST(eventually(patience, [&] { return clients.answers() >= moment; }));
          seen.push_back({replace(victims[i], reasons[random() % std::size(reasons)]), victims[i].name});
          counted += victims[i].counts ? 1 : 0;
          check_served();
        }
      }
      BOOST_TEST(restarts(on.sut->metrics()) == counted); // nobody else has died
    }
    clients.finish();
    report(std::move(seen), clients.seen());
    BOOST_TEST(on.fatal_reasons().empty());
    return clients.seen().cleared;
  }

  /// Asserts that a cached member and one that is not are served.
  void check_served() {
    std::string last;
    auto is = [&](const raw_response& answer, std::string_view cache) {
      last = std::to_string(answer.status) + " " + came_from(answer);
      return answer.status == 200 && header(answer, "X-Cache") == cache;
    };
    BOOST_TEST(eventually(patience, [&] { return is(on.ask_for(members[0].number), "HIT"); }), last);
    BOOST_TEST(eventually(patience,
                          [&] {
                            auto cleared = on.clear(members[1].id);
                            last = "clearing: " + std::to_string(cleared.status);
                            return cleared.status == 200 && is(on.ask_for(members[1].number), "MISS");
                          }),
               last);
  }

  void report(std::vector<replacement> replaced, const strict_clients::summary& seen) {
    BOOST_REQUIRE(!replaced.empty());
    std::ranges::sort(replaced, {}, &replacement::took);
    auto text = [](const replacement& each) { return std::to_string(each.took.count()) + " us"; };
    BOOST_TEST_MESSAGE(replaced.size() << " actors ended; a successor was known after "
                                       << text(replaced[replaced.size() / 2]) << " (median), "
                                       << text(replaced[replaced.size() * 9 / 10]) << " (p90), "
                                       << text(replaced.back()) << " (worst, " << replaced.back().whose << ")");
    BOOST_TEST_MESSAGE(seen.found << " found, " << seen.missing << " not found, " << seen.cards << " cards, "
                                  << seen.verdicts << " verdicts, " << seen.refused << " refused, "
                                  << seen.cleared.size() << " cleared, " << seen.reissued << " reissued, "
                                  << seen.complaint_count << " complaints");
    for (const auto& each : seen.complaints)
      BOOST_ERROR(each);
    BOOST_TEST(seen.found > 0u);
    BOOST_TEST(seen.missing > 0u);
    BOOST_TEST(seen.cards > 0u);
    BOOST_TEST(seen.verdicts > 0u);
    BOOST_TEST(seen.reissued > 0u);
    BOOST_TEST(seen.cleared.size() > 0u);
  }
};

struct sqlite_fixture : private sample_store, node_fixture {
  sqlite_fixture() : node_fixture(sample_store::url()) {
    query(join_today);
  }

  std::vector<known_member> members() const {
    std::vector<known_member> all;
    for (const auto& row :
         query("SELECT id_number, member_id FROM members WHERE membership_status = 'Active' ORDER BY member_id"))
      all.push_back({row.at("id_number"), row.at("member_id")});
    return all;
  }

  using sample_store::number;
  using sample_store::query;
};

struct mariadb_fixture : node_fixture {
  mariadb_fixture() : node_fixture(std::string{}) {
    store = database.url();
    run_tessera({"migrate", "--store", store});
    run_tessera({"sample-data", "--members", "200", "--store", store});
    database.execute(join_today);
    std::istringstream rows{database.query_value("SELECT GROUP_CONCAT(id_number, ' ', member_id ORDER BY member_id "
                                                 "SEPARATOR '\\n') FROM members WHERE membership_status = 'Active'")};
    known_member next;
    while (rows >> next.number >> next.id)
      members.push_back(next);
  }

  ~mariadb_fixture() {
    sut.reset(); // before its servers
  }

  mariadb_server database;
  redis_server redis;
  std::vector<known_member> members;
};

} // namespace

BOOST_AUTO_TEST_SUITE(chaos_test)

BOOST_FIXTURE_TEST_CASE(any_actor_may_end_at_any_moment, sqlite_fixture) {
  make_key();
  start(small());
  chaos all{*this, members(), [this](const known_member& whom, const std::string& name) {
              const auto update = "UPDATE members SET firstname = '" + name + "' WHERE member_id = " + whom.id;
              eventually(patience, [&] {
                try {
                  query(update);
                  return true;
                } catch (const std::runtime_error&) { // locked by the writer, who has his turn again and again
                  return false;
                }
              });
            }};
  auto cleared = all.run();
  sut->stop();
  std::set<std::string> audited;
  for (const auto& row : query("SELECT request_id FROM audit_log WHERE action = 'cache.clear'"))
    audited.insert(row.at("request_id"));
  for (const auto& each : cleared)
    BOOST_TEST(audited.contains(each), each << " is not in the audit log");
}

BOOST_FIXTURE_TEST_CASE(any_actor_may_end_at_any_moment_with_mariadb_and_redis, mariadb_fixture) {
  make_key();
  auto all = small();
  all.redis.url = redis.url();
  all.redis.connections = 2;
  start(all);
  chaos{*this, members,
        [this](const known_member& whom, const std::string& name) {
          database.execute("UPDATE members SET firstname = '" + name + "' WHERE member_id = " + whom.id);
        },
        2}
      .run();
}

/// A database that stands still while requests wait for it.
struct frozen_fixture : mariadb_fixture {
  frozen_fixture() {
    auto all = small();
    all.breaker.statement_timeout = 0ms; // to stand still is no failure
    start(all);
    BOOST_TEST(ask_for(next().number).status == 200); // so that there is a connection
  }

  const known_member& next() {
    return members.at(used++);
  }

  std::uint64_t waiting() const {
    std::uint64_t sum = 0;
    for (const auto& each : sut->metrics().lookups)
      sum += read(each.waiting);
    for (const auto& each : sut->metrics().cards)
      sum += read(each.waiting);
    return sum;
  }

  std::uint64_t refusals() const {
    std::uint64_t sum = 0;
    for (const auto& each : sut->metrics().gateways)
      sum += read(each.responses_5xx);
    return sum;
  }

  static constexpr std::size_t lookups = 6;
  static constexpr std::size_t cards = 2;

  /// Has some members and some cards asked for and one member cleared, and returns when all of them wait for the
  /// database, which is frozen from then on.
  void begin() {
    database.freeze();
    requests.clear();
    for (std::size_t i = 0; i < lookups; ++i) {
      const auto& member = next();
      send(request("GET", member_path + member.number), member.number);
    }
    for (std::size_t i = 0; i < cards; ++i)
      send(json_request("POST", card_data_path + next().id, R"({"issued_by":"test"})"), {});
    send(request("DELETE", clear_path + next().id), {});
    BOOST_REQUIRE(eventually(patience, [&] { return waiting() == lookups + cards; }));
  }

  void send(const std::string& bytes, std::string number) {
    requests.emplace_back(std::piecewise_construct, std::forward_as_tuple(std::move(number)),
                          std::forward_as_tuple(sut->port(), raw_connection::options{.timeout = patience}));
    requests.back().second.send(bytes);
  }

  /// Thaws the database and reads the answers; returns how many were refused.
  std::size_t end() {
    database.thaw();
    std::size_t refused = 0;
    for (auto& [number, connection] : requests) {
      auto answer = connection.read_response();
      if (answer.status == 503) {
        ++refused;
        BOOST_TEST(header(answer, "Retry-After") != "");
      } else {
        BOOST_TEST(answer.status == 200);
        if (!number.empty())
          BOOST_TEST(json_document{answer}.text("/data/id_number") == number);
      }
    }
    return refused;
  }

  std::size_t used = 0;
  std::vector<std::pair<std::string, raw_connection>> requests; ///< with the number that each asks for
};

BOOST_FIXTURE_TEST_CASE(whoever_waits_on_an_actor_that_ends_is_answered, frozen_fixture) {
  actor_view actors{*sut};
  for (const auto& each : actors.victims()) {
    if (each.blocks)
      continue; // it ends when its call does
    BOOST_TEST_INFO_SCOPE(each.name);
    begin();
    replace(each, reasons[used % std::size(reasons)]);
    auto refused = end();
    BOOST_TEST_MESSAGE(each.name << " ended: " << refused << " of " << requests.size() << " refused");
    // To clear is not repeated; all else is, unless there was no connection to the database just then.
    if (each.name != "db_pool")
      BOOST_TEST(refused <= 1u);
  }
  BOOST_TEST(fatal_reasons().empty());
}

BOOST_FIXTURE_TEST_CASE(a_job_comes_to_its_end_whichever_actor_ends, sqlite_fixture) {
  start(small());
  std::string ids;
  for (std::size_t i = 0; i < 40; ++i)
    ids.append(i == 0 ? "\"" : ",\"").append(members()[i].id).append("\"");
  actor_view actors{*sut};
  for (const auto& each : actors.victims()) {
    BOOST_TEST_INFO_SCOPE(each.name);
    clear(members()[0].id); // so that not all of it is cached
    auto accepted = ask(sut->port(), json_request("POST", "/api/v1/batches",
                                                  R"({"concurrency":2,"issued_by":")" + each.name
                                                      + R"(","member_ids":[)" + ids + "]}"));
    BOOST_REQUIRE_EQUAL(accepted.status, 202);
    auto path = "/api/v1/batches/" + json_document{accepted}.text("/data/batch_id");
    replace(each, reasons[ids.size() % std::size(reasons)]);
    BOOST_TEST(eventually(patience, [&] {
      auto answer = get(sut->port(), path);
      return answer.status == 200 && json_document{answer}.text("/data/state") == "done";
    }));
    BOOST_TEST(json_document{get(sut->port(), path)}.whole("/data/successful") == 40u);
  }
  BOOST_TEST(fatal_reasons().empty());
}

BOOST_FIXTURE_TEST_CASE(a_request_that_is_lost_twice_is_refused, frozen_fixture) {
  begin();
  {
    actor_view actors{*sut};
    for (std::size_t i = 0; i < actors.newest().lookups.size(); ++i) {
      const actor_view::victim lookup{"lookup",
                                      [&] { return caf::actor_cast<caf::actor>(actors.newest().lookups[i]); }};
      const auto& metrics = sut->metrics().lookups.at(i);
      const auto lost = read(metrics.waiting);
      const auto loads = read(metrics.loads);
      replace(lookup, reasons[0]);
      BOOST_TEST(eventually(patience, [&] { return read(metrics.loads) == loads + lost; })); // asked again
      const auto refused = refusals();
      replace(lookup, reasons[1]);
      BOOST_TEST(eventually(patience, [&] { return refusals() == refused + lost; }));
    }
  }
  BOOST_TEST(end() == lookups); // neither the cards, which wait for the database, nor the one to clear
}

BOOST_FIXTURE_TEST_CASE(lookups_are_refused_while_their_way_to_the_cache_takes_too_long, sqlite_fixture) {
  start(small());
  const auto asked = number(0);
  BOOST_TEST(ask_for(asked).status == 200);
  auto busy = [&] {
    std::uint64_t sum = 0;
    for (const auto& each : sut->metrics().gateways)
      sum += read(each.turned_away[static_cast<std::size_t>(turned_away::busy)]);
    return sum;
  };
  std::deque<raw_connection> waiting;
  {
    actor_view actors{*sut};
    auto where = actors.newest();
    auto tell_gateways = [&](const std::vector<lookup_actor>& lookups) {
      where.lookups = lookups;
      where.epoch += 1'000;
      for (const auto& each : actors.victims())
        if (each.name.starts_with("gateway"))
          caf::anon_send(each.now(), where);
    };
    const auto lookups = where.lookups;
    // With an argument: without any, CAF 0.17 binds a reference to nothing.
    auto silent = lookups.front().home_system().spawn(
        [](caf::event_based_actor* self, int) -> caf::behavior {
          self->set_default_handler(caf::drop);
          return {[](const directory&) {}};
        },
        0);
    tell_gateways(std::vector(lookups.size(), caf::actor_cast<lookup_actor>(silent)));
    BOOST_TEST(eventually(patience, [&] {
      waiting.emplace_back(sut->port(), raw_connection::options{.timeout = patience});
      waiting.back().send(request("GET", member_path + asked));
      return busy() > 0;
    }));
    BOOST_TEST(get(sut->port(), "/api/v1/health").status == 200);
    tell_gateways(lookups);
  }
  std::size_t refused = 0;
  for (auto& connection : waiting) {
    auto answer = connection.read_response();
    if (answer.status == 200)
      continue;
    ++refused;
    BOOST_TEST(answer.status == 503);
    BOOST_TEST(header(answer, "Retry-After") == "1");
  }
  BOOST_TEST(refused == busy());
  BOOST_TEST(refused < waiting.size());
  BOOST_TEST(ask_for(asked).status == 200);
}

BOOST_FIXTURE_TEST_CASE(a_lost_database_connection_is_no_restart, mariadb_fixture) {
  auto all = small();
  all.breaker.failures = 0;
  start(all);
  auto served = [&](std::size_t i) {
    return eventually(patience, [&] { return ask_for(members[i].number).status == 200; });
  };
  BOOST_TEST(served(0));
  auto kills = database.query_value("SELECT GROUP_CONCAT(CONCAT('KILL ', ID) SEPARATOR ';') FROM "
                                    "information_schema.PROCESSLIST WHERE USER = 'tessera' AND ID <> CONNECTION_ID()");
  BOOST_REQUIRE(!kills.empty());
  database.execute(kills);
  BOOST_TEST(served(1));
  database.restart();
  BOOST_TEST(served(2));
  BOOST_TEST(clear(members[0].id).status == 200);
  BOOST_TEST(eventually(patience, [&] { // the writer is back, too
    return database.query_value("SELECT COUNT(*) FROM audit_log WHERE action = 'cache.clear'") == "1";
  }));
  BOOST_TEST(restarts(sut->metrics()) == 0u);
  BOOST_TEST(fatal_reasons().empty());
}

BOOST_FIXTURE_TEST_CASE(keys_stay_in_force_and_new_ones_come_when_their_keeper_has_died, sqlite_fixture) {
  make_key();
  start(small());
  {
    actor_view actors{*sut};
    replace({"key_keeper", [&] { return caf::actor_cast<caf::actor>(actors.newest().key_keeper); }}, reasons[0]);
  }
  BOOST_TEST(ask_for(number(0)).status == 200);
  auto wrong = headers;
  auto& digit = wrong[wrong.size() - 3];
  digit = digit == 'a' ? 'b' : 'a';
  BOOST_TEST(get(sut->port(), member_path + number(0), wrong).status == 401);
  make_key();
  BOOST_TEST(eventually(patience, [&] { return ask_for(number(0)).status == 200; }));
}

/// Ends the same actor again and again until the node gives up, and returns the reason.
std::string give_up_over(node_fixture& on, std::string_view name) {
  {
    actor_view actors{*on.sut};
    for (const auto& each : actors.victims()) {
      if (each.name != name)
        continue;
      // More often than the budget: on a slow machine the first ones may be forgotten before it is spent.
      for (int i = 0; i < 60 && on.fatal_reasons().empty(); ++i) {
        auto before = restarts(on.sut->metrics());
        end(each.now(), reasons[0]);
        eventually(patience, [&] { return restarts(on.sut->metrics()) > before || !on.fatal_reasons().empty(); });
      }
    }
  }
  auto reasons = on.fatal_reasons();
  BOOST_REQUIRE_EQUAL(reasons.size(), 1u);
  return reasons[0];
}

BOOST_FIXTURE_TEST_CASE(the_sixth_end_of_an_actor_within_ten_seconds_ends_the_node_with_a_reason, sqlite_fixture) {
  start(small());
  auto reason = give_up_over(*this, "maintenance");
  BOOST_TEST(reason.find("maintenance 0 has ended") != reason.npos, reason);
  BOOST_TEST(ask_for(number(0)).status == 200); // the others go on until the process stops
  sut->stop();
}

BOOST_FIXTURE_TEST_CASE(so_does_the_sixth_end_of_a_gateways_actor, sqlite_fixture) {
  start(small());
  auto reason = give_up_over(*this, "gateway 1");
  BOOST_TEST(reason.find("gateway") != reason.npos, reason);
  BOOST_TEST(ask_for(number(0)).status == 200);
  sut->stop();
}

BOOST_FIXTURE_TEST_CASE(so_does_the_end_of_the_supervisor, sqlite_fixture) {
  start(small());
  caf::anon_send_exit(sut->supervisor(), caf::exit_reason::kill);
  BOOST_REQUIRE(eventually(patience, [&] { return !fatal_reasons().empty(); }));
  BOOST_TEST(fatal_reasons()[0].find("supervisor") != std::string::npos);
  sut->stop();
}

BOOST_FIXTURE_TEST_CASE(a_node_may_stop_while_an_actor_is_being_replaced, sqlite_fixture) {
  auto all = small();
  all.gateway.drain_timeout = 1s;
  std::size_t count = 1;
  for (std::size_t i = 0; i < count; ++i) {
    start(all);
    {
      actor_view actors{*sut};
      auto victims = actors.victims();
      count = victims.size();
      BOOST_TEST_INFO_SCOPE(victims[i].name);
      BOOST_TEST(ask_for(number(i)).status == 200);
      end(victims[i].now(), reasons[i % std::size(reasons)]);
    }
    sut->stop();
    BOOST_TEST(fatal_reasons().empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()
