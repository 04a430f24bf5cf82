#include "cards/member_record.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidjson/document.h>
#include <sodium.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <string>
#include <vector>

using namespace tessera;
using namespace std::chrono_literals;

namespace {

member thandi() {
  member subject;
  subject.id = {4711};
  subject.number = *id_number::from_digits("8001015009087");
  subject.first_name = "Thandi \"T\"";
  subject.last_name = "Ṱhovhele";
  subject.email = "thandi@example.org";
  subject.phone_number = "+27821234567";
  subject.province_name = "Limpopo";
  subject.municipality_name = "Thulamela";
  subject.ward_number = "12";
  subject.voting_station_name = "Tshivhase Primary School";
  subject.joined = std::chrono::sys_days{2024y / 2 / 29} + 8h + 5min + 9s + 7ms;
  return subject;
}

etag_key key_of(std::uint8_t first) {
  etag_key key{};
  key[0] = first;
  return key;
}

member random_member(std::mt19937_64& random) {
  auto text = [&] {
    // Lengths around those where the length needs another byte.
    constexpr std::size_t sizes[] = {0, 1, 2, 20, 126, 127, 128, 129, 300, 16'383, 16'384, 16'385};
    std::string result(random() % 4 == 0 ? sizes[random() % std::size(sizes)] : random() % 30, '\0');
    for (auto& character : result)
      character = static_cast<char>(random());
    return result;
  };
  member subject;
  subject.id = {random()};
  subject.number = *id_number::from_packed(random() % 10'000'000'000'000);
  for (auto* field :
       {&subject.first_name, &subject.last_name, &subject.email, &subject.phone_number, &subject.province_name,
        &subject.municipality_name, &subject.ward_number, &subject.voting_station_name})
    *field = text();
  subject.joined = utc_time{std::chrono::milliseconds{static_cast<std::int64_t>(random())}};
  return subject;
}

} // namespace

BOOST_AUTO_TEST_SUITE(member_record_test)

BOOST_AUTO_TEST_CASE(the_json_is_that_of_the_contract_to_the_letter) {
  BOOST_TEST(member_json(thandi())
             == R"({"member_id":4711,"membership_number":"MEM004711","first_name":"Thandi \"T\"",)"
                R"("last_name":"Ṱhovhele","email":"thandi@example.org","phone_number":"+27821234567",)"
                R"("province_name":"Limpopo","municipality_name":"Thulamela","ward_number":"12",)"
                R"("voting_station_name":"Tshivhase Primary School","membership_type":"Standard",)"
                R"("join_date":"2024-02-29T08:05:09.007Z","expiry_date":"2025-02-28T08:05:09.007Z",)"
                R"("id_number":"8001015009087"})");
}

BOOST_AUTO_TEST_CASE(absent_texts_are_empty_and_an_absent_station_is_not_available) {
  member subject;
  subject.id = {1};
  BOOST_TEST(member_json(subject)
             == R"({"member_id":1,"membership_number":"MEM000001","first_name":"","last_name":"","email":"",)"
                R"("phone_number":"","province_name":"","municipality_name":"","ward_number":"",)"
                R"("voting_station_name":"Not Available","membership_type":"Standard",)"
                R"("join_date":"1970-01-01T00:00:00.000Z","expiry_date":"1971-01-01T00:00:00.000Z",)"
                R"("id_number":"0000000000000"})");
}

BOOST_AUTO_TEST_CASE(texts_with_quotes_and_control_characters_survive_json) {
  auto subject = thandi();
  subject.id = {max_member_id};
  subject.last_name = std::string{"a\"b\\c/d\n\t\b\0e</script>\x7f", 23};
  rapidjson::Document document;
  auto json = member_json(subject);
  document.Parse(json.data(), json.size());
  BOOST_REQUIRE(!document.HasParseError());
  const auto& name = document["last_name"];
  BOOST_TEST((std::string{name.GetString(), name.GetStringLength()} == subject.last_name));
  BOOST_TEST(document["member_id"].GetUint64() == max_member_id);
}

BOOST_AUTO_TEST_CASE(a_join_date_at_the_end_of_time_does_no_harm) {
  auto subject = thandi();
  subject.joined = utc_time::max();
  BOOST_TEST(member_json(subject).find(R"("expiry_date":"9999-12-31T23:59:59.999Z")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_body_is_an_envelope_without_its_end_and_carries_the_packed_member) {
  auto subject = thandi();
  auto body = make_member_body(subject, key_of(1));
  BOOST_TEST(body->text()
             == R"({"success":true,"message":"Member retrieved successfully","data":)" + member_json(subject));
  BOOST_TEST(body->packed() == pack_member(subject));
  rapidjson::Document document;
  auto finished = std::string{body->text()} + R"(,"timestamp":"2026-01-31T08:05:09.007Z"})";
  document.Parse(finished.data(), finished.size());
  BOOST_REQUIRE(!document.HasParseError());
  BOOST_TEST(document["data"]["membership_number"].GetString() == "MEM004711");
}

BOOST_AUTO_TEST_CASE(the_etag_is_a_keyed_hash_of_the_data_alone) {
  auto subject = thandi();
  auto etag = make_member_body(subject, key_of(1))->etag();
  BOOST_TEST(make_member_body(subject, key_of(1))->etag() == etag);
  BOOST_TEST(make_member_body(subject, key_of(2))->etag() != etag);
  subject.email += "x";
  BOOST_TEST(make_member_body(subject, key_of(1))->etag() != etag);
}

// From a SipHash-2-4 written from the paper (Aumasson, Bernstein, 2012), so that no change of library or byte order
// goes unnoticed: nodes of different builds must agree.
BOOST_AUTO_TEST_CASE(the_etag_is_siphash_2_4) {
  auto rotate = [](std::uint64_t value, int by) { return value << by | value >> (64 - by); };
  auto reference = [&](std::string_view text, const etag_key& key) {
    auto word = [](const auto* bytes, std::size_t size) {
      std::uint64_t result = 0;
      for (std::size_t at = 0; at < size; ++at)
        result |= std::uint64_t{static_cast<unsigned char>(bytes[at])} << (8 * at);
      return result;
    };
    auto k0 = word(key.data(), 8);
    auto k1 = word(key.data() + 8, 8);
    std::uint64_t v[4] = {k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
                          k1 ^ 0x7465646279746573};
    auto round = [&] {
      v[0] += v[1], v[1] = rotate(v[1], 13) ^ v[0], v[0] = rotate(v[0], 32);
      v[2] += v[3], v[3] = rotate(v[3], 16) ^ v[2];
      v[0] += v[3], v[3] = rotate(v[3], 21) ^ v[0];
      v[2] += v[1], v[1] = rotate(v[1], 17) ^ v[2], v[2] = rotate(v[2], 32);
    };
    auto take = [&](std::uint64_t m) { v[3] ^= m, round(), round(), v[0] ^= m; };
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8)
      take(word(text.data() + at, 8));
    take(word(text.data() + at, text.size() - at) | std::uint64_t{text.size()} << 56);
    v[2] ^= 0xff;
    for (int i = 0; i < 4; ++i)
      round();
    return v[0] ^ v[1] ^ v[2] ^ v[3];
  };
  etag_key paper;
  std::string message;
  for (std::uint8_t i = 0; i < 16; ++i) {
    paper[i] = i;
    if (i < 15)
      message += static_cast<char>(i);
  }
  BOOST_TEST_REQUIRE(reference(message, paper) == 0xa129ca6149be45e5u); // the paper's test vector
  auto subject = thandi();
  for (std::uint8_t first = 0; first < 20; ++first) {
    subject.first_name += 'x';
    BOOST_TEST(make_member_body(subject, key_of(first))->etag() == reference(member_json(subject), key_of(first)));
  }
}

BOOST_AUTO_TEST_CASE(packing_keeps_everything) {
  BOOST_TEST((unpack_member(pack_member(member{})) == member{}));
  BOOST_TEST((unpack_member(pack_member(thandi())) == thandi()));
  std::mt19937_64 random{41};
  for (int round = 0; round < 2'000; ++round) {
    auto subject = random_member(random);
    BOOST_REQUIRE((unpack_member(pack_member(subject)) == subject));
  }
}

BOOST_AUTO_TEST_CASE(packing_is_compact) {
  auto subject = thandi();
  auto texts = subject.first_name.size() + subject.last_name.size() + subject.email.size() + subject.phone_number.size()
               + subject.province_name.size() + subject.municipality_name.size() + subject.ward_number.size()
               + subject.voting_station_name.size();
  BOOST_TEST(pack_member(subject).size() == texts + 4 + 1 + 3 * 8 + 8);
}

BOOST_AUTO_TEST_CASE(every_truncation_every_flipped_bit_and_every_byte_too_many_is_noticed) {
  auto packed = pack_member(thandi());
  for (std::size_t size = 0; size < packed.size(); ++size) {
    std::vector<char> exact(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(size)); // no byte behind
    BOOST_TEST(!unpack_member({exact.data(), exact.size()}).has_value(), "cut to " << size);
  }
  for (std::size_t bit = 0; bit < packed.size() * 8; ++bit) {
    auto damaged = packed;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    BOOST_TEST(!unpack_member(damaged).has_value(), "bit " << bit);
  }
  for (int extra = 0; extra < 256; ++extra)
    BOOST_TEST(!unpack_member(packed + static_cast<char>(extra)).has_value(), "extra " << extra);
}

// The checksum would hide a careless parser from random damage. Here it is made to fit again, so that the parser itself
// has to hold; the address sanitizer watches.
BOOST_AUTO_TEST_CASE(damage_behind_a_fitting_checksum_is_read_within_bounds) {
  auto seal = [](std::string& packed) {
    // The checksum is the low half of the hash, keyed with zeros, of everything behind it: what the ETag would be.
    unsigned char zeros[crypto_shorthash_KEYBYTES] = {};
    unsigned char hash[crypto_shorthash_BYTES];
    crypto_shorthash(hash, reinterpret_cast<const unsigned char*>(packed.data()) + 4, packed.size() - 4, zeros);
    std::copy(hash, hash + 4, packed.begin());
  };
  auto good = pack_member(thandi());
  auto same = good;
  seal(same);
  BOOST_TEST_REQUIRE((same == good), "the test's idea of the checksum is not the code's");
  std::mt19937_64 random{42};
  int accepted = 0;
  for (int round = 0; round < 100'000; ++round) {
    auto damaged = good;
    for (auto changes = random() % 4; changes-- > 0;)
      damaged[4 + random() % (damaged.size() - 4)] = static_cast<char>(random() % 3 == 0 ? random() | 0x80 : random());
    if (random() % 2 == 0)
      damaged.resize(4 + random() % (damaged.size() - 3));
    if (random() % 8 == 0)
      damaged.insert(4 + random() % (damaged.size() - 3), random() % 20, '\x80'); // a length that never ends
    seal(damaged);
    std::vector<char> exact(damaged.begin(), damaged.end());
    auto unpacked = unpack_member({exact.data(), exact.size()});
    accepted += unpacked.has_value();
    if (unpacked)
      member_json(*unpacked); // whatever came out must be harmless to show
  }
  BOOST_TEST(accepted > 0); // texts changed in place are not damage
  for (std::size_t size = 5; size < good.size() + 10; ++size) {
    auto other = good;
    other.resize(size);
    seal(other);
    std::vector<char> exact(other.begin(), other.end());
    BOOST_TEST(unpack_member({exact.data(), exact.size()}).has_value() == (size == good.size()), "size " << size);
  }
  for (auto version : {0, 2, 255}) {
    auto other = good;
    other[4] = static_cast<char>(version);
    seal(other);
    BOOST_TEST(!unpack_member(other).has_value(), "version " << version);
  }
}

BOOST_AUTO_TEST_SUITE_END()
