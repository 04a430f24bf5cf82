#include "storage/mysql_statement.hpp"

#include "tests/faults/fault_proxy.hpp"
#include "tests/integration/store/fixture.hpp"

#include <array>
#include <future>
#include <optional>

/// What the MySQL client library and what is built on it make of a server, or a network, that goes mad.
namespace tessera::test {

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr auto connect_timeout = 300ms;
constexpr auto read_timeout = 200ms;

/// What a busy machine may add to either.
constexpr auto slack = 3s;

constexpr std::string_view digits = "8001015009087";

struct fixture {
  fixture() {
    const std::array members{some_member(1, digits)};
    kind.fill(members);
    address.port = proxy.port();
    settings.connect_timeout = connect_timeout;
    settings.read_timeout = read_timeout;
    settings.write_timeout = read_timeout;
  }

  result<std::unique_ptr<store_connection>> connect() {
    return make_member_store(address, settings)->connect();
  }

  /// Returns a connection that has sent and received what there is to send and receive.
  std::unique_ptr<store_connection> connected() {
    auto connection = must(connect());
    BOOST_REQUIRE(must(find(*connection)).size() == 1u);
    return connection;
  }

  static result<std::vector<member>> find(store_connection& connection) {
    const std::array keys{number_of(digits)};
    return connection.find(std::span<const id_number>{keys});
  }

  mysql_under_test kind;
  fault_proxy proxy{shared_server().port()};
  mysql_address address = kind.address();
  database_settings settings;
};

template <class Outcome>
bool is_unavailable(const Outcome& outcome) {
  return !outcome.has_value() && outcome.error().code == error_code::database_unavailable;
}

/// Returns what `action` does, and asserts that it ends in time.
template <class Action>
auto in_time(std::chrono::milliseconds limit, Action action) {
  const auto since = steady::now();
  auto outcome = action();
  BOOST_TEST((steady::now() - since < limit + slack));
  return outcome;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(mysql_bad_answers, fixture)

BOOST_AUTO_TEST_CASE(what_greets_with_garbage_is_given_up) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    proxy.inject(fault::garbage(seed));
    BOOST_TEST(is_unavailable(in_time(connect_timeout, [&] { return connect(); })));
  }
  proxy.heal();
  connected();
}

BOOST_AUTO_TEST_CASE(garbage_instead_of_rows_ends_the_connection) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    auto connection = connected();
    proxy.inject(fault::garbage(seed));
    BOOST_TEST(is_unavailable(in_time(read_timeout, [&] { return find(*connection); })));
    proxy.heal();
    BOOST_TEST(is_unavailable(find(*connection)));
    BOOST_TEST(is_unavailable(connection->ping()));
  }
  connected();
}

BOOST_AUTO_TEST_CASE(wrong_bytes_anywhere_neither_crash_nor_hang) {
  constexpr std::array<std::size_t, 3> one_in{20, 80, 300}; // early, late or hardly ever in what is said
  std::size_t answered = 0;
  std::size_t failed = 0;
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    std::unique_ptr<store_connection> connection;
    if (seed % 2 == 0) {
      proxy.heal();
      connection = must(connect());
    }
    proxy.inject(fault::garbage(seed, one_in[seed % 3]));
    if (seed % 2 == 1) {
      if (auto fresh = in_time(connect_timeout, [&] { return connect(); }))
        connection = std::move(*fresh);
    }
    auto found = connection ? in_time(read_timeout, [&] { return find(*connection).has_value(); }) : false;
    ++(found ? answered : failed);
  }
  BOOST_TEST_MESSAGE(answered << " answered, " << failed << " failed");
  BOOST_TEST(answered > 0u);
  BOOST_TEST(failed > 0u);
}

BOOST_AUTO_TEST_CASE(answers_of_another_shape_than_asked_for_are_refused) {
  // The library would copy as many of our bindings as the server says that there are parameters or columns.
  auto session = must(mysql_session::open(address, {}));
  std::uint64_t number = 1;
  auto bind = bind_number(number);
  auto again = [&] {
    auto fresh = must(mysql_session::open(address, {}));
    session.swap(fresh);
  };
  BOOST_TEST(is_unavailable(mysql_statement::prepare(*session, "SELECT ?, ?", {&bind, 1})));
  BOOST_TEST(!session->usable());
  again();
  mysql_member_columns columns;
  BOOST_TEST(
      is_unavailable(must(mysql_statement::prepare(*session, "SELECT ?", {&bind, 1})).fetch_members(columns, 1)));
  again();
  BOOST_TEST(is_unavailable(must(mysql_statement::prepare(*session, "SELECT ?, 2", {&bind, 1})).fetch_text()));
  again();
  BOOST_TEST(must(session->query("SELECT 1, 2", 2)).size() == 1u);
  BOOST_TEST(is_unavailable(session->query("SELECT 1, 2", 1)));
  again();
  BOOST_TEST(must(session->query_row("SELECT 1, 2", 2)).size() == 2u);
  BOOST_TEST(is_unavailable(session->query_row("SELECT 1 UNION SELECT 2", 1)));
  again();
  BOOST_TEST(is_unavailable(session->query_row("SELECT 1 FROM members WHERE member_id = 0", 1)));
}

BOOST_AUTO_TEST_CASE(answers_that_break_off_anywhere_end_the_connection) {
  bool whole = false;
  for (std::size_t bytes = 0; !whole; bytes += bytes < 120 ? 1 : 23) {
    BOOST_TEST_CONTEXT(bytes) {
      proxy.inject(fault::truncate(bytes));
      auto fresh = in_time(connect_timeout, [&] { return connect(); });
      if (!fresh) {
        BOOST_TEST(is_unavailable(fresh));
        continue;
      }
      auto found = in_time(read_timeout, [&] { return find(**fresh); });
      whole = found.has_value() && found->size() == 1;
      BOOST_TEST((whole || is_unavailable(found)));
      BOOST_TEST((whole || is_unavailable(find(**fresh))));
      BOOST_REQUIRE(bytes < 10'000);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_greeting_that_drips_is_given_up_after_the_connect_timeout) {
  proxy.inject(fault::drip(100ms)); // some hundred bytes
  const auto since = steady::now();
  BOOST_TEST(is_unavailable(in_time(connect_timeout, [&] { return connect(); })));
  BOOST_TEST((steady::now() - since >= connect_timeout));
}

BOOST_AUTO_TEST_CASE(the_whole_of_connecting_takes_no_longer_than_the_connect_timeout) {
  proxy.inject(fault::slow(200ms)); // each step is in time by itself
  BOOST_TEST(is_unavailable(in_time(connect_timeout, [&] { return connect(); })));
}

BOOST_AUTO_TEST_CASE(rows_that_drip_can_be_interrupted) {
  auto connection = connected();
  proxy.inject(fault::drip(150ms)); // within the read timeout
  auto outcome = std::async(std::launch::async, [&] { return find(*connection); });
  BOOST_TEST((outcome.wait_for(2 * read_timeout) == std::future_status::timeout));
  connection->interrupt();
  BOOST_TEST(is_unavailable(in_time(0ms, [&] { return outcome.get(); })));
}

BOOST_AUTO_TEST_CASE(a_half_open_connection_costs_the_read_timeout) {
  auto connection = connected();
  proxy.inject(fault::half_open());
  proxy.heal();
  BOOST_TEST(is_unavailable(in_time(read_timeout, [&] { return find(*connection); })));
  BOOST_TEST(is_unavailable(in_time(0ms, [&] { return find(*connection); })));
  connected();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tessera::test
