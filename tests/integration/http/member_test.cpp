#include "tests/integration/http/http_client.hpp"
#include "tests/integration/http/shared_service.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdio>

using namespace tessera::test;

namespace {

constexpr auto view_of = "SELECT * FROM vw_member_details_optimized WHERE id_number = ";

/// Returns an SQL time of the store as the API writes it, `days` later; SQLite does the calculation.
std::string api_time(const std::string& stored, int days) {
  return shared_store()
      .query("SELECT strftime('%Y-%m-%dT%H:%M:%fZ', '" + stored + "', '+" + std::to_string(days) + " days') AS shown")
      .at(0)
      .at("shown");
}

std::string padded(const std::string& member_id) {
  return "MEM" + std::string(member_id.size() < 6 ? 6 - member_id.size() : 0, '0') + member_id;
}

/// Asserts the whole error answer: the predecessor's envelope and the members of RFC 9457.
void check_problem(const raw_response& answer, int status, const std::string& code, const std::string& message,
                   const std::string& method, const std::string& path) {
  BOOST_TEST(answer.status == status);
  BOOST_TEST(header(answer, "Content-Type").starts_with("application/problem+json"));
  json_document body{answer};
  BOOST_TEST(!body.truth("/success"));
  BOOST_TEST(body.text("/error/code") == code);
  BOOST_TEST(body.text("/error/message") == message);
  BOOST_TEST(is_timestamp(body.text("/error/timestamp")));
  BOOST_TEST(body.text("/error/path") == path);
  BOOST_TEST(body.text("/error/method") == method);
  BOOST_TEST(body.whole("/status") == static_cast<unsigned>(status));
  BOOST_TEST(!body.text("/title").empty());
  BOOST_TEST(body.text("/detail") == message);
  BOOST_TEST(body.text("/instance") == header(answer, "X-Request-Id"));
  auto explained = get(shared_port(), body.text("/type"));
  BOOST_TEST(explained.status == 200);
  BOOST_TEST(explained.body.find(code) != std::string::npos);
}

const std::string masked = member_path + "*************";

} // namespace

BOOST_AUTO_TEST_SUITE(member_test)

BOOST_AUTO_TEST_CASE(every_active_member_is_answered_as_the_store_has_them) {
  const std::vector<std::string> fields{
      "member_id",       "membership_number", "first_name",        "last_name",   "email",
      "phone_number",    "province_name",     "municipality_name", "ward_number", "voting_station_name",
      "membership_type", "join_date",         "expiry_date",       "id_number"};
  raw_connection connection{shared_port()};
  bool some_without_station = false;
  bool some_with_diacritics = false;
  for (const auto& number : shared_store().active()) {
    auto row = shared_store().query(view_of + ("'" + number + "'")).at(0);
    connection.send(request("GET", member_path + number));
    auto answer = connection.read_response();
    BOOST_TEST_REQUIRE(answer.status == 200);
    BOOST_TEST(header(answer, "Content-Type").starts_with("application/json"));
    json_document body{answer};
    BOOST_TEST(body.names("") == (std::vector<std::string>{"success", "message", "data", "timestamp"}),
               boost::test_tools::per_element());
    BOOST_TEST(body.truth("/success"));
    BOOST_TEST(body.text("/message") == "Member retrieved successfully");
    BOOST_TEST(is_timestamp(body.text("/timestamp")));
    BOOST_TEST(body.names("/data") == fields, boost::test_tools::per_element());
    BOOST_TEST(std::to_string(body.whole("/data/member_id")) == row["member_id"]);
    BOOST_TEST(body.text("/data/membership_number") == padded(row["member_id"]));
    BOOST_TEST(body.text("/data/first_name") == row["firstname"]);
    BOOST_TEST(body.text("/data/last_name") == row["surname"]);
    BOOST_TEST(body.text("/data/email") == row["email"]);
    BOOST_TEST(body.text("/data/phone_number") == row["cell_number"]);
    BOOST_TEST(body.text("/data/province_name") == row["province_name"]);
    BOOST_TEST(body.text("/data/municipality_name") == row["municipality_name"]);
    BOOST_TEST(body.text("/data/ward_number") == row["ward_number"]);
    auto station = row["voting_station_name"];
    BOOST_TEST(body.text("/data/voting_station_name") == (station.empty() ? "Not Available" : station));
    BOOST_TEST(body.text("/data/membership_type") == "Standard");
    BOOST_TEST(body.text("/data/join_date") == api_time(row["member_created_at"], 0));
    BOOST_TEST(body.text("/data/expiry_date") == api_time(row["member_created_at"], 365));
    BOOST_TEST(body.text("/data/id_number") == number);
    some_without_station |= station.empty();
    for (char c : row["firstname"] + row["surname"])
      some_with_diacritics |= (c & 0x80) != 0;
  }
  BOOST_TEST(some_without_station);
  BOOST_TEST(some_with_diacritics);
}

BOOST_AUTO_TEST_CASE(unknown_and_inactive_members_are_not_found) {
  auto inactive = shared_store().query("SELECT id_number FROM members WHERE membership_status <> 'Active'");
  BOOST_TEST_REQUIRE(!inactive.empty());
  for (const auto& number : {std::string{unknown_number}, inactive[0].at("id_number"), std::string{"0000000000000"}})
    for (int again = 0; again < 2; ++again) // the second is answered from the cache
      check_problem(get(shared_port(), member_path + number), 404, "NOT_FOUND", "Member not found", "GET", masked);
}

BOOST_AUTO_TEST_CASE(what_is_not_13_digits_is_refused) {
  for (std::string wrong : {"1", "800101500908", "80010150090877", "800101500908x", "8001015009-87", "abc",
                            "8001015009%2087", "%00", "-800101500908", "8001015009087.0"}) {
    BOOST_TEST_CONTEXT(wrong) {
      auto answer = get(shared_port(), member_path + wrong);
      json_document body{answer};
      check_problem(answer, 400, "VALIDATION_ERROR", "ID number must be exactly 13 digits", "GET",
                    body.text("/error/path"));
      BOOST_TEST(body.text("/errors/0/pointer") == "/idNumber");
      BOOST_TEST(!body.text("/errors/0/detail").empty());
      BOOST_TEST(digit_runs(answer.body).empty());
    }
  }
  auto short_by_one = json_document{get(shared_port(), member_path + "800101500908")};
  BOOST_TEST(short_by_one.text("/errors/0/detail").find("leading zeros") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(digits_may_be_percent_encoded_and_the_route_written_loosely) {
  const auto& number = shared_store().number(0);
  std::string encoded;
  for (char c : number)
    encoded += std::string{"%3"} + c;
  for (const auto& path : {member_path + encoded, member_path + number + "/", member_path + number + "?a=b",
                           "/API/v1/Optimized-Cards/Member/" + number}) {
    auto answer = get(shared_port(), path);
    BOOST_TEST_CONTEXT(path) {
      BOOST_TEST(answer.status == 200);
    }
  }
}

BOOST_AUTO_TEST_CASE(strict_checking_applies_to_the_predecessors_route_where_it_is_configured) {
  own_service sut{{"--id-number-strict"}};
  BOOST_TEST(get(sut.port(), member_path + shared_store().number(0)).status == 200);
  struct wrong {
    const char* number;
    const char* reason;
  };
  for (const auto& each : {wrong{"8001015009086", "BAD_CHECK_DIGIT"}, wrong{"8013015009087", "BAD_DATE"},
                           wrong{"8001015009387", "BAD_CITIZENSHIP"}}) {
    auto answer = get(sut.port(), member_path + each.number);
    BOOST_TEST(answer.status == 400);
    BOOST_TEST(json_document{answer}.text("/errors/0/detail").starts_with(each.reason));
  }
}

BOOST_AUTO_TEST_CASE(a_lookup_keeps_the_number_out_of_the_url) {
  const auto& number = shared_store().number(1);
  auto by_path = json_document{get(shared_port(), member_path + number)};
  for (const char* method : {"POST", "QUERY"}) {
    for (const auto& written : {number, number.substr(0, 6) + " " + number.substr(6, 4) + "-" + number.substr(10)}) {
      auto answer = ask(shared_port(), json_request(method, lookup_path, R"({"id_number":")" + written + "\"}"));
      BOOST_TEST_REQUIRE(answer.status == 200);
      json_document body{answer};
      BOOST_TEST(body.text("/message") == "Member retrieved successfully");
      BOOST_TEST(body.text("/data/id_number") == number);
      BOOST_TEST(body.names("/data") == by_path.names("/data"), boost::test_tools::per_element());
      BOOST_TEST(body.whole("/data/member_id") == by_path.whole("/data/member_id"));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_lookups_body_may_come_in_chunks) {
  const auto& number = shared_store().number(1);
  auto body = R"({"id_number":")" + number + "\"}";
  auto chunked = request("POST", lookup_path, "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n");
  chunked += "5\r\n" + body.substr(0, 5) + "\r\n";
  char size[8];
  std::snprintf(size, sizeof size, "%zx", body.size() - 5);
  chunked += std::string{size} + ";x=y\r\n" + body.substr(5) + "\r\n0\r\nTrailer: 1\r\n\r\n";
  raw_connection connection{shared_port()};
  connection.send(chunked + request("GET", ready_path));
  auto answer = connection.read_response();
  BOOST_TEST_REQUIRE(answer.status == 200);
  BOOST_TEST(json_document{answer}.text("/data/id_number") == number);
  BOOST_TEST(connection.read_response().status == 200);
}

BOOST_AUTO_TEST_CASE(a_bad_lookup_names_what_is_wrong) {
  struct bad {
    const char* body;
    const char* pointer;
    const char* detail; ///< its beginning
  };
  for (const auto& each : {
           bad{"", "", "The body is not valid JSON"},
           bad{"{", "", "The body is not valid JSON"},
           bad{"\xff", "", "The body is not valid JSON"},
           bad{"[]", "", "The body must be a JSON object"},
           bad{"{}", "/id_number", "id_number is required"},
           bad{R"({"id_number":8001015009087})", "/id_number", "id_number must be a string"},
           bad{R"({"id_number":"80010150"})", "/id_number", "NOT_13_DIGITS"},
           bad{R"({"id_number":"80010150090"})", "/id_number", "NOT_13_DIGITS"},
           bad{R"({"id_number":"8013015009087"})", "/id_number", "BAD_DATE"},
           bad{R"({"id_number":"8001015009387"})", "/id_number", "BAD_CITIZENSHIP"},
           bad{R"({"id_number":"8001015009086"})", "/id_number", "BAD_CHECK_DIGIT"},
       }) {
    for (const char* method : {"POST", "QUERY"}) {
      BOOST_TEST_CONTEXT(method << " " << each.body) {
        auto answer = ask(shared_port(), json_request(method, lookup_path, each.body));
        json_document body{answer};
        check_problem(answer, 400, "VALIDATION_ERROR", body.text("/error/message"), method, lookup_path);
        BOOST_TEST(body.text("/errors/0/pointer") == each.pointer);
        BOOST_TEST(body.text("/errors/0/detail").starts_with(each.detail));
        BOOST_TEST(digit_runs(answer.body).empty());
      }
    }
  }
  auto answer = ask(shared_port(), json_request("POST", lookup_path, R"({"id_number":"80010150090"})"));
  BOOST_TEST(json_document{answer}.text("/error/message").find("leading zeros") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_lookup_takes_json_only) {
  auto body = R"({"id_number":")" + shared_store().number(1) + "\"}";
  auto typed = [&](const std::string& type) {
    return ask(shared_port(),
               request("POST", lookup_path,
                       "Content-Type: " + type + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n")
                   + body);
  };
  check_problem(typed("text/plain"), 415, "UNSUPPORTED_MEDIA_TYPE", "The request body must be application/json", "POST",
                lookup_path);
  BOOST_TEST(typed("application/jsonx").status == 415);
  BOOST_TEST(typed("application/x-www-form-urlencoded").status == 415);
  BOOST_TEST(typed("Application/JSON; charset=utf-8").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
