#include "guard/key_uses.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <thread>

using namespace tessera;

namespace {

key_id key_of(std::uint8_t number) {
  std::array<std::uint8_t, key_id::length> bytes{};
  bytes[0] = static_cast<std::uint8_t>(number % 32);
  bytes[1] = static_cast<std::uint8_t>(number / 32);
  return key_id{bytes};
}

} // namespace

BOOST_AUTO_TEST_SUITE(key_uses_threads)

BOOST_AUTO_TEST_CASE(uses_are_counted_by_key_and_read_by_others_meanwhile) {
  key_uses sut;
  std::atomic<bool> done{false};
  std::thread reader{[&] {
    while (!done)
      for (const auto& use : sut.read())
        BOOST_REQUIRE((use.key == key_of(1) || use.key == key_of(2)));
  }};
  for (std::uint64_t i = 0; i < 100'000; ++i)
    sut.count(key_of(i % 4 == 0 ? 1 : 2), i);
  done = true;
  reader.join();
  auto all = sut.read();
  BOOST_REQUIRE(all.size() == 2u);
  BOOST_TEST(all[0].requests == 25'000u);
  BOOST_TEST(all[1].requests == 75'000u);
  BOOST_TEST(all[1].last_ms == 99'999u);
}

BOOST_AUTO_TEST_CASE(keys_for_which_there_is_no_room_are_counted_together) {
  key_uses sut;
  for (std::size_t i = 0; i < key_uses::most_keys + 3; ++i)
    sut.count(key_of(static_cast<std::uint8_t>(i)), 1);
  auto all = sut.read();
  BOOST_REQUIRE(all.size() == key_uses::most_keys + 1);
  BOOST_TEST((all.back().key == key_id{}));
  BOOST_TEST(all.back().requests == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
