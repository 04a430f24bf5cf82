#include "storage/import/upsert_planner.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;

namespace {

constexpr std::string_view first = "8001015009087";
constexpr std::string_view second = "8512310001082";
constexpr std::string_view third = "9006155555087";

import_row row_of(std::uint64_t line, std::optional<member_id> id, std::string_view number, std::string name) {
  import_row row;
  row.line = line;
  row.id = id;
  row.number = *id_number::from_digits(number);
  row.values[import_column::firstname] = std::move(name);
  return row;
}

existing_member member_of(std::uint64_t id, std::string_view number, std::string name) {
  existing_member member{{id}, id_number::from_digits(number), {}};
  member.values[import_column::firstname] = std::move(name);
  member.values[import_column::surname] = "Kept";
  member.values[import_column::member_created_at] = "2020-01-01 00:00:00";
  return member;
}

upsert_planner::rules rules(bool numbered) {
  upsert_planner::rules made;
  made.columns[static_cast<std::size_t>(import_column::firstname)] = true;
  made.numbered_by_file = numbered;
  made.created = "2026-01-01 00:00:00";
  return made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(upsert_planner_test)

BOOST_AUTO_TEST_CASE(rows_are_new_changed_or_unchanged) {
  std::vector rows{row_of(2, {}, first, "A"), row_of(3, {}, second, "B"), row_of(4, {}, third, "C")};
  upsert_planner planner{rules(false)};
  auto plan = planner.plan(rows, {member_of(1, first, "A"), member_of(2, second, "Other")});
  BOOST_TEST(plan.unchanged == 1U);
  BOOST_TEST(plan.rejected.empty());
  BOOST_REQUIRE_EQUAL(plan.writes.size(), 2);
  BOOST_TEST(!plan.writes[0].is_new);
  BOOST_TEST(plan.writes[0].id->value == 2U);
  BOOST_TEST(plan.writes[0].created == "2020-01-01 00:00:00");
  BOOST_TEST(plan.writes[1].is_new);
  BOOST_TEST(!plan.writes[1].id);
  BOOST_TEST(plan.writes[1].created == "2026-01-01 00:00:00");
}

BOOST_AUTO_TEST_CASE(columns_that_the_file_lacks_change_nothing) {
  auto other = rules(false);
  auto member = member_of(1, first, "A");
  member.values[import_column::email] = "a@example.org";
  std::vector rows{row_of(2, {}, first, "A")};
  BOOST_TEST(upsert_planner{other}.plan(rows, {member}).unchanged == 1U);
  other.columns[static_cast<std::size_t>(import_column::email)] = true;
  BOOST_TEST(upsert_planner{other}.plan(rows, {member}).writes.size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_id_number_of_another_member_is_rejected) {
  std::vector rows{row_of(2, member_id{9}, first, "A")};
  auto plan = upsert_planner{rules(true)}.plan(rows, {member_of(1, first, "A")});
  BOOST_REQUIRE_EQUAL(plan.rejected.size(), 1);
  BOOST_TEST(plan.rejected[0].reason == "belongs to another member of the store");
  BOOST_TEST(plan.rejected[0].detail == "member_id 1");
}

BOOST_AUTO_TEST_CASE(an_id_number_may_be_taken_from_a_member_that_gave_it_up_before) {
  std::vector rows{row_of(2, member_id{1}, third, "A"), row_of(3, member_id{2}, first, "B")};
  std::vector existing{member_of(1, first, "A"), member_of(2, second, "B")};
  BOOST_TEST(upsert_planner{rules(true)}.plan(rows, existing).writes.size() == 2U);
  std::vector other_way{rows[1], rows[0]};
  auto plan = upsert_planner{rules(true)}.plan(other_way, existing);
  BOOST_TEST(plan.writes.size() == 1U);
  BOOST_TEST(plan.rejected.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_dry_run_remembers_what_earlier_batches_would_have_changed) {
  auto dry = rules(true);
  dry.dry_run = true;
  upsert_planner planner{dry};
  std::vector one{row_of(2, member_id{1}, third, "A")};
  std::vector two{row_of(3, member_id{2}, first, "B")};
  planner.plan(one, {member_of(1, first, "A")});
  auto plan = planner.plan(two, {member_of(1, first, "A"), member_of(2, second, "B")});
  BOOST_TEST(plan.writes.size() == 1U);
}

BOOST_AUTO_TEST_CASE(without_new_members_a_row_of_nobody_is_rejected) {
  auto none = rules(false);
  none.update_only = true;
  std::vector rows{row_of(2, {}, first, "A")};
  BOOST_TEST(upsert_planner{none}.plan(rows, {}).rejected.size() == 1U);
}

BOOST_AUTO_TEST_CASE(where_the_file_numbers_members_a_new_one_needs_a_number) {
  std::vector rows{row_of(2, {}, first, "A"), row_of(3, {}, second, "B")};
  auto plan = upsert_planner{rules(true)}.plan(rows, {member_of(1, first, "Other")});
  BOOST_TEST(plan.writes.size() == 1U);
  BOOST_REQUIRE_EQUAL(plan.rejected.size(), 1);
  BOOST_TEST(plan.rejected[0].line == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
