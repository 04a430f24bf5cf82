#include "tests/faults/crowd.hpp"
#include "tests/faults/fault_proxy.hpp"
#include "tests/faults/matrix_report.hpp"
#include "tests/integration/http/http_client.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/mariadb_server.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/tessera_process.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <ostream>
#include <sstream>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

using clock_type = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// A fault lasts so long, which is longer than cached members are fresh, and then until it has been noticed and what
/// was asked in this time is answered: healing shall not be what answers.
constexpr auto fault_lasts = 3s;
constexpr auto recovery_patience = 30s;

/// No answer may take longer, whatever happens: it would be a request that hangs. A statement takes up to 5 s
/// (`database.read_timeout`), and its keys are asked for again once.
constexpr auto answer_patience = 12s;

/// These are cached when the fault begins. All others, of whom there must be enough for a cell, are not.
constexpr std::size_t cached_members = 100;
constexpr const char* members = "20000";

/// The groups of the crowd.
constexpr std::size_t cached = 0;
constexpr std::size_t others = 1;

struct fault_case {
  const char* name;
  fault what;
};

/// Answers of both servers fit into a few dozen bytes or a few hundred: 20 ms for each is a second and more for an
/// answer, while the connection is never silent for long.
constexpr std::array faults{
    fault_case{"refuse", fault::refuse()},    fault_case{"reset", fault::reset()},
    fault_case{"freeze", fault::freeze()},    fault_case{"slow", fault::slow(250ms)},
    fault_case{"garbage", fault::garbage(1)}, fault_case{"slow drip", fault::drip(20ms)},
};

struct load_case {
  const char* name;
  std::size_t clients;       ///< that ask for cached members, and as many that ask for others
  milliseconds cached_pause; ///< between a client's questions
  milliseconds others_pause;
};

constexpr std::array loads{
    load_case{"idle", 1, 100ms, 100ms},
    load_case{"under load", 100, 20ms, 50ms},
};

std::ostream& operator<<(std::ostream& out, const fault_case& what) {
  return out << what.name;
}
std::ostream& operator<<(std::ostream& out, const load_case& what) {
  return out << what.name;
}

/// The servers, each behind a proxy, and their members.
struct servers {
  servers() {
    run_tessera({"migrate", "--store", database.url()});
    run_tessera({"sample-data", "--members", members, "--store", database.url()});
    std::istringstream all{database.query_value(
        "SET SESSION group_concat_max_len = 16000000; SELECT GROUP_CONCAT(id_number ORDER BY member_id SEPARATOR ' ') "
        "FROM members WHERE membership_status = 'Active'")};
    for (std::string number; all >> number;)
      numbers.push_back(number);
  }

  mariadb_server database;
  redis_server redis;
  fault_proxy database_proxy{database.port()};
  fault_proxy redis_proxy{redis.port()};
  std::vector<std::string> numbers;
};

servers& shared_servers() {
  static servers all;
  return all;
}

/// The rows of all cells, written as tables when all have run.
class table {
public:
  ~table() {
    write(TESSERA_BUILT_FAULT_TABLE);
    const char* wanted = std::getenv("TESSERA_FAULT_TABLE");
    if (wanted != nullptr && rows.size() == 2 * faults.size() * loads.size())
      write(wanted);
  }
  static void write(const char* file) {
    std::ofstream{file} << to_markdown(rows);
  }
  static inline std::vector<matrix_row> rows;
};

/// One cell: a service of its own with empty caches, and its clients.
class cell {
public:
  explicit cell(const load_case& load) : load_(load) {
    all_.redis.command({"FLUSHALL"});
    for (std::size_t i = 0; i < cached_members; ++i)
      BOOST_REQUIRE(get(sut_.port(), member_path + all_.numbers[i]).status == 200);
    for (std::size_t i = 0; i < cached_members; ++i)
      BOOST_REQUIRE(
          eventually(10s, [&] { return header(get(sut_.port(), member_path + all_.numbers[i]), "X-Cache") == "HIT"; }));
    clients_.emplace(sut_.port(), std::vector<crowd::group>{
                                      {load.clients, load.cached_pause, [this] { return next_cached(); }},
                                      {load.clients, load.others_pause, [this] { return next_other(); }},
                                  });
  }

  /// Injects the fault, waits until `sign` sees it and the time is over, heals, waits until `recovered`, and lets the
  /// clients finish. A sign is the point in time of the fault's being noticed and how; both are functions that are
  /// asked again and again.
  template <class Sign, class Recovered>
  matrix_row run(fault_proxy& proxy, const fault_case& what, Sign sign, Recovered recovered) {
    BOOST_TEST(eventually(10s, [&] { return seen_in(cached) >= 3 && seen_in(others) >= 3; }));
    matrix_row row{.fault = what.name, .clients = load_.name};
    before_ = clients_->seen().size();
    injected_ = clock_type::now();
    proxy.inject(what.what);
    const auto until = injected_ + fault_lasts;
    BOOST_TEST(eventually(fault_lasts + answer_patience, [&] {
      if (auto seen = row.noticed ? std::nullopt : sign(*this)) {
        row.noticed = std::chrono::ceil<milliseconds>(seen->first - injected_);
        row.noticed_by = seen->second;
      }
      return row.noticed && clock_type::now() >= until && clients_->oldest_unanswered() >= until;
    }));
    before_ = clients_->seen().size();
    healed_ = clock_type::now();
    proxy.heal();
    eventually(recovery_patience, [&] {
      if (auto seen = recovered(*this))
        row.recovered = std::chrono::ceil<milliseconds>(*seen - healed_);
      return row.recovered.has_value();
    });
    clients_->finish(answer_patience);
    const auto all = clients_->seen();
    row.cached = tally_of(all, cached, injected_, healed_);
    row.others = tally_of(all, others, injected_, healed_);
    return row;
  }

  /// What was seen since the fault, or its healing, began.
  std::vector<sighting> recent() const {
    return clients_->seen(before_);
  }
  /// All that was seen.
  tally all_of(std::size_t group) const {
    return tally_of(clients_->seen(), group, {});
  }
  clock_type::time_point healed() const {
    return healed_;
  }
  json_document ready() const {
    return json_document{get(sut_.port(), ready_path)};
  }
  json_document figures() const {
    return stats(sut_.port());
  }

private:
  std::size_t seen_in(std::size_t group) const {
    return all_of(group).count();
  }
  std::string next_cached() {
    return all_.numbers[next_cached_++ % cached_members];
  }
  std::string next_other() {
    return all_.numbers.at(cached_members + next_other_++);
  }

  servers& all_ = shared_servers();
  load_case load_;
  tessera_process sut_{{
      .arguments = {"--store",
                    "mysql://tessera:secret@127.0.0.1:" + std::to_string(all_.database_proxy.port()) + "/tessera_test",
                    "--redis", "redis://127.0.0.1:" + std::to_string(all_.redis_proxy.port()), "--no-limits"},
      .environment = {"CACHE_TTL_MEMBER=2", "BREAKER_RECOVERY=1s"},
  }};
  std::size_t next_cached_ = 0;
  std::size_t next_other_ = 0;
  std::size_t before_ = 0;
  clock_type::time_point injected_;
  clock_type::time_point healed_;
  std::optional<crowd> clients_;
};

using sign = std::optional<std::pair<clock_type::time_point, std::string>>;

/// Asserts what holds for every fault, and keeps the row.
void check(const cell& sut, matrix_row row) {
  const auto of_cached = sut.all_of(cached);
  const auto of_others = sut.all_of(others);
  BOOST_TEST(row.noticed.has_value());
  BOOST_TEST(row.recovered.has_value());
  BOOST_TEST(of_cached.count("200") == of_cached.count());
  for (const auto* each : {&of_cached, &of_others}) {
    BOOST_TEST(each->longest < answer_patience);
    BOOST_TEST(each->count(sighting::no_answer) == 0u);
    BOOST_TEST(each->count(sighting::connection_error) == 0u);
    BOOST_TEST(each->count("200") + each->count("503") + each->count("408") == each->count());
  }
  table::rows.push_back(std::move(row));
}

} // namespace

BOOST_AUTO_TEST_SUITE(matrix_test, *boost::unit_test::fixture<table>())

BOOST_DATA_TEST_CASE(whatever_happens_to_mariadb_cached_members_are_served,
                     boost::unit_test::data::make(faults) * boost::unit_test::data::make(loads), what, load) {
  cell sut{load};
  auto noticed = [](const cell& of) -> sign {
    for (const auto& each : of.recent()) {
      if (each.what != "200 HIT" && each.what != "200 MISS")
        return std::pair{each.answered, each.what};
    }
    if (of.ready().has("/data/degraded"))
      return std::pair{clock_type::now(), std::string{"health"}};
    return std::nullopt;
  };
  auto recovered = [](const cell& of) -> std::optional<clock_type::time_point> {
    for (const auto& each : of.recent()) {
      if (each.group == others && each.asked >= of.healed() && each.what == "200 MISS")
        return each.answered;
    }
    return std::nullopt;
  };
  auto row = sut.run(shared_servers().database_proxy, what, noticed, recovered);
  row.server = "MariaDB";
  check(sut, std::move(row));
  BOOST_TEST(eventually(recovery_patience, [&] { return !sut.ready().has("/data/degraded"); }));
}

BOOST_DATA_TEST_CASE(whatever_happens_to_redis_nobody_notices,
                     boost::unit_test::data::make(faults) * boost::unit_test::data::make(loads), what, load) {
  cell sut{load};
  auto failures = [](const json_document& figures) { return figures.whole("/data/levels/l2/failures"); };
  const auto failures_before = failures(sut.figures());
  auto noticed = [&](const cell& of) -> sign {
    const auto figures = of.figures();
    if (!figures.truth("/data/levels/l2/connected"))
      return std::pair{clock_type::now(), std::string{"not connected"}};
    if (failures(figures) > failures_before)
      return std::pair{clock_type::now(), std::string{"failures"}};
    return std::nullopt;
  };
  auto recovered = [](const cell& of) -> std::optional<clock_type::time_point> {
    if (of.figures().truth("/data/levels/l2/connected"))
      return clock_type::now();
    return std::nullopt;
  };
  auto row = sut.run(shared_servers().redis_proxy, what, noticed, recovered);
  row.server = "Redis";
  for (auto group : {cached, others})
    BOOST_TEST(sut.all_of(group).count("200") == sut.all_of(group).count());
  check(sut, std::move(row));
}

BOOST_AUTO_TEST_SUITE_END()
