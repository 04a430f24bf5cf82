#include "storage/member_store.hpp"

#include "tests/integration/store/fixture.hpp"

#include <algorithm>
#include <array>
#include <future>

/// What every kind of store promises about reissues and revocations of cards.
namespace tessera::test {

namespace {

using namespace std::chrono_literals;

constexpr utc_time some_time{1'700'000'000'123ms};

/// Migrates, and loads the members 1 to 3, of whom the last is not active.
void fill(store_under_test& kind) {
  std::array members{some_member(1, "8001015009087"), some_member(2, "8001015010085"), some_member(3, "8001015011083")};
  members.back().membership_status = "Expired";
  kind.fill(members);
}

member_card_state state_of(std::uint64_t id, card_state cards) {
  return {member_id{id}, cards};
}

card_revocation revocation_of(std::uint64_t id, std::string reason = "lost") {
  return {member_id{id}, std::move(reason), "key:aaaaaaaaaa", some_time};
}

template <class T>
error_code code_of(const result<T>& outcome) {
  return outcome ? error_code::none : outcome.error().code;
}

/// Puts a row there by hand.
void put_state(store_under_test& kind, std::uint64_t id, const std::string& epoch,
               const std::string& time = "'2026-01-31 08:05:09.007'") {
  kind.execute("INSERT INTO card_state (member_id, epoch, updated_at) VALUES (" + std::to_string(id) + ", " + epoch
               + ", " + time + ")");
}

void put_revocation(store_under_test& kind, std::uint64_t id, const std::string& epoch) {
  kind.execute("INSERT INTO revocations (member_id, epoch, reason, revoked_by, revoked_at) VALUES ("
               + std::to_string(id) + ", " + epoch + ", 'lost', 'cli', '2026-01-31 08:05:09.007')");
}

} // namespace

BOOST_AUTO_TEST_SUITE(store_cards)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_new_store_has_nothing_of_cards, Kind, both_kinds) {
  Kind kind;
  fill(kind);
  auto connection = must(kind.store()->connect());
  BOOST_TEST(must(connection->list_card_states()).empty());
  BOOST_TEST(must(connection->card_states_mark()) == "/");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(each_reissue_begins_the_next_epoch, Kind, both_kinds) {
  Kind kind;
  fill(kind);
  auto connection = must(kind.store()->connect());
  BOOST_TEST((must(connection->reissue_card(member_id{1}, some_time)) == card_state{2, some_time, 0}));
  BOOST_TEST((must(connection->reissue_card(member_id{1}, some_time + 1ms)) == card_state{3, some_time + 1ms, 0}));
  auto other = must(kind.store()->connect());
  BOOST_TEST((must(other->list_card_states()) == std::vector{state_of(1, {3, some_time + 1ms, 0})}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(cards_of_members_who_are_not_active_can_be_reissued_and_revoked, Kind, both_kinds) {
  Kind kind;
  fill(kind);
  auto connection = must(kind.store()->connect());
  BOOST_TEST((must(connection->reissue_card(member_id{3}, some_time)) == card_state{2, some_time, 0}));
  BOOST_TEST((must(connection->revoke_cards(revocation_of(3))) == card_state{2, some_time, 2}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_revocation_concerns_the_epoch_of_its_time, Kind, both_kinds) {
  Kind kind;
  fill(kind);
  auto connection = must(kind.store()->connect());
  BOOST_TEST((must(connection->revoke_cards(revocation_of(1))) == card_state{1, std::nullopt, 1}));
  BOOST_TEST((must(connection->reissue_card(member_id{1}, some_time)) == card_state{2, some_time, 1}));
  BOOST_TEST((must(connection->revoke_cards(revocation_of(1))) == card_state{2, some_time, 2}));
  BOOST_TEST((must(connection->reissue_card(member_id{1}, some_time + 1h)) == card_state{3, some_time + 1h, 2}));
  BOOST_TEST((must(connection->list_card_states()) == std::vector{state_of(1, {3, some_time + 1h, 2})}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_second_revocation_changes_nothing_but_is_kept, Kind, both_kinds) {
  Kind kind;
  fill(kind);
  auto connection = must(kind.store()->connect());
  must(connection->revoke_cards(revocation_of(2)));
  BOOST_TEST((must(connection->revoke_cards(revocation_of(2))) == card_state{1, std::nullopt, 1}));
  BOOST_TEST(kind.value("SELECT COUNT(*) FROM revocations") == "2");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_word_of_a_revocation_is_kept, Kind, both_kinds) {
  Kind kind;
  fill(kind);
  auto what = revocation_of(1, "Zoë's \\ \"card\"; DROP TABLE revocations; -- 😀");
  what.revoked_by = "o'neill\\";
  must(must(kind.store()->connect())->revoke_cards(what));
  BOOST_TEST(kind.value("SELECT reason FROM revocations") == what.reason);
  BOOST_TEST(kind.value("SELECT revoked_by FROM revocations") == what.revoked_by);
  BOOST_TEST(kind.value("SELECT revoked_at FROM revocations") == "2023-11-14 22:13:20.123");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(states_are_listed_by_member, Kind, both_kinds) {
  Kind kind;
  fill(kind);
  auto connection = must(kind.store()->connect());
  must(connection->revoke_cards(revocation_of(3)));
  must(connection->reissue_card(member_id{2}, some_time));
  must(connection->reissue_card(member_id{1}, some_time));
  must(connection->revoke_cards(revocation_of(1)));
  BOOST_TEST((must(connection->list_card_states())
              == std::vector{state_of(1, {2, some_time, 2}), state_of(2, {2, some_time, 0}),
                             state_of(3, {1, std::nullopt, 1})}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_mark_changes_with_each_reissue_and_revocation_and_with_nothing_else, Kind,
                              both_kinds) {
  Kind kind;
  fill(kind);
  auto reader = must(kind.store()->connect());
  auto writer = must(kind.store()->connect());
  std::vector<std::string> marks{must(reader->card_states_mark())};
  auto look = [&] {
    marks.push_back(must(reader->card_states_mark()));
    BOOST_TEST(must(reader->card_states_mark()) == marks.back());
  };
  must(writer->reissue_card(member_id{1}, some_time));
  look();
  must(writer->reissue_card(member_id{1}, some_time + 1ms));
  look();
  must(writer->reissue_card(member_id{2}, some_time + 2ms));
  look();
  must(writer->revoke_cards(revocation_of(1)));
  look();
  must(writer->revoke_cards(revocation_of(1)));
  look();
  BOOST_TEST((code_of(writer->reissue_card(member_id{99}, some_time + 3ms)) == error_code::not_found));
  BOOST_TEST(must(reader->card_states_mark()) == marks.back());
  std::ranges::sort(marks);
  BOOST_TEST((std::ranges::adjacent_find(marks) == marks.end()));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_unknown_member_has_no_cards, Kind, both_kinds) {
  Kind kind;
  fill(kind);
  auto connection = must(kind.store()->connect());
  for (std::uint64_t id : {std::uint64_t{99}, max_card_member + 1}) {
    BOOST_TEST((code_of(connection->reissue_card(member_id{id}, some_time)) == error_code::not_found));
    BOOST_TEST((code_of(connection->revoke_cards(revocation_of(id))) == error_code::not_found));
  }
  BOOST_TEST(must(connection->list_card_states()).empty());
  must(connection->reissue_card(member_id{1}, some_time)); // the connection is none the worse
}

BOOST_AUTO_TEST_CASE_TEMPLATE(nothing_is_written_for_members_who_can_have_no_cards, Kind, both_kinds) {
  Kind kind;
  kind.fill(
      std::array{some_member(max_card_member, "8001015009087"), some_member(max_card_member + 1, "8001015010085")});
  auto connection = must(kind.store()->connect());
  BOOST_TEST((code_of(connection->reissue_card(member_id{max_card_member + 1}, some_time)) == error_code::conflict));
  BOOST_TEST((code_of(connection->revoke_cards(revocation_of(max_card_member + 1))) == error_code::conflict));
  BOOST_TEST(must(connection->list_card_states()).empty());
  must(connection->reissue_card(member_id{max_card_member}, some_time));
  BOOST_TEST((must(connection->revoke_cards(revocation_of(max_card_member))) == card_state{2, some_time, 2}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_last_epoch_has_no_next_one, Kind, both_kinds) {
  Kind kind;
  fill(kind);
  auto connection = must(kind.store()->connect());
  put_state(kind, 1, "65534");
  card_state last{last_card_epoch, some_time, 0};
  BOOST_TEST((must(connection->reissue_card(member_id{1}, some_time)) == last));
  auto mark = must(connection->card_states_mark());
  auto refused = connection->reissue_card(member_id{1}, some_time + 1h);
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == error_code::conflict));
  BOOST_TEST(refused.error().detail == "there can be no further card of this member");
  BOOST_TEST((must(connection->list_card_states()) == std::vector{state_of(1, last)}));
  BOOST_TEST(must(connection->card_states_mark()) == mark);
  last.revoked_up_to = last_card_epoch;
  BOOST_TEST((must(connection->revoke_cards(revocation_of(1))) == last));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_odd_epoch_is_neither_raised_nor_revoked, Kind, both_kinds) {
  Kind kind;
  fill(kind);
  auto connection = must(kind.store()->connect());
  for (std::string epoch : {"0", "65536", "4294967295"}) {
    BOOST_TEST_CONTEXT(epoch) {
      put_state(kind, 1, epoch);
      BOOST_TEST((code_of(connection->reissue_card(member_id{1}, some_time)) == error_code::conflict));
      BOOST_TEST((code_of(connection->revoke_cards(revocation_of(1))) == error_code::conflict));
      BOOST_TEST(kind.value("SELECT epoch FROM card_state") == epoch);
      BOOST_TEST(kind.value("SELECT COUNT(*) FROM revocations") == "0");
      kind.execute("DELETE FROM card_state");
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_odd_row_is_not_left_out_but_fails, Kind, both_kinds) {
  Kind kind;
  fill(kind);
  auto connection = must(kind.store()->connect());
  must(connection->reissue_card(member_id{2}, some_time));
  auto check_failure = [&](const char* what) {
    BOOST_TEST_CONTEXT(what) {
      auto all = connection->list_card_states();
      BOOST_REQUIRE(!all.has_value());
      BOOST_TEST((all.error().code == error_code::internal));
      BOOST_TEST(all.error().detail == "a row of card_state or revocations holds no state of a card");
    }
  };
  for (auto* epoch : {"0", "65536"}) {
    put_state(kind, 1, epoch);
    check_failure(epoch);
    kind.execute("DELETE FROM card_state WHERE member_id = 1");
  }
  put_state(kind, max_member_id + 1, "2");
  check_failure("member id");
  kind.execute("DELETE FROM card_state WHERE member_id > 3");
  put_revocation(kind, 1, "65536");
  check_failure("revocation");
  kind.execute("DELETE FROM revocations");
  BOOST_TEST((must(connection->list_card_states()) == std::vector{state_of(2, {2, some_time, 0})}));
}

/// SQLite alone lets such values in.
BOOST_AUTO_TEST_CASE(a_text_in_place_of_a_number_or_a_time_fails) {
  sqlite_under_test kind;
  fill(kind);
  auto connection = must(kind.store()->connect());
  const std::pair<const char*, const char*> odd[] = {
      {"'many'", "'2026-01-31 08:05:09.007'"}, {"-1", "'2026-01-31 08:05:09.007'"}, {"2", "'then'"}, {"2.5", "''"}};
  for (auto [epoch, time] : odd) {
    put_state(kind, 1, epoch, time);
    BOOST_TEST((code_of(connection->list_card_states()) == error_code::internal), epoch << " " << time);
    kind.execute("DELETE FROM card_state");
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(reissues_at_once_each_begin_an_epoch_of_their_own, Kind, both_kinds) {
  Kind kind;
  fill(kind);
  constexpr int writers = 4;
  constexpr int reissues = 12;
  std::vector<std::future<std::vector<card_epoch>>> running;
  for (int i = 0; i < writers; ++i)
    running.push_back(std::async(std::launch::async, [connection = must(kind.store()->connect())] {
      std::vector<card_epoch> epochs;
      for (int n = 0; n < reissues; ++n)
        epochs.push_back(must(connection->reissue_card(member_id{1}, some_time)).epoch);
      return epochs;
    }));
  for (auto& one : running) {
    auto epochs = one.get();
    // Each sees its own, or a later one of another.
    BOOST_TEST((std::ranges::adjacent_find(epochs, std::greater_equal{}) == epochs.end()));
  }
  auto all = must(must(kind.store()->connect())->list_card_states());
  BOOST_TEST((all == std::vector{state_of(1, {1 + writers * reissues, some_time, 0})}));
}

BOOST_AUTO_TEST_CASE(the_index_for_the_mark_is_made_once_and_again_if_it_is_gone) {
  mysql_under_test kind;
  fill(kind);
  must(must(kind.store()->connect())->reissue_card(member_id{1}, some_time));
  auto repeat = [&] {
    kind.execute("DELETE FROM schema_migrations WHERE version = '0008'");
    BOOST_TEST((must(kind.store()->migrate()) == std::vector<std::string>{"0008"}));
    BOOST_TEST(kind.value("SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() "
                          "AND table_name = 'card_state' AND index_name = 'idx_card_state_updated'")
               == "1");
  };
  repeat();
  kind.execute("DROP INDEX idx_card_state_updated ON card_state");
  repeat();
  BOOST_TEST(must(must(kind.store()->connect())->list_card_states()).size() == 1u);
}

/// The account that docs/operations.md names for the service: what it may do suffices.
BOOST_AUTO_TEST_CASE(an_account_for_the_service_needs_no_more_than_documented) {
  mysql_under_test kind;
  fill(kind);
  auto database = kind.address().database;
  auto run = [&](const std::string& sql) { shared_server().execute(sql); };
  run("CREATE USER 'cards'@'%' IDENTIFIED BY 'secret'");
  run("GRANT SELECT ON " + database + ".* TO 'cards'@'%'");
  run("GRANT INSERT, UPDATE ON " + database + ".card_state TO 'cards'@'%'");
  run("GRANT INSERT ON " + database + ".revocations TO 'cards'@'%'");
  auto address = kind.address();
  address.user = "cards";
  auto connection = must(make_member_store(address, {})->connect());
  must(connection->reissue_card(member_id{1}, some_time));
  must(connection->reissue_card(member_id{1}, some_time));
  must(connection->revoke_cards(revocation_of(1)));
  BOOST_TEST(must(connection->card_states_mark()) == "2023-11-14 22:13:20.123/1");
  BOOST_TEST((must(connection->list_card_states()) == std::vector{state_of(1, {3, some_time, 3})}));
  run("DROP USER 'cards'@'%'");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tessera::test
