#include "cards/drawing/pdf_content.hpp"

#include "cards/drawing/decimal.hpp"
#include "cards/drawing/pdf_file.hpp"
#include "cards/drawing/utf8.hpp"

#include <algorithm>
#include <charconv>

namespace tessera {

namespace {

void append_integer(std::string& out, int value) {
  char digits[12];
  auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
  out.push_back(' ');
}

// To a hundredth, which is an eighth of a dot of a card printer.
void append_millimetres(std::string& out, double value) {
  append_decimal(out, value, 2);
  out.push_back(' ');
}

void append_colour(std::string& out, rgb colour, std::string_view setter) {
  for (auto part : {colour.red, colour.green, colour.blue}) {
    append_decimal(out, part / 255.0, 3);
    out.push_back(' ');
  }
  out.append(setter).push_back('\n');
}

void append_point(std::string& out, path_point point) {
  append_millimetres(out, point.x);
  append_millimetres(out, point.y);
}

void append_path(std::string& out, const vector_path& path) {
  path_point last;
  path.for_each([&](path_verb verb, const path_point* to) {
    switch (verb) {
    case path_verb::move:
      append_point(out, to[0]);
      out.append("m\n");
      break;
    case path_verb::line:
      append_point(out, to[0]);
      out.append("l\n");
      break;
    case path_verb::quadratic:
      // PDF has cubic curves only.
      append_point(out, {(last.x + 2 * to[0].x) / 3, (last.y + 2 * to[0].y) / 3});
      append_point(out, {(to[1].x + 2 * to[0].x) / 3, (to[1].y + 2 * to[0].y) / 3});
      append_point(out, to[1]);
      out.append("c\n");
      break;
    case path_verb::cubic:
      for (int at = 0; at < 3; ++at)
        append_point(out, to[at]);
      out.append("c\n");
      break;
    case path_verb::close:
      out.append("h\n");
      break;
    }
    if (auto count = point_count(verb); count > 0)
      last = to[count - 1];
  });
}

void append_glyph_number(std::string& out, unsigned glyph) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (int shift = 12; shift >= 0; shift -= 4)
    out.push_back(digits[glyph >> shift & 0xf]);
}

// Appends the glyphs with what shaping moved them by: along the line as numbers between the strings, upwards as rise.
void append_glyphs(std::string& out, const std::vector<shaped_glyph>& glyphs, const card_font& font, double size) {
  auto per_em = static_cast<double>(font.units_per_em());
  std::int32_t gap = 0; // to the right, in units of the font
  std::int32_t rise = 0;
  bool in_string = false;
  auto end_string = [&] {
    if (in_string)
      out.push_back('>');
    in_string = false;
  };
  out.push_back('[');
  for (const auto& glyph : glyphs) {
    if (glyph.y_offset != rise) {
      end_string();
      rise = glyph.y_offset;
      out.append("]TJ ");
      append_millimetres(out, rise * size / per_em);
      out.append("Ts[");
    }
    if (gap += glyph.x_offset; gap != 0) {
      end_string();
      append_decimal(out, -1000 * gap / per_em, 1);
    }
    if (!in_string)
      out.push_back('<');
    in_string = true;
    append_glyph_number(out, glyph.id);
    gap = glyph.advance - glyph.x_offset - font.width(glyph.id);
  }
  end_string();
  out.append("]TJ\n");
  if (rise != 0)
    out.append("0 Ts\n");
}

// Whether a reader that puts together what each glyph says gets the text.
bool glyphs_spell(const drawn_line& line, const card_font& font) {
  std::string_view rest = line.text;
  for (const auto& glyph : line.glyphs) {
    const auto& said = font.characters(glyph.id);
    if (said.empty() || !rest.starts_with(said))
      return false;
    rest.remove_prefix(said.size());
  }
  return rest.empty();
}

// Whether a text goes on after a hyphen on the next line: readers drop it there, as if it were not part of the name.
bool breaks_at_hyphen(const drawn_text& text) {
  return std::any_of(text.lines.begin(), text.lines.end(),
                     [&](const drawn_line& line) { return &line != &text.lines.back() && line.text.ends_with('-'); });
}

// Says what the operators up to end_actual_text() show.
void begin_actual_text(std::string& out, std::string_view text) {
  out.append("/Span<</ActualText").append(pdf_text_string(text)).append(">>BDC\n");
}

void end_actual_text(std::string& out) {
  out.append("EMC\n");
}

void begin_marked(std::string& out, std::string_view kind, std::optional<std::size_t> mark) {
  if (!mark)
    return;
  out.append(kind).append("<</MCID ");
  append_integer(out, static_cast<int>(*mark));
  out.append(">>BDC\n");
}

void end_marked(std::string& out, std::optional<std::size_t> mark) {
  if (mark)
    out.append("EMC\n");
}

} // namespace

void append_pdf_shapes(std::string& out, const std::vector<card_shape>& shapes) {
  for (const auto& shape : shapes) {
    std::string path;
    append_path(path, parse_path(shape.path));
    append_colour(out, shape.colour, shape.stroke > 0 ? "RG" : "rg");
    if (shape.stroke > 0) {
      append_millimetres(out, shape.stroke);
      out.append("w\n");
    }
    out.append("q\n");
    for (int copy = 0; copy < shape.copies; ++copy) {
      if (copy > 0) {
        out.append("1 0 0 1 ");
        append_point(out, {shape.dx, shape.dy});
        out.append("cm\n");
      }
      out.append(path).append(shape.stroke > 0 ? "S\n" : "f\n");
    }
    out.append("Q\n");
  }
}

void append_pdf_text(std::string& out, const drawn_text& text, const card_fonts& fonts,
                     std::optional<std::size_t> mark) {
  const auto& font = fonts[text.weight];
  begin_marked(out, "/P", mark);
  append_colour(out, text.colour, "rg");
  auto at_once = breaks_at_hyphen(text);
  if (at_once)
    begin_actual_text(out, text.text);
  for (const auto& line : text.lines) {
    auto spelt = at_once || glyphs_spell(line, font);
    if (!spelt)
      begin_actual_text(out, line.text);
    out.append(text.weight == font_weight::bold ? "BT/B " : "BT/R ");
    append_decimal(out, text.size, 3);
    out.push_back(' ');
    out.append("Tf 1 0 0 -1 ");
    append_point(out, {line.x, line.y});
    out.append("Tm");
    append_glyphs(out, line.glyphs, font, text.size);
    out.append("ET\n");
    if (!spelt)
      end_actual_text(out);
  }
  if (at_once)
    end_actual_text(out);
  end_marked(out, mark);
}

void append_pdf_qr(std::string& out, const qr_code& code, const qr_place& place, std::optional<std::size_t> mark) {
  begin_marked(out, "/Figure", mark);
  auto module = place.side / (code.size() + 2 * qr_code::quiet_zone);
  out.append("q 0 g ");
  append_decimal(out, module, 6);
  out.append(" 0 0 ");
  append_decimal(out, module, 6);
  out.push_back(' ');
  append_point(out, {place.x + qr_code::quiet_zone * module, place.y + qr_code::quiet_zone * module});
  out.append("cm\n");
  // All in one path: areas that were filled one by one would show seams.
  code.for_each_run([&](int x, int y, int length) {
    append_integer(out, x);
    append_integer(out, y);
    append_integer(out, length);
    out.append("1 re\n");
  });
  out.append("f Q\n");
  end_marked(out, mark);
}

} // namespace tessera
