#include "gateway/http/request_ids.hpp"
#include "guard/api_key.hpp"
#include "guard/scopes.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <array>
#include <string>

/// API keys, Authorization headers, scopes and the ids of requests.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tessera;
  using fuzz::require;
  auto text = fuzz::text_of(data, size);
  auto key = read_api_key(text);
  require(key.what != credentials::kind::none, "a text presents something");
  if (key.what == credentials::kind::key)
    require(text.size() == api_key_length && text.starts_with(api_key_prefix), "a key has its form");
  const std::array one{text};
  const std::array two{text, text};
  read_authorization(one);
  require(read_authorization(two).what == credentials::kind::malformed, "two headers are no key");
  auto bearer = "Bearer " + std::string{text};
  const std::array presented{std::string_view{bearer}};
  if (key.what == credentials::kind::key)
    require(read_authorization(presented) == key, "a key is the same in a header");
  if (auto scopes = parse_scopes(text))
    require(parse_scopes(to_string(*scopes)).has_value(), "scopes survive printing");
  known_scopes(text);
  if (is_sane_request_id(text))
    require(text.find_first_of("\r\n \"\\") == text.npos && text.size() <= 128, "a sane id needs no quoting");
  is_sane_traceparent(text);
  return 0;
}
