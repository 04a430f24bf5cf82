#include "tests/integration/import/import_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;
using namespace tessera::test;

namespace {

constexpr std::string_view members = "ID No;Name;Surname;E-mail;Status\r\n"
                                     "8001015009087;Zoë;van Wyk;zoe@example.org;active\r\n"
                                     "506071234088;\"Sipho \"\"S\"\"\";Dlamini;;Active\r\n"
                                     "9006155555087;Thandi;;t@example.org;Expired\r\n";

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(import_test)

BOOST_AUTO_TEST_CASE(a_dry_run_says_what_would_be_done_and_changes_nothing) {
  with_each_store([](import_store& store) {
    import_command import{store};
    auto file = import.write("members.csv", members);
    auto before = store.value("SELECT COUNT(*) FROM audit_log");
    auto done = import.run({file, "--dry-run"});
    BOOST_TEST(done.code == 0, done.output);
    BOOST_TEST(holds(done.output, "3 rows: 3 new, 0 changed, 0 unchanged, 0 rejected"), done.output);
    BOOST_TEST(store.value("SELECT COUNT(*) FROM members") == "0");
    BOOST_TEST(store.value("SELECT COUNT(*) FROM import_progress") == "0");
    BOOST_TEST(store.value("SELECT COUNT(*) FROM audit_log") == before);
  });
}

BOOST_AUTO_TEST_CASE(members_are_added_then_changed_and_what_the_file_lacks_stays) {
  with_each_store([](import_store& store) {
    import_command import{store};
    auto done = import.run({import.write("members.csv", members)});
    BOOST_TEST(done.code == 0, done.output);
    BOOST_TEST(holds(done.output, "1 ID number has its zeros in front again"), done.output);
    BOOST_TEST(store.value("SELECT surname FROM members WHERE id_number = '0506071234088'") == "Dlamini");
    BOOST_TEST(store.value("SELECT COUNT(*) FROM member_cache_summary") == "3");

    auto again = import.run({import.path("members.csv")});
    BOOST_TEST(holds(again.output, "3 rows: 0 new, 0 changed, 3 unchanged, 0 rejected"), again.output);

    auto changes = store.value("SELECT COUNT(*) FROM member_changes");
    auto part = import.run({import.write("part.csv", "id_number,name\n8001015009087,Zoey\n9006155555087,Thandi\n")});
    BOOST_TEST(holds(part.output, "2 rows: 0 new, 1 changed, 1 unchanged, 0 rejected"), part.output);
    BOOST_TEST(store.value("SELECT firstname FROM members WHERE id_number = '8001015009087'") == "Zoey");
    BOOST_TEST(store.value("SELECT email FROM members WHERE id_number = '8001015009087'") == "zoe@example.org");
    BOOST_TEST(store.value("SELECT firstname FROM member_cache_summary WHERE id_number = '8001015009087'") == "Zoey");
    BOOST_TEST(store.value("SELECT COUNT(*) FROM member_changes") != changes);
    BOOST_TEST(store.value("SELECT COUNT(*) FROM audit_log WHERE action = 'member.import'") == "6");
    BOOST_TEST(store.value("SELECT COUNT(*) FROM import_progress") == "0");
  });
}

BOOST_AUTO_TEST_CASE(rejected_rows_go_to_a_file_and_no_id_number_to_the_terminal) {
  with_each_store([](import_store& store) {
    import_command import{store};
    auto file = import.write("members.csv", "member_id,id_number,firstname\n"
                                            "1,8001015009087,A\n"
                                            "2,8001015009088,B\n"
                                            "3,8001015009087,C\n"
                                            "4,8.00102E+12,D\n"
                                            "5,9006155555087,\n"
                                            "6,8512310001082,F\n");
    auto done = import.run({file, "--rejects", import.path("rejects.csv")});
    BOOST_TEST(done.code == 1, done.output);
    BOOST_TEST(holds(done.output, "6 rows: 2 new, 0 changed, 0 unchanged, 4 rejected"), done.output);
    BOOST_TEST(!holds(done.output, "800101500908"), done.output);
    auto rejects = text_of(import.path("rejects.csv"));
    for (const auto* line : {"3,id_number,\"does not match its last digit, the check digit\",2,8001015009088,B\n",
                             "4,id_number,is the same as in an earlier row (line 2),3,8001015009087,C\n",
                             "6,firstname,is empty,5,9006155555087,\n"})
      BOOST_TEST(holds(rejects, line), rejects);

    auto other = import.run({import.write("other.csv", "member_id,id_number,firstname\n9,8512310001082,F\n")});
    BOOST_TEST(other.code == 1, other.output);
    BOOST_TEST(holds(other.output, "belongs to another member of the store"), other.output);
    BOOST_TEST(store.value("SELECT COUNT(*) FROM members") == "2");

    auto mended = import.run({import.write("mended.csv", "rejected_line,rejected_column,rejected_reason,member_id,"
                                                         "id_number,firstname\n6,firstname,is empty,5,9006155555087,"
                                                         "E\n")});
    BOOST_TEST(mended.code == 0, mended.output);
    BOOST_TEST(store.value("SELECT firstname FROM members WHERE member_id = 5") == "E");
  });
}

BOOST_AUTO_TEST_CASE(an_id_number_goes_from_one_member_to_the_next) {
  with_each_store([](import_store& store) {
    import_command import{store};
    import.run({import.write("a.csv", "member_id,id_number,firstname\n1,8001015009087,A\n2,8512310001082,B\n")});
    auto done = import.run({import.write("b.csv", "member_id,id_number,firstname\n1,9006155555087,A\n"
                                                  "2,8001015009087,B\n")});
    BOOST_TEST(done.code == 0, done.output);
    BOOST_TEST(store.value("SELECT member_id FROM members WHERE id_number = '8001015009087'") == "2");
    BOOST_TEST(store.value("SELECT member_id FROM member_cache_summary WHERE id_number = '8001015009087'") == "2");
  });
}

BOOST_AUTO_TEST_CASE(places_that_the_file_names_are_added_and_others_told) {
  with_each_store([](import_store& store) {
    import_command import{store};
    auto done = import.run({import.write("a.csv", "id_number,firstname,province_code,province_name\n"
                                                  "8001015009087,A,X1,Xanadu\n8512310001082,B,X2,\n")});
    BOOST_TEST(done.code == 0, done.output);
    BOOST_TEST(holds(done.output, "1 place was added to the geography"), done.output);
    BOOST_TEST(holds(done.output, "X2"), done.output);
    BOOST_TEST(store.value("SELECT province_name FROM provinces WHERE province_code = 'X1'") == "Xanadu");
    BOOST_TEST(store.value("SELECT province_name FROM member_cache_summary WHERE id_number = '8001015009087'")
               == "Xanadu");
  });
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_trusted_is_refused_in_one_sentence) {
  auto store = sqlite_import_store();
  import_command import{*store};
  auto latin = import.run({import.write("l.csv", "id_number,firstname\n8001015009087,Zo\xEB\n")});
  BOOST_TEST(latin.code == 1);
  BOOST_TEST(holds(latin.output, "The row in line 2 is not UTF-8"), latin.output);
  auto missing = import.run({import.write("m.csv", "id,firstname\n1,A\n")});
  BOOST_TEST(holds(missing.output, "The file has no column for id_number"), missing.output);
  auto quote = import.run({import.write("q.csv", "id_number,firstname\n8001015009087,\"A\n")});
  BOOST_TEST(holds(quote.output, "line 2 is never closed"), quote.output);
  auto mapped = import.run({import.path("l.csv"), "--encoding", "latin1"});
  BOOST_TEST(mapped.code == 0, mapped.output);
  BOOST_TEST(store->value("SELECT firstname FROM members") == "Zoë");
}

BOOST_AUTO_TEST_SUITE_END()
