#include "storage/sample/contacts.hpp"

#include "storage/sample/names.hpp"

#include <boost/test/unit_test.hpp>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(contacts_test)

BOOST_AUTO_TEST_CASE(names_become_plain_letters) {
  BOOST_TEST(plain_letters("van der Merwe") == "vandermerwe");
  BOOST_TEST(plain_letters("O'Connor") == "oconnor");
  BOOST_TEST(plain_letters("Héloïse") == "heloise");
  BOOST_TEST(plain_letters("Neṱshiṱenzhe") == "netshitenzhe");
  BOOST_TEST(plain_letters("Mašilo") == "masilo");
  BOOST_TEST(plain_letters("") == "");
  BOOST_TEST(plain_letters("\xff\xe1") == "");
}

// A letter that the table lacks would vanish silently: "Zoë" must not become "zo".
BOOST_AUTO_TEST_CASE(no_letter_of_any_name_is_lost) {
  for (std::size_t language = 0; language < sample_language_count; ++language) {
    const auto& names = names_of(static_cast<sample_language>(language));
    for (auto list : {names.women, names.men, names.surnames})
      for (auto name : list) {
        std::size_t letters = 0;
        for (auto character : name)
          letters += character != ' ' && character != '\'' && character != '-'
                     && (static_cast<unsigned char>(character) & 0xc0) != 0x80;
        BOOST_TEST(plain_letters(name).size() == letters, name);
      }
  }
}

BOOST_AUTO_TEST_CASE(addresses_and_numbers_have_the_form_of_real_ones) {
  sample_random random{3};
  for (int round = 0; round < 1'000; ++round) {
    auto email = sample_email("Zoë", "du Plessis", random);
    BOOST_REQUIRE(email.starts_with("zoe.duplessis"));
    BOOST_REQUIRE(email.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.@") == std::string::npos);
    auto cell = sample_cell_number(random);
    auto national = cell.starts_with("+27") ? cell.substr(3) : cell.substr(1);
    BOOST_REQUIRE((cell.starts_with("+27") || cell.starts_with("0")));
    BOOST_REQUIRE(national.size() == 9u);
    BOOST_REQUIRE(national.find_first_not_of("0123456789") == std::string::npos);
    BOOST_REQUIRE((national[0] >= '6' && national[0] <= '8'));
  }
}

BOOST_AUTO_TEST_SUITE_END()
