#include "guard/published.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>
#include <vector>

using namespace tessera;

namespace {

/// Both numbers are the same, and `living` counts those that there are.
struct edition {
  edition(int number, std::atomic<int>& counter) : first(number), second(number), living(counter) {
    ++living;
  }
  ~edition() {
    --living;
  }
  edition(const edition&) = delete;
  edition& operator=(const edition&) = delete;

  int first;
  int second;
  std::atomic<int>& living;
};

} // namespace

BOOST_AUTO_TEST_SUITE(published_test)

BOOST_AUTO_TEST_CASE(nothing_is_there_until_something_was_put) {
  published<int> sut;
  BOOST_TEST(!sut.get());
  sut.put(std::make_shared<const int>(1));
  BOOST_TEST(*sut.get() == 1);
  sut.put(nullptr);
  BOOST_TEST(!sut.get());
  BOOST_TEST(*published<int>{std::make_shared<const int>(2)}.get() == 2);
}

BOOST_AUTO_TEST_CASE(a_version_lives_as_long_as_somebody_looks_at_it) {
  std::atomic<int> living{0};
  published<edition> sut{std::make_shared<const edition>(1, living)};
  auto held = sut.get();
  sut.put(std::make_shared<const edition>(2, living));
  BOOST_TEST(living == 2);
  BOOST_TEST(held->first == 1);
  held.reset();
  BOOST_TEST(living == 1);
}

BOOST_AUTO_TEST_CASE(readers_see_whole_versions_and_never_an_earlier_one_again) {
  constexpr int last = 3'000;
  std::atomic<int> living{0};
  std::atomic<int> wrong{0};
  {
    published<edition> sut{std::make_shared<const edition>(0, living)};
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i)
      readers.emplace_back([&] {
        for (int before = 0; before < last;) {
          auto seen = sut.get();
          if (seen->first < before || seen->first != seen->second)
            ++wrong;
          before = seen->first;
        }
      });
    for (int number = 1; number <= last; ++number)
      sut.put(std::make_shared<const edition>(number, living));
    for (auto& reader : readers)
      reader.join();
  }
  BOOST_TEST(wrong == 0);
  BOOST_TEST(living == 0);
}

BOOST_AUTO_TEST_SUITE_END()
