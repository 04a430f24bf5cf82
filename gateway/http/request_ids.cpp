#include "gateway/http/request_ids.hpp"

#include "cards/id_number.hpp"
#include "storage/cache_key.hpp"

namespace tessera {

void write_letters(std::uint64_t value, char* out) noexcept {
  for (int i = 0; i < 16; ++i)
    out[i] = static_cast<char>('a' + ((value >> (60 - 4 * i)) & 15));
}

request_ids::text request_ids::next() noexcept {
  // The seed tells processes apart, the count requests; mixing hides how many there were.
  text id;
  char whole[32];
  write_letters(mix64(seed_ ^ ++count_), whole);
  write_letters(mix64(seed_ + count_ * 0x9e3779b97f4a7c15), whole + 16);
  for (std::size_t i = 0; i < length; ++i)
    id[i] = whole[i];
  return id;
}

bool is_sane_request_id(std::string_view id) noexcept {
  constexpr std::size_t longest = 128;
  if (id.empty() || id.size() > longest)
    return false;
  for (char c : id) {
    bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!alphanumeric && std::string_view{"-_.:/+=@"}.find(c) == std::string_view::npos)
      return false;
  }
  return !holds_id_number(id);
}

bool is_sane_traceparent(std::string_view value) noexcept {
  if (value.size() != 55 || value.substr(0, 3) != "00-" || value[35] != '-' || value[52] != '-')
    return false;
  for (std::size_t i = 3; i < value.size(); ++i)
    if (i != 35 && i != 52 && !((value[i] >= '0' && value[i] <= '9') || (value[i] >= 'a' && value[i] <= 'f')))
      return false;
  return true;
}

} // namespace tessera
