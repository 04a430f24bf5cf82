#include "guard/client_naming.hpp"

#include <boost/test/unit_test.hpp>

using tessera::client_naming;
using tessera::parse_ip_address;

namespace {

constexpr client_naming::secret secret = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

auto key_of(const client_naming& naming, std::string_view address) {
  return naming.of_address(parse_ip_address(address).value()).value;
}

} // namespace

BOOST_AUTO_TEST_SUITE(client_naming_test)

BOOST_AUTO_TEST_CASE(a_client_keeps_its_name_on_every_node) {
  client_naming here{secret};
  client_naming there{secret};
  BOOST_TEST(key_of(here, "192.0.2.1") == key_of(there, "192.0.2.1"));
  BOOST_TEST(key_of(here, "192.0.2.1") == key_of(there, "::ffff:192.0.2.1"));
  BOOST_TEST(here.of_api_key("k1").value == there.of_api_key("k1").value);
}

// Computed with another implementation, which gives the vector of the paper's appendix A.
BOOST_AUTO_TEST_CASE(a_name_is_siphash_2_4_of_kind_and_bytes) {
  client_naming sut{secret};
  BOOST_TEST(key_of(sut, "192.0.2.1") == 0x4293386a506919abu);
  BOOST_TEST(sut.of_api_key("k1").value == 0x908db397274410au);
}

BOOST_AUTO_TEST_CASE(names_differ_by_client_kind_and_secret) {
  client_naming sut{secret};
  client_naming other{client_naming::secret{}};
  BOOST_TEST(key_of(sut, "192.0.2.1") != key_of(sut, "192.0.2.2"));
  BOOST_TEST(key_of(sut, "192.0.2.1") != key_of(other, "192.0.2.1"));
  BOOST_TEST(sut.of_api_key("k1").value != sut.of_api_key("k2").value);
  BOOST_TEST(sut.of_api_key("").value != sut.of_api_key(std::string_view{"\0", 1}).value);
  auto bytes = parse_ip_address("192.0.2.1").value().bytes();
  std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  BOOST_TEST(sut.of_api_key(text).value != key_of(sut, "192.0.2.1"));
}

BOOST_AUTO_TEST_CASE(an_ipv6_client_has_a_whole_64_and_an_ipv4_client_one_address) {
  client_naming sut{secret};
  BOOST_TEST(key_of(sut, "2001:db8:1:2::1") == key_of(sut, "2001:db8:1:2:ffff:ffff:ffff:ffff"));
  BOOST_TEST(key_of(sut, "2001:db8:1:2::1") != key_of(sut, "2001:db8:1:3::1"));
  BOOST_TEST(key_of(sut, "::ffff:1.2.3.4") != key_of(sut, "::ffff:1.2.3.5"));
}

BOOST_AUTO_TEST_SUITE_END()
