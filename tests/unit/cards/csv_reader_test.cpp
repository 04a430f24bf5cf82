#include "cards/csv_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace tessera;

namespace {

struct row {
  std::uint64_t line;
  csv_fault fault;
  std::vector<std::string> fields;

  bool operator==(const row&) const = default;
};

row row_of(const csv_record& record) {
  row made{record.line, record.fault, {}};
  for (std::size_t i = 0; i < record.size(); ++i)
    made.fields.emplace_back(record[i]);
  return made;
}

std::vector<row> read(const std::vector<std::string_view>& pieces) {
  csv_reader reader{','};
  std::vector<row> rows;
  for (auto piece : pieces)
    while (!piece.empty())
      if (reader.next(piece))
        rows.push_back(row_of(reader.record()));
  if (reader.finish())
    rows.push_back(row_of(reader.record()));
  return rows;
}

constexpr std::string_view hard =
    "a,b\r\n\"x, \"\"y\"\"\",\"two\r\nlines\"\n\n,\r,,\n\"\"\nsay \"no\",z\n\"q\"r,s\nlast,\"";

} // namespace

BOOST_AUTO_TEST_SUITE(csv_reader_test)

BOOST_AUTO_TEST_CASE(fields_are_read_as_rfc_4180_has_them) {
  auto rows = read({"a,b,c\r\n\"1,5\",\"say \"\"no\"\"\",\"two\nlines\"\r\n"});
  BOOST_REQUIRE_EQUAL(rows.size(), 2);
  BOOST_TEST(rows[0].fields == (std::vector<std::string>{"a", "b", "c"}), boost::test_tools::per_element());
  BOOST_TEST(rows[1].fields == (std::vector<std::string>{"1,5", "say \"no\"", "two\nlines"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(lines_are_counted_as_an_editor_does) {
  auto rows = read({"a\n\"b\nb\"\n\nc\r\nd\re"});
  BOOST_REQUIRE_EQUAL(rows.size(), 5);
  std::vector<std::uint64_t> lines;
  for (const auto& row : rows)
    lines.push_back(row.line);
  BOOST_TEST(lines == (std::vector<std::uint64_t>{1, 2, 5, 6, 7}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(empty_lines_are_no_records_but_empty_fields_are) {
  auto rows = read({"\n\r\n,\n\"\"\n\n"});
  BOOST_REQUIRE_EQUAL(rows.size(), 2);
  BOOST_TEST(rows[0].fields.size() == 2);
  BOOST_TEST(rows[1].fields.size() == 1);
}

BOOST_AUTO_TEST_CASE(faults_of_quotes_are_told) {
  BOOST_CHECK(read({"\"a\"b,c\n"}).at(0).fault == csv_fault::text_after_quote);
  BOOST_CHECK(read({"a,\"b\nc\n"}).at(0).fault == csv_fault::unclosed_quote);
  BOOST_CHECK(read({"5\" pipe,c\n"}).at(0).fault == csv_fault::none);
}

BOOST_AUTO_TEST_CASE(a_quote_that_is_never_closed_does_not_take_all_memory) {
  csv_reader reader{','};
  std::string piece(1 << 16, 'x');
  std::string_view first = "\"";
  BOOST_TEST(!reader.next(first));
  auto done = false;
  for (auto i = 0; i < 17 && !done; ++i) {
    std::string_view bytes = piece;
    done = reader.next(bytes);
  }
  BOOST_TEST(done);
  BOOST_CHECK(reader.record().fault == csv_fault::too_long);
}

BOOST_AUTO_TEST_CASE(every_split_into_three_pieces_gives_the_same_rows) {
  auto whole = read({hard});
  BOOST_TEST(whole.size() == 8U);
  for (std::size_t i = 0; i <= hard.size(); ++i)
    for (std::size_t j = i; j <= hard.size(); ++j)
      if (read({hard.substr(0, i), hard.substr(i, j - i), hard.substr(j)}) != whole)
        BOOST_ERROR("split at " << i << " and " << j);
}

BOOST_AUTO_TEST_CASE(single_bytes_give_the_same_rows_and_the_position_counts_them) {
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < hard.size(); ++i)
    bytes.push_back(hard.substr(i, 1));
  BOOST_CHECK(read(bytes) == read({hard}));

  csv_reader reader{','};
  std::string_view rest = "ab,c\nd\n";
  BOOST_TEST(reader.next(rest));
  BOOST_TEST(reader.position() == 5U);
  BOOST_TEST(rest == "d\n");
}

BOOST_AUTO_TEST_SUITE_END()
