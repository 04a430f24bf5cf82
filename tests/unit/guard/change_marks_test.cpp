#include "guard/change_marks.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using tessera::change_marks;

namespace {

std::vector<std::size_t> take(change_marks& from, std::size_t most = 1'000) {
  std::vector<std::size_t> taken;
  from.take([&](std::size_t which) {
    taken.push_back(which);
    return taken.size() < most;
  });
  return taken;
}

using numbers = std::vector<std::size_t>;

} // namespace

BOOST_AUTO_TEST_SUITE(change_marks_test)

BOOST_AUTO_TEST_CASE(each_mark_is_taken_once) {
  change_marks sut{200};
  for (std::size_t i : {0u, 63u, 64u, 130u, 199u})
    sut.set(i);
  sut.set(64);
  BOOST_TEST(take(sut) == (numbers{0, 63, 64, 130, 199}), boost::test_tools::per_element());
  BOOST_TEST(take(sut).empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_taken_now_is_taken_next) {
  change_marks sut{130};
  for (std::size_t i = 0; i < 130; ++i)
    sut.set(i);
  std::size_t next = 0;
  for (auto& some : {take(sut, 50), take(sut, 50), take(sut, 50)})
    for (auto which : some)
      BOOST_TEST(which == next++);
  BOOST_TEST(next == 130u);
}

BOOST_AUTO_TEST_CASE(a_mark_that_is_always_set_again_keeps_no_other_from_its_turn) {
  change_marks sut{64};
  sut.set(40);
  sut.set(3);
  BOOST_TEST(take(sut, 1) == (numbers{3}), boost::test_tools::per_element());
  sut.set(3);
  BOOST_TEST(take(sut, 1) == (numbers{40}), boost::test_tools::per_element());
  BOOST_TEST(take(sut, 1) == (numbers{3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_mark_set_while_marks_are_taken_is_taken_in_this_turn_or_the_next) {
  change_marks sut{128};
  sut.set(70);
  numbers taken;
  sut.take([&](std::size_t which) {
    taken.push_back(which);
    if (taken.size() == 1) {
      sut.set(5);
      sut.set(127);
    }
    return true;
  });
  for (auto which : take(sut))
    taken.push_back(which);
  BOOST_TEST(taken.size() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
