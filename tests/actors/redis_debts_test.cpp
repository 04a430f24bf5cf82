#include "actors/redis_debts.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <set>

using namespace std::chrono_literals;
using tessera::id_number;
using tessera::redis_debts;

namespace {

const redis_debts::time_point start = redis_debts::time_point{} + 1h;

id_number number_of(std::uint64_t packed) {
  return *id_number::from_packed(packed);
}

} // namespace

BOOST_AUTO_TEST_SUITE(redis_debts_test)

BOOST_AUTO_TEST_CASE(who_owes_nothing_is_trusted) {
  redis_debts sut{3, 25h};
  BOOST_TEST(sut.trusted(start));
  BOOST_TEST(sut.settled());
  BOOST_TEST(sut.size(start) == 0u);
  BOOST_TEST(sut.some(10).empty());
}

BOOST_AUTO_TEST_CASE(trust_comes_back_with_the_last_payment) {
  redis_debts sut{3, 25h};
  sut.owe(number_of(1), start);
  sut.owe(number_of(2), start);
  sut.owe(number_of(2), start);
  BOOST_TEST(sut.size(start) == 2u);
  BOOST_TEST(!sut.trusted(start + 1000h));
  BOOST_TEST(sut.some(1).size() == 1u);
  BOOST_TEST(sut.some(10).size() == 2u);
  auto one = number_of(1);
  sut.pay({&one, 1});
  BOOST_TEST(!sut.trusted(start));
  sut.pay(sut.some(10));
  BOOST_TEST(sut.trusted(start));
  BOOST_TEST(sut.size(start) == 0u);
}

BOOST_AUTO_TEST_CASE(who_forgot_a_debt_is_not_trusted_until_all_values_have_expired) {
  redis_debts sut{3, 25h};
  for (std::uint64_t i = 0; i < 3; ++i)
    sut.owe(number_of(i), start);
  sut.owe(number_of(2), start);
  BOOST_TEST(sut.size(start) == 3u);
  sut.owe(number_of(3), start);
  sut.pay(sut.some(10));
  BOOST_TEST(sut.settled());
  BOOST_TEST(!sut.trusted(start));
  BOOST_TEST(sut.size(start) != 0u);
  BOOST_TEST(!sut.trusted(start + 25h));
  BOOST_TEST(sut.trusted(start + 26h));
  BOOST_TEST(sut.size(start + 26h) == 0u);
}

BOOST_AUTO_TEST_CASE(an_unknown_debt_is_as_a_forgotten_one) {
  redis_debts sut{3, 25h};
  sut.owe_unknown(start);
  BOOST_TEST(sut.settled());
  BOOST_TEST(!sut.trusted(start + 25h));
  sut.owe_unknown(start + 1h);
  BOOST_TEST(!sut.trusted(start + 26h));
  BOOST_TEST(sut.trusted(start + 27h));
}

BOOST_AUTO_TEST_CASE(who_owes_all_is_not_trusted_until_that_is_paid_which_pays_everything) {
  redis_debts sut{3, 25h};
  sut.owe_all();
  BOOST_TEST(!sut.settled());
  BOOST_TEST(!sut.trusted(start + 1000h));
  BOOST_TEST(sut.size(start) == 1u);
  sut.owe(number_of(1), start);
  sut.owe_unknown(start);
  sut.pay(sut.some(10));
  BOOST_TEST(!sut.trusted(start + 1000h));
  sut.pay_all();
  BOOST_TEST(!sut.owes_all());
  BOOST_TEST(sut.trusted(start));
  BOOST_TEST(sut.size(start) == 0u);
}

BOOST_AUTO_TEST_CASE(random_debts_match_a_set) {
  redis_debts sut{50, 25h};
  std::set<id_number> model;
  std::mt19937 random{7};
  for (int step = 0; step < 10'000; ++step) {
    auto number = number_of(random() % 50);
    if (random() % 2 == 0) {
      sut.owe(number, start);
      model.insert(number);
    } else {
      sut.pay({&number, 1});
      model.erase(number);
    }
    auto all = sut.some(1'000);
    BOOST_REQUIRE((std::set<id_number>(all.begin(), all.end()) == model));
    BOOST_REQUIRE(sut.trusted(start) == model.empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()
