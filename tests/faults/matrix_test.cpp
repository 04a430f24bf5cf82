#include "tests/faults/matrix_cell.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdlib>
#include <fstream>
#include <ostream>

using namespace std::chrono_literals;
using namespace tessera::test;
namespace data = boost::unit_test::data;

/// {MariaDB, Redis} x faults x loads: what clients see, when the fault is noticed, and when the service has recovered.
/// The cells run one after another and share the servers.
namespace {

using clock_type = std::chrono::steady_clock;

struct named_fault {
  const char* name;
  fault what;
};

/// Answers have dozens to hundreds of bytes, so that one drips for seconds, while its connection is never silent.
constexpr std::array faults{
    named_fault{"refuse", fault::refuse()},    named_fault{"reset", fault::reset()},
    named_fault{"freeze", fault::freeze()},    named_fault{"slow", fault::slow(250ms)},
    named_fault{"garbage", fault::garbage(1)}, named_fault{"slow drip", fault::drip(20ms)},
};

/// No more than 100 members are ever loaded at once, 40 that were cached and 60 others: as many as may be at work, so
/// that it is not the admission queue that is tested.
constexpr std::array loads{
    matrix_load{"idle", 1, 100ms, 1, 100ms},
    matrix_load{"under load", 140, 20ms, 60, 50ms},
};

std::ostream& operator<<(std::ostream& out, const named_fault& what) {
  return out << what.name;
}

faulty_servers& servers() {
  static faulty_servers all;
  return all;
}

/// Holds the rows and writes them as tables when the cells have run: beside the program and, if it was all of them,
/// where the environment says.
struct table {
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

/// Asserts what holds for every fault, and keeps the row.
void check(const matrix_cell& sut, matrix_row row) {
  BOOST_TEST(row.noticed.has_value());
  BOOST_TEST(row.recovered.has_value());
  for (auto group : {matrix_cell::cached, matrix_cell::others}) {
    const auto seen = sut.seen_by(group);
    BOOST_TEST(seen.longest < matrix_cell::answer_patience);
    BOOST_TEST(seen.count(sighting::no_answer) == 0u);
    BOOST_TEST(seen.count(sighting::connection_error) == 0u);
    BOOST_TEST(seen.count("200") + seen.count("503") + seen.count("408") == seen.count());
  }
  table::rows.push_back(std::move(row));
}

/// Asserts that each member of the group was served.
void check_served(const matrix_cell& sut, std::size_t group) {
  const auto seen = sut.seen_by(group);
  BOOST_TEST(seen.count("200") == seen.count());
}

} // namespace

namespace tessera::test {

std::ostream& operator<<(std::ostream& out, const matrix_load& what) {
  return out << what.name;
}

} // namespace tessera::test

BOOST_AUTO_TEST_SUITE(matrix_test, *boost::unit_test::fixture<table>())

BOOST_DATA_TEST_CASE(whatever_happens_to_mariadb_cached_members_are_served, data::make(faults) * data::make(loads),
                     what, load) {
  matrix_cell sut{servers(), load};
  auto noticed = [&]() -> matrix_cell::sign {
    for (const auto& each : sut.recent()) {
      if (each.what != "200 HIT" && each.what != "200 MISS")
        return std::pair{each.answered, each.what};
    }
    if (sut.degraded())
      return std::pair{clock_type::now(), std::string{"health"}};
    return std::nullopt;
  };
  auto recovered = [&]() -> std::optional<clock_type::time_point> {
    for (const auto& each : sut.recent()) {
      if (each.group == matrix_cell::others && each.asked >= sut.healed() && each.what == "200 MISS")
        return each.answered;
    }
    return std::nullopt;
  };
  auto row = sut.run(servers().database_proxy, what.what, noticed, recovered);
  row.server = "MariaDB";
  row.fault = what.name;
  check(sut, std::move(row));
  check_served(sut, matrix_cell::cached);
  BOOST_TEST(eventually(matrix_cell::recovery_patience, [&] { return !sut.degraded(); }));
}

BOOST_DATA_TEST_CASE(whatever_happens_to_redis_nobody_notices, data::make(faults) * data::make(loads), what, load) {
  matrix_cell sut{servers(), load};
  auto l2 = [&](const char* counter) {
    return sut.figures().whole(("/data/levels/l2/" + std::string{counter}).data());
  };
  auto connected = [&] { return sut.figures().truth("/data/levels/l2/connected"); };
  auto answers = [&] { return l2("hits") + l2("misses"); };
  const auto failures_before = l2("failures");
  auto noticed = [&]() -> matrix_cell::sign {
    if (!connected())
      return std::pair{clock_type::now(), std::string{"not connected"}};
    if (l2("failures") > failures_before)
      return std::pair{clock_type::now(), std::string{"failures"}};
    return std::nullopt;
  };
  std::optional<std::uint64_t> answers_before;
  auto recovered = [&]() -> std::optional<clock_type::time_point> {
    if (!answers_before)
      answers_before = answers();
    if (connected() && answers() > *answers_before)
      return clock_type::now();
    return std::nullopt;
  };
  auto row = sut.run(servers().redis_proxy, what.what, noticed, recovered);
  row.server = "Redis";
  row.fault = what.name;
  check(sut, std::move(row));
  check_served(sut, matrix_cell::cached);
  check_served(sut, matrix_cell::others);
}

BOOST_AUTO_TEST_SUITE_END()
