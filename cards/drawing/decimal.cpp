#include "cards/drawing/decimal.hpp"

#include <cmath>

namespace tessera {

void append_decimal(std::string& out, double value, int decimals) {
  constexpr double scales[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
  auto scaled = std::llround(std::abs(value) * scales[decimals]);
  if (value < 0 && scaled != 0)
    out.push_back('-');
  auto scale = static_cast<long long>(scales[decimals]);
  out.append(std::to_string(scaled / scale));
  auto rest = scaled % scale;
  if (rest == 0)
    return;
  out.push_back('.');
  while (rest != 0) {
    scale /= 10;
    out.push_back(static_cast<char>('0' + rest / scale));
    rest %= scale;
  }
}

} // namespace tessera
