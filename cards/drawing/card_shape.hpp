#pragma once

#include <cstdint>
#include <string>

namespace tessera {

struct rgb {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;

  bool operator==(const rgb&) const = default;
};

/// An area or, with a `stroke`, a line; drawn `copies` times, each shifted by (dx, dy). Millimetres from the top left.
struct card_shape {
  std::string path; ///< as parse_path() reads it
  rgb colour{};
  double stroke = 0;
  int copies = 1;
  double dx = 0;
  double dy = 0;
};

} // namespace tessera
