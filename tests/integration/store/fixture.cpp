#include "tests/integration/store/fixture.hpp"

#include "storage/sqlite_session.hpp"
#include "storage/sqlite_statement.hpp"

#include <array>
#include <atomic>

namespace tessera::test {

namespace {

constexpr std::string_view detail_columns[] = {
    "id_number",           "firstname",         "surname",           "email",     "cell_number", "province_code",
    "province_name",       "municipality_code", "municipality_name", "ward_code", "ward_number", "voting_station_id",
    "voting_station_name", "membership_status", "member_created_at"};

std::string next_database() {
  static std::atomic<int> next{1};
  return "store_" + std::to_string(next++);
}

std::unique_ptr<mysql_session> session_for(const mysql_address& address) {
  return must(mysql_session::open(address, {}));
}

} // namespace

id_number number_of(std::string_view digits) {
  auto number = id_number::from_digits(digits);
  BOOST_REQUIRE(number);
  return *number;
}

member_row some_member(std::uint64_t id, std::string_view digits) {
  return {.id = member_id{id},
          .number = number_of(digits),
          .firstname = "Nomvula",
          .surname = "Dlamini",
          .email = "nomvula@example.org",
          .cell_number = "0820000000",
          .province_code = "GP",
          .municipality_code = "JHB",
          .ward_code = "79800007",
          .voting_station_id = 100,
          .membership_status = "Active",
          .created = std::chrono::sys_days{std::chrono::year{2024} / 2 / 29} + std::chrono::milliseconds{45'296'007}};
}

void store_under_test::fill(std::span<const member_row> members) {
  must(store()->migrate());
  auto loader = must(store()->load());
  const std::array provinces{province_row{"GP", "Gauteng"}, province_row{"KZN", "KwaZulu-Natal"}};
  const std::array municipalities{municipality_row{"JHB", "City of Johannesburg", "GP"},
                                  municipality_row{"KZN225", "Msunduzi", "KZN"}};
  const std::array wards{ward_row{"79800007", "7", "JHB"}, ward_row{"52205011", "11", "KZN225"}};
  const std::array stations{voting_station_row{100, "Orlando West Primary", "79800007"},
                            voting_station_row{200, "Edendale Hall", "52205011"}};
  must(loader->add(std::span{provinces}));
  must(loader->add(std::span{municipalities}));
  must(loader->add(std::span{wards}));
  must(loader->add(std::span{stations}));
  must(loader->add(members));
  must(loader->finish());
}

std::string store_under_test::summary_differences() {
  bool sqlite = dynamic_cast<sqlite_under_test*>(this) != nullptr;
  std::string same;
  for (auto column : detail_columns) {
    auto name = std::string{column};
    auto sides = sqlite ? "s." + name + " IS v." + name
                        : "CAST(s." + name + " AS BINARY) <=> CAST(CONVERT(v." + name + " USING utf8mb4) AS BINARY)";
    if (name == "member_created_at" && !sqlite)
      sides = "s." + name + " <=> v." + name;
    same.append(same.empty() ? "" : " AND ").append(sides);
  }
  return value("SELECT (SELECT COUNT(*) FROM vw_member_details_optimized v LEFT JOIN member_cache_summary s "
               "ON s.member_id = v.member_id WHERE s.member_id IS NULL OR NOT ("
               + same
               + ")) + (SELECT COUNT(*) FROM member_cache_summary WHERE member_id NOT IN (SELECT member_id FROM "
                 "members))");
}

mariadb_server& shared_server() {
  static mariadb_server server;
  return server;
}

mysql_under_test::mysql_under_test() {
  address_ = {"127.0.0.1", shared_server().port(), "tessera", "secret", next_database(), tls_mode::off, ""};
  shared_server().execute("CREATE DATABASE " + address_.database + " CHARACTER SET utf8mb4");
  session_ = session_for(address_);
}

mysql_under_test::~mysql_under_test() {
  session_.reset();
  shared_server().execute("DROP DATABASE " + address_.database);
}

std::shared_ptr<member_store> mysql_under_test::store() {
  return make_member_store(address_, {});
}

void mysql_under_test::execute(const std::string& sql) {
  auto done = session_->execute(sql);
  if (!done)
    throw std::runtime_error(done.error().detail + ": " + session_->server_words());
}

std::string mysql_under_test::value(const std::string& sql) {
  auto rows = session_->query(sql);
  if (!rows)
    throw std::runtime_error(rows.error().detail + ": " + session_->server_words());
  return rows->empty() ? "" : rows->front().front().value_or("");
}

std::shared_ptr<member_store> sqlite_under_test::store() {
  return make_member_store(sqlite_address{file()}, {});
}

void sqlite_under_test::execute(const std::string& sql) {
  auto session = must(sqlite_session::open(file(), sqlite_session::mode::existing, std::chrono::seconds{5}));
  must(session->execute(sql));
}

std::string sqlite_under_test::value(const std::string& sql) {
  auto session = must(sqlite_session::open(file(), sqlite_session::mode::existing, std::chrono::seconds{5}));
  auto statement = must(sqlite_statement::prepare(*session, sql));
  auto rows = must(statement.fetch_texts());
  return rows.empty() ? "" : rows.front().front();
}

} // namespace tessera::test
