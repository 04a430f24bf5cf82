#include "guard/api_key.hpp"
#include "storage/card_key_file.hpp"
#include "tests/integration/http/program_run.hpp"
#include "tests/integration/http/sample_store.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/tessera_process.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sodium.h>

using namespace std::chrono_literals;
using namespace tessera::test;

namespace {

/// A store of its own and `tessera keys` on it.
struct keys_fixture {
  program_end keys(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "keys");
    arguments.insert(arguments.end(), {"--store", store.url()});
    return run_program(arguments);
  }

  /// Makes a key and returns its text.
  std::string create(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"create", "--name", "portal", "--scopes", "lookup,verify"});
    auto end = keys(std::move(more));
    BOOST_REQUIRE_EQUAL(end.code, 0);
    return end.output.substr(0, end.output.find('\n'));
  }

  sql_row only_row() const {
    auto rows = store.query("SELECT *, hex(key_hash) AS hash FROM api_keys");
    BOOST_REQUIRE_EQUAL(rows.size(), 1u);
    return rows[0];
  }

  sample_store store;
};

std::string id_of(const std::string& key) {
  return std::string{tessera::read_api_key(key).id.text()};
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(keys_test, keys_fixture)

BOOST_AUTO_TEST_CASE(a_new_key_is_all_that_standard_output_gets) {
  auto end = keys({"create", "--name", "Zoë's portal", "--scopes", "verify, lookup", "--limit-multiplier", "20"});
  BOOST_TEST(end.code == 0);
  BOOST_REQUIRE_EQUAL(end.output.size(), tessera::api_key_length + 1);
  auto key = end.output.substr(0, tessera::api_key_length);
  BOOST_TEST(end.output == key + "\n");
  auto read = tessera::read_api_key(key);
  BOOST_REQUIRE((read.what == tessera::credentials::kind::key));

  auto row = only_row();
  BOOST_TEST(row.at("key_id") == id_of(key));
  BOOST_TEST(row.at("name") == "Zoë's portal");
  BOOST_TEST(row.at("scopes") == "lookup,verify");
  BOOST_TEST(row.at("limit_multiplier") == "20");
  BOOST_TEST(row.at("expires_at") == "");
  BOOST_TEST(row.at("revoked_at") == "");
  std::string hex(2 * read.hash.size() + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), read.hash.data(), read.hash.size());
  hex.pop_back();
  std::ranges::transform(hex, hex.begin(), [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  BOOST_TEST(row.at("hash") == hex);

  BOOST_TEST(holds(end.errors, id_of(key)));
  BOOST_TEST(holds(end.errors, "not shown again"));
  BOOST_TEST(!holds(end.errors, key));
}

BOOST_AUTO_TEST_CASE(the_first_key_comes_with_a_warning) {
  BOOST_TEST(holds(keys({"create", "--name", "a", "--scopes", "lookup"}).errors, "first"));
  BOOST_TEST(!holds(keys({"create", "--name", "b", "--scopes", "lookup"}).errors, "first"));
}

BOOST_AUTO_TEST_CASE(no_two_keys_are_the_same) {
  auto one = create();
  auto two = create();
  BOOST_TEST(one != two);
  BOOST_TEST(id_of(one) != id_of(two));
}

BOOST_AUTO_TEST_CASE(the_list_shows_everything_but_what_is_secret) {
  auto one = create({"--expires", "2090-01-31T18:00"});
  auto two = create();
  BOOST_TEST(keys({"revoke", id_of(one)}).code == 0);
  auto list = keys({"list"});
  BOOST_TEST(list.code == 0);
  BOOST_TEST(list.errors == "");
  BOOST_TEST(std::ranges::count(list.output, '\n') == 3);
  for (auto part : {id_of(one), id_of(two), std::string{"lookup,verify"}, std::string{"portal"},
                    std::string{"2090-01-31T18:00:00.000Z"}})
    BOOST_TEST(holds(list.output, part), list.output << " lacks " << part);
  for (const auto& row : store.query("SELECT hex(key_hash) AS hash FROM api_keys"))
    BOOST_TEST(!holds(list.output, row.at("hash").substr(0, 8)));
  for (const auto& key : {one, two})
    BOOST_TEST(!holds(list.output, key.substr(16, 12)));
}

BOOST_AUTO_TEST_CASE(a_name_cannot_forge_the_list) {
  store.query("INSERT INTO api_keys (key_id, key_hash, name, scopes, created_at) VALUES ('by hand', x'00', 'a' || "
              "char(10) || 'b', '', '')");
  BOOST_TEST(std::ranges::count(keys({"list"}).output, '\n') == 2);
}

BOOST_AUTO_TEST_CASE(a_key_is_revoked_for_good) {
  auto key = create();
  auto first = keys({"revoke", id_of(key)});
  BOOST_TEST(first.code == 0);
  BOOST_TEST(holds(first.output, id_of(key)));
  auto revoked = only_row().at("revoked_at");
  BOOST_TEST(revoked != "");
  auto second = keys({"revoke", id_of(key)});
  BOOST_TEST(second.code == 0);
  BOOST_TEST(holds(second.output, "before"));
  BOOST_TEST(only_row().at("revoked_at") == revoked);
}

BOOST_AUTO_TEST_CASE(every_change_is_in_the_audit_log) {
  auto key = create();
  keys({"revoke", id_of(key)});
  keys({"revoke", id_of(key)}); // changes nothing
  keys({"list"});
  auto lines = store.query("SELECT action, subject, actor FROM audit_log ORDER BY audit_id");
  BOOST_REQUIRE_EQUAL(lines.size(), 2u);
  BOOST_TEST((lines[0] == sql_row{{"action", "key.create"}, {"subject", id_of(key)}, {"actor", "cli"}}));
  BOOST_TEST((lines[1] == sql_row{{"action", "key.revoke"}, {"subject", id_of(key)}, {"actor", "cli"}}));
}

BOOST_AUTO_TEST_CASE(a_key_without_a_line_in_the_audit_log_is_not_made) {
  store.query("DROP TABLE audit_log");
  check_sentence(keys({"create", "--name", "a", "--scopes", "lookup"}), {"No key was made"});
  BOOST_TEST(store.query("SELECT * FROM api_keys").empty());
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_said_in_a_sentence) {
  auto create_with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), "create");
    return keys(more);
  };
  check_sentence(run_program({"keys"}), {"subcommand"});
  check_sentence(keys({"lst"}), {"lst"});
  check_sentence(create_with({"--scopes", "lookup"}), {"--name"});
  check_sentence(create_with({"--name", "a"}), {"--scopes"});
  check_sentence(create_with({"--name", "", "--scopes", "lookup"}), {"--name"});
  check_sentence(create_with({"--name", "a\nb", "--scopes", "lookup"}), {"--name"});
  check_sentence(create_with({"--name", std::string(256, 'a'), "--scopes", "lookup"}), {"--name"});
  check_sentence(create_with({"--name", "a", "--scopes", "lookup,lokup"}), {"--scopes", "\"lokup\"", "operate"});
  check_sentence(create_with({"--name", "a", "--scopes", ""}), {"--scopes", "lookup"});
  for (auto* number : {"0", "1001", "-1", "many"})
    check_sentence(create_with({"--name", "a", "--scopes", "lookup", "--limit-multiplier", number}),
                   {"--limit-multiplier"});
  for (auto* date : {"soon", "2090-02-31", "2090-13-01", "31.1.2090", "2020-01-31"})
    check_sentence(create_with({"--name", "a", "--scopes", "lookup", "--expires", date}), {"--expires"});
  BOOST_TEST(store.query("SELECT * FROM api_keys").empty());

  check_sentence(keys({"revoke", "aaaaaaaaaa"}), {"aaaaaaaaaa", "no such key"});
  check_sentence(keys({"revoke"}), {"id"});
  check_sentence(run_program({"keys", "list", "--store", "sqlite:missing.sqlite"}),
                 {"missing.sqlite", "tessera migrate"});
}

BOOST_AUTO_TEST_CASE(a_key_that_is_given_for_its_id_is_not_repeated) {
  auto key = create();
  auto end = keys({"revoke", key});
  check_sentence(end, {"id", "tessera keys list"});
  BOOST_TEST(!holds(end.errors, key));
  BOOST_TEST(only_row().at("revoked_at") == "");
}

BOOST_AUTO_TEST_CASE(a_new_key_that_signs_cards_is_put_behind_those_before) {
  temp_dir dir;
  auto file = (dir / "card.keys").string();
  std::vector<tessera::card_key_id> made;
  for (int i = 0; i < 2; ++i) {
    auto end = run_program({"keys", "rotate", "--card-keys", file});
    BOOST_TEST(end.code == 0);
    BOOST_REQUIRE_EQUAL(end.output.size(), 9u);
    auto id = tessera::card_key_id::parse(end.output.substr(0, 8));
    BOOST_REQUIRE(id.has_value());
    BOOST_TEST(holds(end.errors, id->text()));
    made.push_back(*id);
  }
  auto keys = tessera::load_card_keys(file);
  BOOST_REQUIRE(keys.has_value());
  BOOST_REQUIRE_EQUAL(keys->all().size(), 2u);
  BOOST_TEST((keys->all()[0].id == made[0]));
  BOOST_TEST((keys->signing_id() == made[1]));
  check_sentence(run_program({"keys", "rotate"}), {"--card-keys"});
  check_sentence(run_program({"keys", "rotate", "--card-keys", dir.path().string()}),
                 {"No card key was made", "regular file"});
}

BOOST_AUTO_TEST_CASE(a_running_service_learns_of_keys) {
  tessera_process service{{"--store", store.url()}};
  auto key = create();
  BOOST_TEST(eventually(20s, [&] { return holds(service.log(), "the API keys have changed, there are 1"); }));
  BOOST_TEST(service.stop() == 0);
  BOOST_TEST(!holds(service.log(), key.substr(16, 12)));
}

BOOST_AUTO_TEST_SUITE_END()
