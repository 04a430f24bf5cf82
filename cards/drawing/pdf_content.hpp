#pragma once

#include "cards/drawing/card_layout.hpp"
#include "cards/drawing/qr_code.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// Points of 1/72 inch, PDF's unit.
inline constexpr double points_per_millimetre = 72 / 25.4;

/// Each of these appends the operators that draw something, in millimetres from the top left, y downwards. The
/// fonts are the resources /R (regular) and /B (bold). Where there is a `mark`, it is the number by which the
/// structure tree knows the content.

void append_pdf_shapes(std::string& out, const std::vector<card_shape>& shapes);

void append_pdf_text(std::string& out, const drawn_text& text, const card_fonts& fonts,
                     std::optional<std::size_t> mark);

void append_pdf_qr(std::string& out, const qr_code& code, const qr_place& place, std::optional<std::size_t> mark);

} // namespace tessera
