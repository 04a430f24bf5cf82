#include "guard/key_ring_slot.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>
#include <vector>

using namespace tessera;

namespace {

std::shared_ptr<const key_ring> ring_of(std::size_t size) {
  std::vector<api_key_record> rows(size);
  for (auto& row : rows)
    row.id = "abcdefghij";
  return std::make_shared<const key_ring>(rows);
}

} // namespace

BOOST_AUTO_TEST_SUITE(key_ring_slot_threads)

BOOST_AUTO_TEST_CASE(a_view_shows_the_newest_ring_and_keeps_it_alive) {
  auto slot = std::make_shared<key_ring_slot>(ring_of(0));
  key_ring_view view{slot};
  BOOST_TEST(view.newest().size() == 0u);
  std::weak_ptr<const key_ring> first = slot->get();
  slot->put(ring_of(1));
  BOOST_TEST(!first.expired()); // the view still has it
  BOOST_TEST(view.newest().size() == 1u);
  BOOST_TEST(first.expired());
  slot->put(ring_of(2));
  slot->put(ring_of(3));
  BOOST_TEST(view.newest().size() == 3u);
  BOOST_TEST(key_ring_view{slot}.newest().size() == 3u);
}

BOOST_AUTO_TEST_CASE(rings_change_under_the_eyes_of_several_threads_and_none_sees_an_older_one_again) {
  constexpr std::size_t changes = 200;
  auto slot = std::make_shared<key_ring_slot>(ring_of(0));
  std::vector<std::thread> viewers;
  for (int i = 0; i < 3; ++i)
    viewers.emplace_back([slot] {
      key_ring_view view{slot};
      for (std::size_t last = 0; last < changes;) {
        auto now = view.newest().size();
        BOOST_REQUIRE(now >= last);
        last = now;
      }
    });
  for (std::size_t size = 1; size <= changes; ++size)
    slot->put(ring_of(size));
  for (auto& viewer : viewers)
    viewer.join();
}

BOOST_AUTO_TEST_SUITE_END()
