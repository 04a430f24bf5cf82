#include "cards/id_number.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <iterator>
#include <random>
#include <string>
#include <string_view>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(id_number_mask_test)

BOOST_AUTO_TEST_CASE(runs_that_could_be_an_id_number_are_masked) {
  struct row {
    const char* text;
    const char* masked;
  };
  const row rows[] = {
      {"8001015009087", "*************"},
      {"/member/8001015009087?x=1", "/member/*************?x=1"},
      {"8001015009087/8001015009087", "*************/*************"},
      {"80010150090", "***********"},
      {"800101500908", "************"},
      {"80010150090878001015009087", "**************************"},
      {"800101 5009 087", "****** **** ***"},
      {"800101-5009-08-7", "******-****-**-*"},
      {"800101+5009+087", "******+****+***"},
      {"800101 - 5009 - 087", "****** - **** - ***"},
      {"8 0 0 1 0 1 5 0 0 9 0 8 7", "* * * * * * * * * * * * *"},
      {"800101%205009%20087", "******%20****%20***"},
      {"800101%2D5009%2d087", "******%2D****%2d***"},
      {"800101%2B5009%2b087", "******%2B****%2b***"},
      {"800101%25205009%2520087", "******%2520****%2520***"},
      {"%208001015009087%20", "%20*************%20"},
      {"id=%2D8001015009087-", "id=%2D*************-"},
      {"%38001015009087", "%**************"},
      {"8%30010150%30%39087", "*%********%**%*****"},
      {"%38%30%30%31%30%31%35%30%30%39%30%38%37", "%**%**%**%**%**%**%**%**%**%**%**%**%**"},
      {"%2538%2530%2530%2531%2530%2531%2535%2530%2530%2539%2530%2538%2537",
       "%****%****%****%****%****%****%****%****%****%****%****%****%****"},
      {"100%3001015009087", "***%*************"}, // a percent sign before a number that begins like an encoded digit
      {"100%2530010150090", "***%*************"},
      {"x%2530010150090", "x%*************"},
      {"caller +27 82 123 4567 89", "caller +** ** *** **** **"},
  };
  for (const auto& [text, masked] : rows)
    BOOST_TEST(mask_id_numbers(text) == masked);
}

BOOST_AUTO_TEST_CASE(the_rest_stays_as_it_is) {
  for (auto text : {"",
                    "no digits",
                    "1234567890",
                    "%",
                    "%2",
                    "%3",
                    "%25",
                    "%%%",
                    "12345%2",
                    "2026-01-31T08:05:09.007Z",
                    "%20%20%20",
                    "082 123 4567",
                    "8001015.009087",
                    "800101_5009087",
                    "800101    5009087",
                    "10.0.0.1:65535",
                    "a1b2c3d4e5f6a7b8",
                    "%38%30%30%31%30%31%35%30%30%39",
                    "1%20",
                    "%41%42%43%44%45%46",
                    "žluťoučký kůň 123",
                    "-1-2-3-",
                    "1%20%20%20%20123456789"})
    BOOST_TEST(mask_id_numbers(text) == text);
}

// The property that counts: whatever stands around an ID number and however it is split, its digits are gone, and
// nothing but digits has changed.
BOOST_AUTO_TEST_CASE(no_split_number_survives_in_random_surroundings) {
  std::mt19937_64 random{21};
  const char* around[] = {"", "/", "?id=", "%", "%2", "%2F", " ", "%20", "x", "é", "\n", "%3", "%25", "123", "-"};
  const char* between[] = {"", "", "", "", " ", "-", "+", "%20", "%2D", " - ", "%2520"};
  for (int round = 0; round < 50'000; ++round) {
    std::string number;
    for (int digit = 0; digit < 13; ++digit)
      number += static_cast<char>('0' + random() % 10);
    std::string before = around[random() % std::size(around)];
    std::string spelt;
    for (std::size_t at = 0; at < number.size(); ++at) {
      if (random() % 8 == 0) {
        spelt += "%3";
        spelt += number[at];
      } else {
        spelt += number[at];
      }
      if (at + 1 < number.size())
        spelt += between[random() % std::size(between)];
    }
    auto text = before + spelt + around[random() % std::size(around)];
    auto masked = mask_id_numbers(text);
    BOOST_REQUIRE(masked.size() == text.size());
    for (std::size_t at = 0; at < text.size(); ++at)
      if (masked[at] != text[at])
        BOOST_REQUIRE((masked[at] == '*' && text[at] >= '0' && text[at] <= '9'));
    // What is left of the digits after dropping encodings: at most what "%20" and "123" around contribute.
    auto left = masked.substr(before.size(), spelt.size());
    for (auto separator : {"%2520", "%20", "%2D"})
      for (auto at = left.find(separator); at != std::string::npos; at = left.find(separator))
        left.erase(at, std::string_view{separator}.size());
    auto digits =
        std::count_if(left.begin(), left.end(), [](char character) { return character >= '0' && character <= '9'; });
    // A percent sign right before the number may take two digits for an encoded separator.
    auto allowed = before.starts_with('%') ? 2 : 0;
    if (digits > allowed)
      BOOST_ERROR("left " << digits << " digits: " << masked);
  }
}

BOOST_AUTO_TEST_CASE(thirteen_digits_in_a_row_are_noticed) {
  for (auto text : {"8001015009087", "x8001015009087", "80010150090871", "12 8001015009087"})
    BOOST_TEST(holds_id_number(text), text);
  for (auto text : {"", "800101500908", "800101500908 7", "800101500908x7", "123456789012-3456789012"})
    BOOST_TEST(!holds_id_number(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
