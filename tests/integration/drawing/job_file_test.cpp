#include "cards/job_file.hpp"

#include "cards/card_number.hpp"
#include "cards/drawing/zip_file.hpp"
#include "tests/integration/drawing/tools.hpp"
#include "tests/unit/cards/fixed_keys.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

/// What the tools of others make of the files of jobs: unzip, Python's zipfile, qpdf.
using namespace std::chrono_literals;
using namespace tessera;
using namespace tessera::test;

namespace {

const utc_time some_time{std::chrono::sys_days{2026y / 3 / 1} + 12h + 34min + 57s};

job_member member_of(std::uint64_t id, card_epoch epoch = 1) {
  job_member made;
  made.subject.id = member_id{id};
  made.subject.number = *id_number::from_packed(8001015009087);
  made.subject.first_name = "Ndivhuwo";
  made.subject.last_name = "Ṱhohoyanḓou " + std::to_string(id);
  made.subject.joined = utc_time{std::chrono::sys_days{2026y / 1 / 31}};
  made.state.epoch = epoch;
  if (epoch > 1)
    made.state.since = some_time;
  return made;
}

/// In Python: every line ends as RFC 4180 says, which is not shown.
constexpr auto print_results = "t = z.read('results.csv').decode()\nassert t.count('\\n') == t.count('\\r\\n')\n"
                               "print(t.replace('\\r', ''), end='')";

struct fixture {
  fixture() {
    job.card.issued_by = "desk";
    job.state = job_state::done;
    job.created = job.updated = some_time;
  }

  job_card& add(std::string named, error_code error = error_code::none) {
    auto& card = job.cards.emplace_back();
    card.named = std::move(named);
    card.member = parse_member_id(card.named).value_or(member_id{});
    card.finished = true;
    card.error = error;
    if (error == error_code::none)
      card.card_number = to_string(card_number{card.member});
    return card;
  }

  /// Runs Python on the archive and returns what it printed.
  std::string python(const std::string& zip, const std::string& what) {
    write_file(directory / "cards.zip", zip);
    auto [code, output] =
        run_tool({"python3", "-c", "import zipfile\nz = zipfile.ZipFile('cards.zip')\n" + what}, directory);
    BOOST_TEST(code == 0, output);
    return output;
  }

  temp_dir directory;
  batch_job job;
  card_maker maker{card_maker_settings{"Ubuntu Civic Movement", "https://cards.example.org", {}},
                   [keys = std::make_shared<const card_keys>(rfc_keys())] { return keys; }};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(job_file_test, fixture)

BOOST_AUTO_TEST_CASE(an_archive_is_sound_and_holds_each_card_once_and_the_results) {
  for (const auto* named : {"1", "2", "1"})
    add(named);
  std::vector members{member_of(2), member_of(1)};
  auto zip = make_job_zip(job, members, maker);
  BOOST_REQUIRE(zip);
  auto first = job.cards[0].card_number;
  auto second = job.cards[1].card_number;
  BOOST_TEST(python(*zip, "print(z.testzip())\nprint([i.filename for i in z.infolist()])\n"
                          "print({i.date_time for i in z.infolist()}, {i.compress_type for i in z.infolist()})")
             == "None\n['" + first + ".pdf', '" + second + ".pdf', 'results.csv']\n{(2026, 3, 1, 12, 34, 56)} {0}\n");
  BOOST_TEST(python(*zip, print_results)
             == "member_id,success,card_number,file,note\n1,true," + first + "," + first + ".pdf,\n2,true," + second
                    + "," + second + ".pdf,\n1,true," + first + "," + first + ".pdf,\n");
  BOOST_TEST(run_tool({"unzip", "-t", "cards.zip"}, directory).exit_code == 0);
  BOOST_TEST(run_tool({"unzip", "-o", "cards.zip"}, directory).exit_code == 0);
  for (const auto& number : {first, second}) {
    auto [code, output] = run_tool({"qpdf", "--check", number + ".pdf"}, directory);
    BOOST_TEST(code == 0, output);
  }
  BOOST_TEST(run_tool({"pdftotext", "-l", "1", second + ".pdf", "-"}, directory).output.find("Ṱhohoyanḓou 2")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_same_job_gives_the_same_bytes) {
  add("1");
  add("2");
  std::vector members{member_of(1), member_of(2)};
  std::vector turned{member_of(2), member_of(1)};
  auto zip = make_job_zip(job, members, maker);
  BOOST_REQUIRE(zip);
  auto again = make_job_zip(job, turned, maker);
  BOOST_REQUIRE(again);
  BOOST_TEST((*zip == *again));
  auto sheets = make_job_sheets(job, members, maker);
  BOOST_REQUIRE(sheets);
  auto sheets_again = make_job_sheets(job, turned, maker);
  BOOST_REQUIRE(sheets_again);
  BOOST_TEST((*sheets == *sheets_again));
}

BOOST_AUTO_TEST_CASE(the_results_say_what_became_of_each_card_then_and_since) {
  add("1");
  add("=2+3", error_code::validation).why = "not a member id, \"=2+3\"";
  add("4", error_code::not_found);
  add("5"); // no longer a member
  add("6");
  std::vector members{member_of(1, 2), member_of(6)}; // reissued, and revoked
  members[1].state.revoked_up_to = 1;
  auto zip = make_job_zip(job, members, maker);
  BOOST_REQUIRE(zip);
  auto now = to_string(card_number{member_id{1}, 2});
  BOOST_TEST(python(*zip, print_results)
             == "member_id,success,card_number,file,note\n1,true," + job.cards[0].card_number + "," + now
                    + ".pdf,reissued since: the file has the newer card\n"
                      "'=2+3,false,,,\"not a member id, \"\"=2+3\"\"\"\n4,false,,,not_found\n5,true,"
                    + job.cards[3].card_number + ",,the member is no longer active\n6,true," + job.cards[4].card_number
                    + ",,revoked since\n");
  BOOST_TEST(python(*zip, "print(z.namelist())") == "['" + now + ".pdf', 'results.csv']\n");
}

BOOST_AUTO_TEST_CASE(sheets_are_sound_and_hold_ten_cards_each) {
  std::vector<job_member> members;
  for (std::uint64_t id = 1; id <= 21; ++id) {
    add(std::to_string(id));
    members.push_back(member_of(id));
  }
  auto sheets = make_job_sheets(job, members, maker);
  BOOST_REQUIRE(sheets);
  write_file(directory / "cards.pdf", *sheets);
  auto [code, output] = run_tool({"qpdf", "--check", "cards.pdf"}, directory);
  BOOST_TEST(code == 0, output);
  BOOST_TEST(run_tool({"qpdf", "--show-npages", "cards.pdf"}, directory).output == "6\n");
  auto text = run_tool({"pdftotext", "cards.pdf", "-"}, directory).output;
  for (std::uint64_t id = 1; id <= 21; ++id)
    BOOST_TEST(text.find("Ṱhohoyanḓou " + std::to_string(id)) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_job_without_a_card_to_draw_has_no_file) {
  add("1");
  add("2", error_code::not_found);
  std::vector members{member_of(2)};
  for (const auto& file : {make_job_zip(job, members, maker), make_job_sheets(job, members, maker)}) {
    BOOST_REQUIRE(!file);
    BOOST_TEST((file.error().code == error_code::not_found));
  }
}

BOOST_AUTO_TEST_CASE(names_in_an_archive_are_utf8_and_times_stay_in_what_it_knows) {
  zip_file file{utc_time{std::chrono::sys_days{1970y / 1 / 1}}};
  file.add("Ṱ/Zoë.txt", "Ndi hone");
  file.add("empty", "");
  BOOST_TEST(python(std::move(file).finish(), "print(z.testzip(), z.namelist(), z.read('Ṱ/Zoë.txt'), "
                                              "z.getinfo('empty').date_time)")
             == "None ['Ṱ/Zoë.txt', 'empty'] b'Ndi hone' (1980, 1, 1, 0, 0, 0)\n");
  BOOST_TEST(python(zip_file{utc_time{std::chrono::sys_days{2300y / 1 / 1}}}.finish(), "print(z.namelist())")
             == "[]\n");
}

BOOST_AUTO_TEST_SUITE_END()
