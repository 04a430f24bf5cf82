#include "storage/l2_value.hpp"

#include "tests/integration/redis/sample_member.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using tessera::decode_l2_value;
using tessera::encode;
using tessera::l2_value;

namespace {

l2_value sample() {
  return {tessera::utc_time{1'800'000'000'456ms}, 1h, 24h, tessera::test::sample_member(1)};
}

} // namespace

BOOST_AUTO_TEST_SUITE(l2_value_test)

BOOST_AUTO_TEST_CASE(what_was_encoded_is_decoded) {
  auto decoded = decode_l2_value(encode(sample()));
  BOOST_REQUIRE(decoded.has_value());
  BOOST_TEST((*decoded == sample()));
}

BOOST_AUTO_TEST_CASE(nothing_truncated_decodes) {
  auto bytes = encode(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    BOOST_TEST(!decode_l2_value(std::string_view{bytes}.substr(0, size)).has_value(), size);
  BOOST_TEST(!decode_l2_value(bytes + "x").has_value());
}

BOOST_AUTO_TEST_CASE(another_version_does_not_decode) {
  auto bytes = encode(sample());
  for (int version = 0; version < 256; ++version) {
    bytes.front() = static_cast<char>(version);
    BOOST_TEST(decode_l2_value(bytes).has_value() == (version == 1));
  }
}

BOOST_AUTO_TEST_CASE(impossible_times_do_not_decode) {
  for (auto wrong :
       {-1ms, tessera::max_l2_lifetime + 1ms, std::chrono::milliseconds::max(), std::chrono::milliseconds::min()}) {
    auto value = sample();
    value.fresh_for = wrong;
    BOOST_TEST(!decode_l2_value(encode(value)).has_value());
    value = sample();
    value.stale_for = wrong;
    BOOST_TEST(!decode_l2_value(encode(value)).has_value());
  }
  auto value = sample();
  value.loaded_at = tessera::utc_time{-1ms};
  BOOST_TEST(!decode_l2_value(encode(value)).has_value());
}

BOOST_AUTO_TEST_CASE(no_altered_byte_makes_it_crash) {
  // Under the sanitizers; whether it decodes does not matter, as the seal tells first.
  auto bytes = encode(sample());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      auto altered = bytes;
      altered[i] = static_cast<char>(altered[i] ^ (1 << bit));
      if (auto decoded = decode_l2_value(altered))
        BOOST_TEST((*decoded != sample()));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
