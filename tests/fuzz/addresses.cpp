#include "guard/forwarded.hpp"
#include "guard/proxy_header.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <array>
#include <string>
#include <vector>

/// What proxies say about their clients: addresses, networks, X-Forwarded-For, PROXY headers.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tessera;
  using fuzz::require;
  auto bytes = fuzz::text_of(data, size);
  if (auto address = parse_ip_address(bytes))
    require(parse_ip_address(to_string(*address)) == address, "an address survives printing");
  if (auto network = ip_network::parse(bytes))
    require(ip_network::parse(to_string(*network)) == network, "a network survives printing");

  auto header = parse_proxy_header(bytes);
  if (header.what == proxy_header::state::complete) {
    require(header.size > 0 && header.size <= bytes.size(), "a header is within what was given");
    require(parse_proxy_header(bytes.substr(0, header.size)) == header, "what follows a header does not change it");
    for (std::size_t less = 0; less < header.size; ++less)
      require(parse_proxy_header(bytes.substr(0, less)).what == proxy_header::state::incomplete,
              "the beginning of a header may become one");
  } else if (header.what == proxy_header::state::incomplete) {
    require(bytes.size() < most_proxy_header_bytes, "a header is bounded");
  }

  fuzz::reader lines{bytes};
  std::vector<std::string_view> values;
  while (!lines.empty() && values.size() < 8)
    values.push_back(lines.up_to('\n'));
  const std::array trusted{*ip_network::parse("10.0.0.0/8"), *ip_network::parse("fd00::/8")};
  auto proxy = *parse_ip_address("10.0.0.1");
  auto stranger = *parse_ip_address("192.0.2.1");
  client_address(proxy, values, trusted);
  require(client_address(stranger, values, trusted) == stranger, "a stranger speaks for nobody else");
  return 0;
}
