#include "guard/key_ring.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>
#include <vector>

using namespace std::chrono_literals;
using namespace tessera;

namespace {

constexpr utc_time now{1'800'000'000'000ms};

new_api_key key_of(std::uint64_t number) {
  std::mt19937_64 random{number};
  key_seed bytes;
  for (auto& byte : bytes)
    byte = static_cast<std::uint8_t>(random());
  return make_api_key(bytes);
}

api_key_record record_of(const new_api_key& key) {
  api_key_record row;
  row.id = key.id.text();
  row.hash = key.hash;
  row.name = "portal";
  row.scopes = {scope::lookup, scope::verify};
  row.limit_multiplier = 20;
  row.created = now - 24h;
  return row;
}

key_state state_of(const api_key_record& row, const new_api_key& presented, utc_time at = now) {
  return key_ring{std::vector{row}}.judge(read_api_key(presented.text), at).state;
}

} // namespace

BOOST_AUTO_TEST_SUITE(key_ring_test)

BOOST_AUTO_TEST_CASE(a_valid_key_gives_what_its_record_says) {
  auto key = key_of(1);
  auto verdict = key_ring{std::vector{record_of(key)}}.judge(read_api_key(key.text), now);
  BOOST_TEST((verdict == key_verdict{key_state::valid, key.id, {scope::lookup, scope::verify}, 20}));
}

BOOST_AUTO_TEST_CASE(nothing_and_nonsense_are_told_apart) {
  key_ring sut{std::vector{record_of(key_of(1))}};
  BOOST_TEST((sut.judge({}, now) == key_verdict{}));
  BOOST_TEST((sut.judge(read_api_key("nonsense"), now) == key_verdict{.state = key_state::malformed}));
}

BOOST_AUTO_TEST_CASE(an_unknown_key_gives_nothing) {
  auto known = key_of(1);
  key_ring sut{std::vector{record_of(known)}};
  BOOST_TEST((sut.judge(read_api_key(key_of(2).text), now) == key_verdict{.state = key_state::unknown}));
  // The id of one key with the secret of another.
  auto forged = read_api_key(key_of(2).text);
  forged.id = known.id;
  BOOST_TEST((sut.judge(forged, now) == key_verdict{.state = key_state::unknown}));
  // A hash that differs in one bit, first or last.
  for (std::size_t at : {0u, 31u}) {
    auto near = read_api_key(known.text);
    near.hash[at] ^= 1;
    BOOST_TEST((sut.judge(near, now).state == key_state::unknown));
  }
}

BOOST_AUTO_TEST_CASE(a_key_is_valid_until_it_expires) {
  auto key = key_of(1);
  auto row = record_of(key);
  row.expires = now;
  BOOST_TEST((state_of(row, key, now - 1ms) == key_state::valid));
  BOOST_TEST((state_of(row, key, now) == key_state::expired));
  auto verdict = key_ring{std::vector{row}}.judge(read_api_key(key.text), now);
  BOOST_TEST((verdict == key_verdict{.state = key_state::expired, .id = key.id}));
}

BOOST_AUTO_TEST_CASE(a_revoked_key_is_refused_at_any_time) {
  auto key = key_of(1);
  auto row = record_of(key);
  row.revoked = now + 1h; // another machine's clock is ahead
  BOOST_TEST((state_of(row, key) == key_state::revoked));
  row.expires = now - 1h;
  BOOST_TEST((state_of(row, key) == key_state::revoked));
}

BOOST_AUTO_TEST_CASE(who_does_not_hold_a_key_does_not_learn_what_became_of_it) {
  auto revoked = key_of(1);
  auto row = record_of(revoked);
  row.revoked = now;
  auto forged = read_api_key(key_of(2).text);
  forged.id = revoked.id;
  BOOST_TEST((key_ring{std::vector{row}}.judge(forged, now) == key_verdict{.state = key_state::unknown}));
}

BOOST_AUTO_TEST_CASE(any_key_at_all_makes_the_ring_configured) {
  BOOST_TEST(!key_ring{}.configured());
  BOOST_TEST(!key_ring{std::vector<api_key_record>{}}.configured());
  auto row = record_of(key_of(1));
  BOOST_TEST(key_ring{std::vector{row}}.configured());
  row.revoked = now;
  BOOST_TEST(key_ring{std::vector{row}}.configured());
  row.revoked.reset();
  row.expires = now - 1h;
  BOOST_TEST(key_ring{std::vector{row}}.configured());
  row.id = "not one of ours";
  BOOST_TEST(key_ring{std::vector{row}}.configured());
}

BOOST_AUTO_TEST_CASE(keys_that_have_vanished_leave_the_ring_configured) {
  BOOST_TEST((key_ring{std::vector<api_key_record>{}, true}.configured()));
  BOOST_TEST((key_ring{std::vector<api_key_record>{}, true}.size() == 0u));
}

BOOST_AUTO_TEST_CASE(a_row_whose_id_is_none_of_ours_disturbs_no_other) {
  auto key = key_of(1);
  auto odd = record_of(key_of(2));
  odd.id = "";
  key_ring sut{std::vector{odd, record_of(key)}};
  BOOST_TEST(sut.size() == 1u);
  BOOST_TEST((sut.judge(read_api_key(key.text), now).state == key_state::valid));
}

BOOST_AUTO_TEST_CASE(each_of_many_keys_is_found_among_the_others) {
  std::mt19937_64 random{7};
  std::vector<api_key_record> rows;
  std::map<std::uint64_t, key_state> expected;
  for (std::uint64_t i = 0; i < 300; ++i) {
    auto row = record_of(key_of(i));
    auto state = i % 4 == 0 ? key_state::revoked : i % 4 == 1 ? key_state::expired : key_state::valid;
    if (state == key_state::revoked)
      row.revoked = now - 1ms;
    if (state == key_state::expired)
      row.expires = now - 1ms;
    row.limit_multiplier = static_cast<std::uint32_t>(i + 1);
    if (i % 4 == 3)
      expected[i] = key_state::unknown; // never stored
    else
      rows.push_back(row), expected[i] = state;
  }
  std::ranges::shuffle(rows, random);
  key_ring sut{rows};
  for (auto [i, state] : expected) {
    auto verdict = sut.judge(read_api_key(key_of(i).text), now);
    BOOST_TEST((verdict.state == state));
    if (state == key_state::valid)
      BOOST_TEST(verdict.limit_multiplier == i + 1);
  }
}

BOOST_AUTO_TEST_SUITE_END()
