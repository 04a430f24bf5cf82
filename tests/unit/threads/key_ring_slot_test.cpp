#include "guard/key_ring_slot.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
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

BOOST_AUTO_TEST_CASE(whoever_sees_that_the_ring_has_changed_gets_that_ring_or_a_later_one) {
  constexpr std::size_t changes = 300;
  auto slot = std::make_shared<key_ring_slot>(ring_of(0));
  std::atomic<int> older{0};
  std::vector<std::thread> viewers;
  for (int i = 0; i < 3; ++i)
    viewers.emplace_back([slot, &older] {
      key_ring_view view{slot};
      for (std::size_t last = 0; last < changes;) {
        auto epoch = slot->epoch(); // as many keys has the ring of this number
        last = view.newest().size();
        older += last < epoch ? 1 : 0;
      }
    });
  for (std::size_t size = 1; size <= changes; ++size)
    slot->put(ring_of(size));
  for (auto& viewer : viewers)
    viewer.join();
  BOOST_TEST(older == 0);
}

BOOST_AUTO_TEST_SUITE_END()
