#include "tests/support/mariadb_server.hpp"
#include "tests/support/raw_connection.hpp"
#include "tests/support/redis_server.hpp"

#include <boost/test/unit_test.hpp>
#include <stdexcept>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

/// Returns whether the server behind `port` sends its greeting to a new connection within a moment.
bool greets(std::uint16_t port) {
  raw_connection connection{port, {.timeout = 300ms}};
  try {
    return !connection.read_some().empty();
  } catch (const timed_out&) {
    return false;
  }
}

bool answers_ping(std::uint16_t port) {
  raw_connection connection{port, {.timeout = 300ms}};
  connection.send("PING\r\n");
  try {
    return connection.read_some() == "+PONG\r\n";
  } catch (const timed_out&) {
    return false;
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(servers_test)

BOOST_AUTO_TEST_CASE(mariadb_keeps_what_was_committed_over_a_crash) {
  mariadb_server sut;
  BOOST_TEST(sut.url() == "mysql://tessera:secret@127.0.0.1:" + std::to_string(sut.port()) + "/tessera_test");
  sut.execute("CREATE TABLE t (a INT PRIMARY KEY, b VARCHAR(20)); INSERT INTO t VALUES (1, 'Thandeka Ngwenyá')");
  BOOST_TEST(sut.query_value("SELECT b FROM t") == "Thandeka Ngwenyá");
  BOOST_TEST(sut.query_value("SELECT NULL") == "");
  sut.kill_hard();
  BOOST_TEST(!sut.running());
  BOOST_CHECK_THROW(sut.query_value("SELECT 1"), std::runtime_error);
  sut.restart();
  BOOST_TEST(sut.running());
  BOOST_TEST(sut.query_value("SELECT b FROM t WHERE a = 1") == "Thandeka Ngwenyá");
}

BOOST_AUTO_TEST_CASE(mariadb_freezes_and_thaws) {
  mariadb_server sut;
  BOOST_TEST(greets(sut.port()));
  sut.freeze();
  BOOST_TEST(!greets(sut.port()));
  sut.thaw();
  BOOST_TEST(sut.query_value("SELECT 6 * 7") == "42");
}

BOOST_AUTO_TEST_CASE(mariadb_reports_errors_and_counts) {
  mariadb_server sut;
  BOOST_CHECK_THROW(sut.execute("SELECT 1; SELECT * FROM nowhere"), std::runtime_error);
  BOOST_CHECK_THROW(sut.status("No_such_counter"), std::runtime_error);
  auto before = sut.statements();
  BOOST_TEST(before.questions > 0u);
  BOOST_TEST(sut.statements().executed == before.executed);
  sut.execute("PREPARE p FROM 'SELECT 1'; EXECUTE p; EXECUTE p");
  auto after = sut.statements();
  BOOST_TEST(after.executed == before.executed + 2);
  BOOST_TEST(after.questions > before.questions);
}

BOOST_AUTO_TEST_CASE(two_mariadb_servers_live_side_by_side) {
  mariadb_server left;
  mariadb_server right;
  left.execute("CREATE TABLE only_left (a INT)");
  BOOST_CHECK_THROW(right.execute("SELECT * FROM only_left"), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(redis_answers_and_forgets_over_a_restart) {
  redis_server sut;
  BOOST_TEST(sut.command({"SET", "key", std::string{"a\0b", 3}}).text == "OK");
  BOOST_TEST((sut.command({"GET", "key"}).text == std::string{"a\0b", 3}));
  BOOST_TEST(sut.command({"INCR", "n"}).integer == 1);
  auto list = sut.command({"MGET", "n", "none"});
  BOOST_TEST(list.items.size() == 2u);
  BOOST_TEST(list.items.at(0).text == "1");
  BOOST_TEST(list.items.at(1).is_nil());
  BOOST_TEST((sut.command({"NONSENSE"}).kind == redis_reply::kinds::error));
  sut.kill_hard();
  BOOST_TEST(!sut.running());
  BOOST_CHECK_THROW(sut.command({"PING"}), std::runtime_error);
  sut.restart();
  BOOST_TEST(sut.command({"GET", "key"}).is_nil());
}

BOOST_AUTO_TEST_CASE(redis_freezes_and_thaws) {
  redis_server sut;
  BOOST_TEST(answers_ping(sut.port()));
  sut.freeze();
  BOOST_TEST(!answers_ping(sut.port()));
  sut.thaw();
  BOOST_TEST(sut.command({"PING"}).text == "PONG");
}

BOOST_AUTO_TEST_CASE(redis_asks_for_its_password) {
  redis_server sut{"opensesame"};
  BOOST_TEST(sut.url() == "redis://:opensesame@127.0.0.1:" + std::to_string(sut.port()));
  BOOST_TEST(!answers_ping(sut.port()));
  BOOST_TEST(sut.command({"PING"}).text == "PONG");
}

BOOST_AUTO_TEST_SUITE_END()
