#include "storage/sample/fill.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

using namespace tessera;

namespace {

/// What reached the store, and where it should fail.
struct recording {
  std::vector<std::string> calls; ///< kinds of rows, repetitions left out
  std::set<std::string> provinces, municipalities, wards;
  std::set<std::uint64_t> stations;
  std::vector<member_row> members;
  std::size_t largest = 0;
  bool finished = false;
  std::string fail_at;
};

class recording_loader : public bulk_loader {
public:
  explicit recording_loader(recording& record) : record_(record) {
  }

  status add(std::span<const province_row> rows) override {
    for (const auto& row : rows)
      BOOST_TEST(record_.provinces.insert(row.code).second);
    return note("province", rows.size());
  }
  status add(std::span<const municipality_row> rows) override {
    for (const auto& row : rows) {
      BOOST_TEST(record_.provinces.contains(row.province_code));
      BOOST_TEST(record_.municipalities.insert(row.code).second);
    }
    return note("municipality", rows.size());
  }
  status add(std::span<const ward_row> rows) override {
    for (const auto& row : rows) {
      BOOST_REQUIRE(record_.municipalities.contains(row.municipality_code));
      BOOST_REQUIRE(record_.wards.insert(row.code).second);
    }
    return note("ward", rows.size());
  }
  status add(std::span<const voting_station_row> rows) override {
    for (const auto& row : rows) {
      BOOST_REQUIRE(record_.wards.contains(row.ward_code));
      BOOST_REQUIRE(record_.stations.insert(row.id).second);
    }
    return note("station", rows.size());
  }
  status add(std::span<const member_row> rows) override {
    for (const auto& row : rows) {
      BOOST_REQUIRE(record_.wards.contains(row.ward_code));
      BOOST_REQUIRE((!row.voting_station_id || record_.stations.contains(*row.voting_station_id)));
    }
    record_.members.insert(record_.members.end(), rows.begin(), rows.end());
    return note("member", rows.size());
  }
  status finish() override {
    record_.finished = true;
    return note("finish", 0);
  }

private:
  status note(const std::string& call, std::size_t rows) {
    BOOST_TEST((rows > 0 || call == "finish"));
    record_.largest = std::max(record_.largest, rows);
    if (record_.calls.empty() || record_.calls.back() != call)
      record_.calls.push_back(call);
    if (record_.fail_at == call)
      return failure{error_code::database_unavailable, call};
    return ok();
  }

  recording& record_;
};

class recording_store : public member_store {
public:
  explicit recording_store(recording& record) : record_(record) {
  }
  result<std::unique_ptr<store_connection>> connect() override {
    return failure{};
  }
  status check_schema() override {
    return ok();
  }
  result<std::vector<std::string>> migrate() override {
    return failure{};
  }
  result<std::unique_ptr<bulk_loader>> load() override {
    if (record_.fail_at == "load")
      return failure{error_code::database_unavailable, "load"};
    return std::unique_ptr<bulk_loader>{std::make_unique<recording_loader>(record_)};
  }
  result<std::unique_ptr<member_importer>> import() override {
    return failure{};
  }
  unsigned useful_connections() const noexcept override {
    return 1;
  }
  std::string describe() const override {
    return "recording";
  }

private:
  recording& record_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(fill_test)

BOOST_AUTO_TEST_CASE(geography_comes_first_and_finish_last) {
  recording record;
  recording_store store{record};
  auto report = fill_with_sample(store, 5'000, 1);
  BOOST_REQUIRE(report.has_value());
  BOOST_TEST(
      (record.calls == std::vector<std::string>{"province", "municipality", "ward", "station", "member", "finish"}));
  BOOST_TEST(record.finished);
  BOOST_TEST(record.largest <= 2'000u);
}

BOOST_AUTO_TEST_CASE(the_report_counts_what_was_written) {
  recording record;
  recording_store store{record};
  auto report = fill_with_sample(store, 4'001, 2);
  BOOST_REQUIRE(report.has_value());
  BOOST_TEST(report->provinces == 9u);
  BOOST_TEST(report->municipalities == 213u);
  BOOST_TEST(report->wards == record.wards.size());
  BOOST_TEST(report->voting_stations == record.stations.size());
  BOOST_TEST(report->members == 4'001u);
  BOOST_TEST(record.members.size() == 4'001u);
  auto active = std::ranges::count(record.members, "Active", &member_row::membership_status);
  BOOST_TEST(report->active == static_cast<std::size_t>(active));
  BOOST_TEST(report->took.count() > 0);
}

BOOST_AUTO_TEST_CASE(members_arrive_once_each_and_in_order) {
  recording record;
  recording_store store{record};
  BOOST_REQUIRE(fill_with_sample(store, 6'000, 3).has_value());
  for (std::size_t at = 0; at < record.members.size(); ++at)
    BOOST_REQUIRE_EQUAL(record.members[at].id.value, at + 1);
}

BOOST_AUTO_TEST_CASE(the_example_is_an_active_member_with_everything_present) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    recording record;
    recording_store store{record};
    auto report = fill_with_sample(store, 300, seed);
    BOOST_REQUIRE(report.has_value());
    BOOST_REQUIRE(report->example.has_value());
    auto found = std::ranges::find(record.members, *report->example, &member_row::number);
    BOOST_REQUIRE((found != record.members.end()));
    BOOST_TEST(found->membership_status == "Active");
    BOOST_TEST((found->email && found->cell_number && found->voting_station_id));
  }
}

BOOST_AUTO_TEST_CASE(a_sample_without_active_members_has_no_example) {
  struct row {
    std::uint64_t seed;
    bool active;
  };
  for (auto [seed, active] : {row{1, true}, row{26, false}}) { // one member each; that of 26 happens not to be active
    recording record;
    recording_store store{record};
    auto report = fill_with_sample(store, 1, seed);
    BOOST_REQUIRE(report.has_value());
    BOOST_REQUIRE_EQUAL(record.members.front().membership_status == "Active", active);
    BOOST_TEST(report->active == (active ? 1u : 0u));
    BOOST_TEST(report->example.has_value() == active);
  }
}

BOOST_AUTO_TEST_CASE(no_members_is_a_sample_too) {
  recording record;
  recording_store store{record};
  auto report = fill_with_sample(store, 0, 1);
  BOOST_REQUIRE(report.has_value());
  BOOST_TEST(report->members == 0u);
  BOOST_TEST(!report->example.has_value());
  BOOST_TEST(record.finished);
}

BOOST_AUTO_TEST_CASE(a_failure_of_the_store_ends_it_unfinished) {
  for (auto call : {"load", "province", "municipality", "ward", "station", "member", "finish"}) {
    recording record;
    record.fail_at = call;
    recording_store store{record};
    auto report = fill_with_sample(store, 5'000, 1);
    BOOST_REQUIRE(!report.has_value());
    BOOST_TEST((report.error() == failure{error_code::database_unavailable, call}));
    BOOST_TEST(record.finished == (std::string{call} == "finish"));
    BOOST_TEST((record.calls.empty() || record.calls.back() == call));
  }
}

BOOST_AUTO_TEST_CASE(more_members_than_there_are_numbers_are_refused) {
  recording record;
  recording_store store{record};
  auto report = fill_with_sample(store, 100'000'001, 1);
  BOOST_REQUIRE(!report.has_value());
  BOOST_TEST((report.error().code == error_code::validation));
  BOOST_TEST(record.calls.empty());
}

BOOST_AUTO_TEST_SUITE_END()
