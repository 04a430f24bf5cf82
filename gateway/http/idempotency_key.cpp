#include "gateway/http/idempotency_key.hpp"

#include <algorithm>

namespace tessera {

input<std::string> parse_idempotency_key(const http_request& request) {
  constexpr std::size_t most_bytes = 255;
  constexpr std::string_view pointer = "/Idempotency-Key";
  if (request.idempotency_keys == 0)
    return std::string{};
  if (request.idempotency_keys > 1)
    return invalid_input(std::string{pointer}, "There must be one Idempotency-Key");
  auto key = request.idempotency_key;
  bool visible = std::ranges::all_of(key, [](char c) { return c >= '!' && c <= '~'; });
  if (key.empty() || key.size() > most_bytes || !visible)
    return invalid_input(std::string{pointer}, "Idempotency-Key must be 1 to 255 visible ASCII characters, no spaces");
  return std::string{key};
}

} // namespace tessera
