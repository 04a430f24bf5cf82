#include "cards/drawing/qr_code.hpp"

#include "cards/drawing/png.hpp"

#include <qrcodegen.hpp>

#include <algorithm>
#include <string>

namespace tessera {

namespace {

using qrcodegen::QrCode;
using qrcodegen::QrSegment;

constexpr int fixed_mask = 3;

std::vector<QrSegment> segments(const std::string& address, const std::string& token) {
  std::vector<QrSegment> parts;
  auto bytes = [&](std::string_view text) { parts.push_back(QrSegment::makeBytes({text.begin(), text.end()})); };
  if (QrSegment::isAlphanumeric(address.c_str())) {
    parts.push_back(QrSegment::makeAlphanumeric(address.c_str()));
    bytes("#");
  } else {
    bytes(address + '#');
  }
  parts.push_back(QrSegment::makeAlphanumeric(token.c_str()));
  return parts;
}

} // namespace

qr_code::qr_code(std::string_view address, std::string_view token) {
  auto code = QrCode::encodeSegments(segments(std::string{address}, std::string{token}), QrCode::Ecc::MEDIUM,
                                     QrCode::MIN_VERSION, QrCode::MAX_VERSION, fixed_mask, false);
  size_ = code.getSize();
  modules_.reserve(static_cast<std::size_t>(size_ * size_));
  for (int y = 0; y < size_; ++y)
    for (int x = 0; x < size_; ++x)
      modules_.push_back(code.getModule(x, y));
}

std::string qr_png(const qr_code& code, unsigned pixels_per_module) {
  auto scale = static_cast<std::size_t>(pixels_per_module);
  auto width = static_cast<std::size_t>(code.size() + 2 * qr_code::quiet_zone) * scale;
  auto row_size = 1 + (width + 7) / 8;
  std::string rows(row_size * width, '\0');
  auto* row = rows.data();
  // One row of pixels for each row of modules; those below it are the same, which filter "up" says in zeros.
  auto begin_row = [&](std::size_t copies) {
    auto* first = row;
    *first = png_filter_none;
    std::fill(first + 1, first + row_size, '\xff');
    for (row += row_size; --copies > 0; row += row_size)
      *row = png_filter_up;
    return first + 1;
  };
  begin_row(qr_code::quiet_zone * scale);
  for (int y = 0; y < code.size(); ++y) {
    auto* pixels = begin_row(scale);
    for (int x = 0; x < code.size(); ++x)
      if (code.dark(x, y)) {
        auto at = static_cast<std::size_t>(x + qr_code::quiet_zone) * scale;
        for (auto end = at + scale; at < end; ++at)
          pixels[at / 8] = static_cast<char>(pixels[at / 8] & ~(0x80 >> at % 8));
      }
  }
  begin_row(qr_code::quiet_zone * scale);
  return write_png(static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(width), png_pixels::one_bit_grey,
                   rows);
}

void append_runs(std::string& out, const qr_code& code, int shift) {
  code.for_each_run([&](int x, int y, int length) {
    auto run = std::to_string(length);
    out.append("M").append(std::to_string(x + shift)).append(" ").append(std::to_string(y + shift));
    out.append("h").append(run).append("v1h-").append(run).append("z");
  });
}

std::string qr_svg(const qr_code& code) {
  auto side = std::to_string(code.size() + 2 * qr_code::quiet_zone);
  std::string out = R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 )" + side + ' ' + side
                    + R"(" role="img" aria-label="QR code" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h)"
                    + side + 'v' + side + R"(H0z"/><path d=")";
  append_runs(out, code, qr_code::quiet_zone);
  return out += R"("/></svg>)";
}

} // namespace tessera
