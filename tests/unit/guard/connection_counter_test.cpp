#include "guard/connection_counter.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <thread>
#include <vector>

using namespace tessera;

BOOST_AUTO_TEST_SUITE(connection_counter_test)

BOOST_AUTO_TEST_CASE(a_client_may_have_so_many_at_once_and_one_more_when_one_has_ended) {
  connection_counter sut{2};
  BOOST_TEST(sut.open({1}));
  BOOST_TEST(sut.open({1}));
  BOOST_TEST(!sut.open({1}));
  BOOST_TEST(sut.open({2}));
  sut.close({1});
  BOOST_TEST(sut.open({1}));
  BOOST_TEST(!sut.open({1}));
}

BOOST_AUTO_TEST_CASE(who_has_none_is_not_remembered) {
  connection_counter sut{1};
  BOOST_TEST(sut.open({1}));
  BOOST_TEST(!sut.open({1}));
  BOOST_TEST(sut.clients() == 1u);
  sut.close({1});
  BOOST_TEST(sut.clients() == 0u);
}

BOOST_AUTO_TEST_CASE(it_agrees_with_a_plain_count_whatever_happens) {
  std::mt19937 random{7};
  connection_counter sut{3};
  std::map<std::uint64_t, unsigned> model;
  for (int step = 0; step < 20'000; ++step) {
    std::uint64_t client = random() % 5;
    if (random() % 2 == 0) {
      bool allowed = model[client] < 3;
      model[client] += allowed;
      BOOST_REQUIRE(sut.open({client}) == allowed);
    } else if (model[client] > 0) {
      --model[client];
      sut.close({client});
    }
    auto open = std::count_if(model.begin(), model.end(), [](auto& each) { return each.second > 0; });
    BOOST_REQUIRE(sut.clients() == static_cast<std::size_t>(open));
  }
}

BOOST_AUTO_TEST_CASE(threads_together_get_no_more_than_the_limit) {
  constexpr unsigned limit = 200;
  connection_counter sut{limit};
  std::atomic<unsigned> opened{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (unsigned j = 0; j < limit; ++j)
          opened += sut.open({1});
      });
  }
  BOOST_TEST(opened == limit);
}

BOOST_AUTO_TEST_SUITE_END()
