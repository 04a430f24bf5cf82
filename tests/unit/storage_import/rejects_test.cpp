#include "storage/import/reject_summary.hpp"
#include "storage/import/rejects_file.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/storage_import/csv_rows.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace tessera;

namespace {

const std::vector<std::string> names{"ID No", "Name"};

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

const std::vector<rejected_row>& two_rows() {
  static const std::vector<rejected_row> rows{
      {2, "Name", "is empty", "", test::csv_rows("1,\n").at(0)},
      {5, "ID No", "is the same as in an earlier row", "line 2", test::csv_rows("1,\"a,b\"\n").at(0)}};
  return rows;
}

constexpr std::string_view head = "rejected_line,rejected_column,rejected_reason,ID No,Name\n";

} // namespace

BOOST_AUTO_TEST_SUITE(rejects_test)

BOOST_AUTO_TEST_CASE(the_file_has_line_column_reason_and_the_row_and_is_its_owners_alone) {
  test::temp_dir dir;
  auto path = dir / "rejects.csv";
  auto file = rejects_file::open(path, names, ',', 0);
  BOOST_REQUIRE(file);
  BOOST_TEST((*file)->append(two_rows()).has_value());
  BOOST_TEST(text_of(path)
             == std::string{head} + "2,Name,is empty,1,\n"
                    + "5,ID No,is the same as in an earlier row (line 2),1,\"a,b\"\n");
  BOOST_CHECK(std::filesystem::status(path).permissions()
              == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

BOOST_AUTO_TEST_CASE(a_file_that_goes_on_forgets_what_was_not_committed) {
  test::temp_dir dir;
  auto path = dir / "rejects.csv";
  std::uint64_t committed = 0;
  {
    auto file = rejects_file::open(path, names, ',', 0).value();
    BOOST_TEST(file->append(std::span<const rejected_row>{two_rows()}.first(1)).has_value());
    committed = file->size();
    BOOST_TEST(file->append(two_rows()).has_value());
  }
  auto again = rejects_file::open(path, names, ',', committed);
  BOOST_REQUIRE(again);
  BOOST_TEST(text_of(path) == std::string{head} + "2,Name,is empty,1,\n");
  BOOST_TEST(!rejects_file::open(path, names, ',', committed + 1));
}

BOOST_AUTO_TEST_CASE(a_file_of_something_else_is_left_alone) {
  test::temp_dir dir;
  auto path = dir / "members.csv";
  std::ofstream{path} << "id_number,firstname\n1,A\n";
  BOOST_TEST(!rejects_file::open(path, names, ',', 0));
  BOOST_TEST(text_of(path) == "id_number,firstname\n1,A\n");
}

BOOST_AUTO_TEST_CASE(a_file_without_rows_is_removed) {
  test::temp_dir dir;
  auto path = dir / "rejects.csv";
  auto file = rejects_file::open(path, names, ',', 0).value();
  file->remove_if_empty();
  BOOST_TEST(!std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(the_summary_counts_by_column_and_reason_most_frequent_first) {
  reject_summary summary;
  summary.add(two_rows());
  summary.add(std::span<const rejected_row>{two_rows()}.subspan(1));
  auto kinds = summary.kinds();
  BOOST_REQUIRE_EQUAL(kinds.size(), 2);
  BOOST_TEST(kinds[0].column == "ID No");
  BOOST_TEST(kinds[0].count == 2U);
  BOOST_TEST(kinds[1].count == 1U);
  BOOST_TEST(kinds[1].lines.at(0) == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
