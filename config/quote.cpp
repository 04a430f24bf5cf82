#include "config/quote.hpp"

namespace tessera {

std::size_t utf8_sequence(std::string_view text) noexcept {
  // The Unicode Standard, table 3-7: the second byte has a narrower range after some first bytes.
  auto at = [text](std::size_t index) { return index < text.size() ? static_cast<unsigned char>(text[index]) : 0U; };
  auto within = [](unsigned value, unsigned low, unsigned high) { return low <= value && value <= high; };
  auto first = at(0);
  if (text.empty())
    return 0;
  if (first < 0x80)
    return 1;
  if (within(first, 0xc2, 0xdf))
    return within(at(1), 0x80, 0xbf) ? 2 : 0;
  if (within(first, 0xe0, 0xef)) {
    auto low = first == 0xe0 ? 0xa0U : 0x80U;
    auto high = first == 0xed ? 0x9fU : 0xbfU;
    return within(at(1), low, high) && within(at(2), 0x80, 0xbf) ? 3 : 0;
  }
  if (within(first, 0xf0, 0xf4)) {
    auto low = first == 0xf0 ? 0x90U : 0x80U;
    auto high = first == 0xf4 ? 0x8fU : 0xbfU;
    return within(at(1), low, high) && within(at(2), 0x80, 0xbf) && within(at(3), 0x80, 0xbf) ? 4 : 0;
  }
  return 0;
}

std::string quote(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  out.push_back('"');
  append_escaped(out, text);
  out.push_back('"');
  return out;
}

} // namespace tessera
