#include "cards/id_number.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <chrono>
#include <iterator>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <unordered_set>

using namespace tessera;

namespace {

id_number number_of(std::string_view digits) {
  auto number = id_number::from_digits(digits);
  BOOST_REQUIRE(number.has_value());
  return *number;
}

// The reference: ISO/IEC 7812-1 annex B as a person does it on paper, on text.
bool luhn_holds_on_paper(const std::string& digits) {
  int sum = 0;
  for (std::size_t from_right = 0; from_right < digits.size(); ++from_right) {
    auto text = std::to_string((digits[digits.size() - 1 - from_right] - '0') * (from_right % 2 == 1 ? 2 : 1));
    for (char character : text)
      sum += character - '0';
  }
  return sum % 10 == 0;
}

// The reference: every day that two digits each can name, listed. The years 2000 to 2099 give each pair of digits once,
// with 29 February in the years that are divisible by four.
const std::set<std::string>& all_dates() {
  static const auto dates = [] {
    std::set<std::string> result;
    for (auto day = std::chrono::sys_days{std::chrono::year{2000} / 1 / 1};
         day < std::chrono::sys_days{std::chrono::year{2100} / 1 / 1}; day += std::chrono::days{1}) {
      std::chrono::year_month_day date{day};
      auto two = [](unsigned value) { return std::string{char('0' + value / 10), char('0' + value % 10)}; };
      result.insert(two(static_cast<unsigned>(int{date.year()} - 2000)) + two(unsigned{date.month()})
                    + two(unsigned{date.day()}));
    }
    return result;
  }();
  return dates;
}

id_number_fault check_on_paper(const std::string& digits) {
  if (!all_dates().contains(digits.substr(0, 6)))
    return id_number_fault::bad_date;
  if (digits[10] != '0' && digits[10] != '1' && digits[10] != '2')
    return id_number_fault::bad_citizenship;
  if (!luhn_holds_on_paper(digits))
    return id_number_fault::bad_check_digit;
  return id_number_fault::none;
}

std::string with_check_digit(std::string first_twelve) {
  return first_twelve + luhn_check_digit(first_twelve);
}

} // namespace

namespace tessera {
std::ostream& boost_test_print_type(std::ostream& out, id_number_fault fault) {
  return out << to_string(fault);
}
} // namespace tessera

BOOST_AUTO_TEST_SUITE(id_number_test)

BOOST_AUTO_TEST_CASE(thirteen_digits_and_nothing_else_make_an_id_number) {
  for (auto text : {"8001015009087", "0000000000000", "9999999999999", "0002290000089"}) {
    auto number = id_number::from_digits(text);
    BOOST_TEST_REQUIRE(number.has_value(), text);
    BOOST_TEST(number->str() == text);
    BOOST_TEST(std::string(number->digits().data(), id_number::length) == text);
    BOOST_TEST(number->packed() == std::stoull(text));
    BOOST_TEST((id_number::from_packed(number->packed()) == number));
  }
  for (auto text : {"", "8", "800101500908", "80010150090877", "800101500908a", "+800101500908", "-800101500908",
                    " 800101500908", "800101500908 ", "8001015009 87", "800101500908/", "800101500908:"})
    BOOST_TEST(!id_number::from_digits(text).has_value(), text);
  BOOST_TEST(!id_number::from_digits(std::string_view{"80010150090\0007", 13}).has_value());
  BOOST_TEST(!id_number::from_digits("８001015009087").has_value());
}

BOOST_AUTO_TEST_CASE(packed_numbers_of_more_than_thirteen_digits_are_refused) {
  BOOST_TEST(id_number::from_packed(0)->str() == "0000000000000");
  BOOST_TEST(id_number::from_packed(9'999'999'999'999)->str() == "9999999999999");
  BOOST_TEST(!id_number::from_packed(10'000'000'000'000).has_value());
  BOOST_TEST(!id_number::from_packed(~std::uint64_t{0}).has_value());
}

BOOST_AUTO_TEST_CASE(numbers_compare_as_their_digits_do_and_hash_by_value) {
  BOOST_TEST((number_of("0002290000089") < number_of("8001015009087")));
  BOOST_TEST((number_of("8001015009087") == number_of("8001015009087")));
  BOOST_TEST((id_number{} == number_of("0000000000000")));
  std::unordered_set<id_number> set{number_of("8001015009087"), number_of("8001015009087"), number_of("0002290000089")};
  BOOST_TEST(set.size() == 2u);
}

BOOST_AUTO_TEST_CASE(printing_one_shows_none_of_its_digits) {
  std::ostringstream out;
  out << number_of("8001015009087");
  BOOST_TEST(out.str() == "*************");
}

BOOST_AUTO_TEST_CASE(the_check_names_the_first_fault) {
  using enum id_number_fault;
  struct row {
    const char* digits;
    id_number_fault fault;
    const char* why;
  };
  const row rows[] = {
      {"8001015009087", none, "the example of the contract"},
      {"8001015009086", bad_check_digit, "one less"},
      {"8001015009078", bad_check_digit, "last two swapped"},
      {"0000000000000", bad_date, "thirteen zeros"},
      {"9999999999999", bad_date, "thirteen nines"},
      {"8000015009087", bad_date, "month 0"},
      {"8013015009087", bad_date, "month 13"},
      {"8001005009087", bad_date, "day 0"},
      {"8001325009087", bad_date, "day 32"},
      {"8004315009087", bad_date, "31 April"},
      {"8006315009087", bad_date, "31 June"},
      {"8009315009087", bad_date, "31 September"},
      {"8011315009087", bad_date, "31 November"},
      {"8002305009087", bad_date, "30 February"},
      {"8102295009087", bad_date, "29 February 1981"},
      {"9902295009087", bad_date, "29 February 1999"},
      {"8001015009387", bad_citizenship, "citizenship 3"},
      {"8001015009987", bad_citizenship, "citizenship 9"},
      {"8013015009986", bad_date, "everything wrong: the date comes first"},
      {"8001015009986", bad_citizenship, "then the citizenship"},
  };
  for (const auto& [digits, fault, why] : rows)
    BOOST_TEST(check(number_of(digits)) == fault, why << ": " << to_string(check(number_of(digits))));
}

BOOST_AUTO_TEST_CASE(real_dates_pass_with_every_kind_of_citizenship) {
  for (auto date : {"000229", "040229", "800229", "960229", "000101", "991231", "010131", "080430", "050228"})
    for (auto citizenship : {"0", "1", "2"})
      BOOST_TEST(check(number_of(with_check_digit(date + std::string{"5009"} + citizenship + "8")))
                     == id_number_fault::none,
                 date << " " << citizenship);
}

BOOST_AUTO_TEST_CASE(luhn_finds_every_mistyped_digit_and_nearly_every_swap) {
  const std::string good = "8001015009087";
  for (std::size_t at = 0; at < good.size(); ++at)
    for (char digit = '0'; digit <= '9'; ++digit) {
      auto bad = good;
      bad[at] = digit;
      BOOST_TEST((check(number_of(bad)) == id_number_fault::none) == (bad == good), "position " << at);
    }
  for (std::size_t at = 0; at + 1 < good.size(); ++at) {
    auto bad = good;
    std::swap(bad[at], bad[at + 1]);
    auto unseen = good[at] == good[at + 1] || (good[at] == '0' && good[at + 1] == '9')
                  || (good[at] == '9' && good[at + 1] == '0'); // Luhn's known blind spot
    if (!unseen)
      BOOST_TEST((check(number_of(bad)) != id_number_fault::none), "position " << at);
  }
}

BOOST_AUTO_TEST_CASE(the_check_digit_agrees_with_paper_for_any_length) {
  std::mt19937_64 random{11};
  for (int round = 0; round < 20'000; ++round) {
    std::string digits(random() % 16, '0');
    for (auto& digit : digits)
      digit = static_cast<char>('0' + random() % 10);
    BOOST_REQUIRE(luhn_holds_on_paper(digits + luhn_check_digit(digits)));
  }
  BOOST_TEST(luhn_check_digit("7992739871") == '3'); // the textbook's example
}

BOOST_AUTO_TEST_CASE(the_check_agrees_with_paper_on_every_six_digits) {
  for (unsigned front = 0; front < 1'000'000; ++front) {
    auto text = std::to_string(front);
    auto number = id_number::from_packed(front * 10'000'000ull + 5'009'087);
    auto date = std::string(6 - text.size(), '0') + text;
    auto is_date = check(*number) != id_number_fault::bad_date;
    if (is_date != all_dates().contains(date))
      BOOST_ERROR("differs on the date " << date);
  }
}

BOOST_AUTO_TEST_CASE(the_check_agrees_with_paper_on_random_numbers) {
  std::mt19937_64 random{12};
  std::array<int, 5> seen{};
  for (int round = 0; round < 200'000; ++round) {
    // Random digits alone would hardly ever get past the date.
    auto day = std::next(all_dates().begin(), static_cast<long>(random() % 64));
    auto digits = round % 2 == 0 ? *day : std::to_string(100'000 + random() % 900'000);
    while (digits.size() < 13)
      digits += static_cast<char>('0' + random() % (digits.size() == 10 ? 5 : 10));
    auto fault = check(number_of(digits));
    ++seen[static_cast<std::size_t>(fault)];
    if (fault != check_on_paper(digits))
      BOOST_ERROR("differs on " << digits);
  }
  BOOST_TEST(seen[static_cast<std::size_t>(id_number_fault::not_13_digits)] == 0);
  for (auto fault : {id_number_fault::none, id_number_fault::bad_date, id_number_fault::bad_citizenship,
                     id_number_fault::bad_check_digit})
    BOOST_TEST(seen[static_cast<std::size_t>(fault)] > 1'000, to_string(fault));
}

BOOST_AUTO_TEST_CASE(spaces_and_dashes_are_dropped_from_what_a_person_typed) {
  for (auto text : {"8001015009087", "800101 5009 087", "800101-5009-08-7", " 8001015009087 ", "--8001015009087",
                    "8 0 0 1 0 1 5 0 0 9 0 8 7", "800101 - 5009  087"}) {
    auto parsed = parse_id_number(text);
    BOOST_TEST(parsed.fault == id_number_fault::none, text);
    BOOST_TEST(parsed.number.str() == "8001015009087");
    BOOST_TEST(parsed.message.empty());
  }
}

BOOST_AUTO_TEST_CASE(wrong_lengths_and_foreign_characters_are_explained) {
  const std::string plain = "ID number must be exactly 13 digits";
  for (auto text : {"", " ", "-", "1", "1234567890", "12345678901234", "8001015009087 8001015009087", "80010150090870",
                    "abc", "8001015009087x", "8001015009o87", "80010150090\t87", "８００１０１５００９０８７"}) {
    auto parsed = parse_id_number(text);
    BOOST_TEST(parsed.fault == id_number_fault::not_13_digits, text);
    BOOST_TEST(parsed.message == plain, text);
  }
  for (auto text : {"15009080871", "150090808712", "1500908 0871-2"}) {
    auto parsed = parse_id_number(text);
    BOOST_TEST(parsed.fault == id_number_fault::not_13_digits, text);
    BOOST_TEST(parsed.message.starts_with(plain), text);
    BOOST_TEST(parsed.message.find("spreadsheet may have dropped leading zeros") != std::string::npos, parsed.message);
  }
}

BOOST_AUTO_TEST_CASE(a_number_with_a_fault_is_still_given_out) {
  auto parsed = parse_id_number("8001015009086");
  BOOST_TEST(parsed.fault == id_number_fault::bad_check_digit);
  BOOST_TEST(parsed.number.str() == "8001015009086");
  BOOST_TEST(parsed.message == explain(id_number_fault::bad_check_digit));
}

BOOST_AUTO_TEST_CASE(every_fault_has_its_sentence_and_none_holds_an_id_number) {
  std::set<std::string> sentences;
  for (auto fault : {id_number_fault::not_13_digits, id_number_fault::bad_date, id_number_fault::bad_citizenship,
                     id_number_fault::bad_check_digit}) {
    auto sentence = explain(fault);
    BOOST_TEST(sentence.starts_with("ID number "));
    BOOST_TEST(mask_id_numbers(sentence) == sentence);
    sentences.insert(sentence);
  }
  BOOST_TEST(sentences.size() == 4u);
  BOOST_TEST(explain(id_number_fault::none).empty());
}

BOOST_AUTO_TEST_CASE(the_reasons_have_the_names_of_the_contract) {
  BOOST_TEST(to_string(id_number_fault::not_13_digits) == "NOT_13_DIGITS");
  BOOST_TEST(to_string(id_number_fault::bad_date) == "BAD_DATE");
  BOOST_TEST(to_string(id_number_fault::bad_citizenship) == "BAD_CITIZENSHIP");
  BOOST_TEST(to_string(id_number_fault::bad_check_digit) == "BAD_CHECK_DIGIT");
}

BOOST_AUTO_TEST_SUITE_END()
