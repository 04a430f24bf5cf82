#include "gateway/presented_keys.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>
#include <vector>

using namespace tessera;

namespace {

std::string random_key_line(std::mt19937_64& random) {
  key_seed bytes{};
  for (auto& byte : bytes)
    byte = static_cast<std::uint8_t>(random());
  return "Bearer " + make_api_key(bytes).text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(presented_keys_read)

BOOST_AUTO_TEST_CASE(always_what_the_line_presents_however_many_push_each_other_out) {
  client_naming naming{{1, 2, 3}};
  presented_keys sut{naming};
  std::mt19937_64 random{7};
  std::vector<std::string> lines{"", "Basic YTpi", "Bearer ", "Bearer nonsense", "bearer  tsk_"};
  for (int i = 0; i < 3'000; ++i)
    lines.push_back(random_key_line(random));
  for (int i = 0; i < 20'000; ++i) {
    auto line = lines[random() % lines.size()];
    if (random() % 8 == 0 && !line.empty())
      line[random() % line.size()] ^= 1;
    std::string_view view{line};
    auto expected = read_authorization({&view, 1});
    const auto& found = sut.read(line);
    BOOST_REQUIRE((found.what == expected));
    auto name = expected.what == credentials::kind::key ? naming.of_api_key(expected.id.text()) : client_key{};
    BOOST_REQUIRE((found.name == name));
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_key_pushes_no_key_out_and_leaves_no_name_behind) {
  client_naming naming{{1, 2, 3}};
  presented_keys sut{naming};
  std::mt19937_64 random{7};
  auto line = random_key_line(random);
  auto name = sut.read(line).name;
  BOOST_TEST((sut.read("Bearer nonsense").name == client_key{}));
  BOOST_TEST((sut.read(line).name == name));
}

BOOST_AUTO_TEST_SUITE_END()
