#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// A card's QR code (ISO/IEC 18004): the address of the verify page, '#', and the token; error correction M (15 % of
/// the code may be lost), mask 3 always: readers read any, and to try all eight for the best costs ten times as much.
class qr_code {
public:
  /// Light modules that a reader needs on each side.
  static constexpr int quiet_zone = 4;

  /// `address` is as in "HTTPS://EXAMPLE.ORG/V", in capital letters as far as it may be: letters of alphanumeric mode
  /// take 5.5 bits each, any other character in it makes each take 8. `token` is Base32.
  /// REQUIRES: both together have at most 1,000 characters.
  qr_code(std::string_view address, std::string_view token);

  /// Returns how many modules a side has, without the quiet zone.
  int size() const noexcept {
    return size_;
  }

  /// REQUIRES: `x`, the column, and `y`, the row from the top, are 0 to size() - 1.
  bool dark(int x, int y) const noexcept {
    return modules_[static_cast<std::size_t>(y * size_ + x)] != 0;
  }

  /// Calls `draw(x, y, length)` for each horizontal run of dark modules, from the top left.
  template <class Draw>
  void for_each_run(Draw&& draw) const {
    for (int y = 0; y < size_; ++y)
      for (int x = 0; x < size_; ++x)
        if (auto begin = x; dark(x, y)) {
          while (x < size_ && dark(x, y))
            ++x;
          draw(begin, y, x - begin);
        }
  }

private:
  int size_;
  std::vector<std::uint8_t> modules_; ///< 1 where dark, row by row
};

/// Returns the code with its quiet zone as a PNG image in black and white. REQUIRES: pixels_per_module is 1 to 64.
std::string qr_png(const qr_code& code, unsigned pixels_per_module);

/// Appends the dark modules as the data of an SVG path, one unit per module, each `shift` to the right and down.
void append_runs(std::string& out, const qr_code& code, int shift);

/// Returns the code with its quiet zone as an SVG image, one unit per module.
std::string qr_svg(const qr_code& code);

} // namespace tessera
