#include "cards/drawing/fitted_text.hpp"

#include <algorithm>
#include <cmath>

namespace tessera {

namespace {

// A size is tried again smaller by this; finer steps are not seen.
constexpr double shrink_step = 0.96;

// Sums of widths are compared with this much tolerance, in em.
constexpr double rounding = 1e-9;

struct glyph_range {
  std::size_t begin;
  std::size_t end;
};

// The text with what the wrapping asks of it. Widths in em.
class measured_text {
public:
  measured_text(const shaped_text& text, const card_font& font, double tracking)
      : text_(text), per_em_(font.units_per_em()), tracking_(std::lround(tracking * per_em_)) {
  }

  std::size_t size() const noexcept {
    return text_.glyphs.size();
  }
  double advance(const shaped_glyph& glyph) const noexcept {
    // A mark stands over a letter, and takes no room of its own.
    return static_cast<double>(glyph.advance + (glyph.advance > 0 ? tracking_ : 0)) / per_em_;
  }
  double width(glyph_range range) const noexcept {
    double sum = 0;
    for (auto at = range.begin; at < range.end; ++at)
      sum += advance(text_.glyphs[at]);
    return sum;
  }
  bool is(std::size_t at, char character) const noexcept {
    return text_.text[text_.glyphs[at].cluster] == character;
  }
  /// Whether no letter is torn apart where a line ends before glyph `at`.
  bool between_letters(std::size_t at) const noexcept {
    return at == size() || at == 0 || text_.glyphs[at].cluster != text_.glyphs[at - 1].cluster;
  }
  glyph_range without_spaces(glyph_range range) const noexcept {
    while (range.begin < range.end && is(range.end - 1, ' '))
      --range.end;
    return range;
  }
  /// Returns a line that ends with `ellipsis` if there is one, and then stands for the whole rest of the text.
  fitted_line line(glyph_range range, double size, const shaped_glyph* ellipsis = nullptr) const {
    fitted_line out;
    auto begin = text_.glyphs[range.begin].cluster;
    auto end = ellipsis != nullptr || range.end == this->size() ? text_.text.size() : text_.glyphs[range.end].cluster;
    out.text = text_.text.substr(begin, end - begin);
    out.glyphs.assign(text_.glyphs.begin() + static_cast<std::ptrdiff_t>(range.begin),
                      text_.glyphs.begin() + static_cast<std::ptrdiff_t>(range.end));
    if (ellipsis != nullptr)
      out.glyphs.push_back(*ellipsis);
    double sum = 0;
    for (auto& glyph : out.glyphs) {
      sum += advance(glyph);
      if (glyph.advance > 0)
        glyph.advance += static_cast<std::int32_t>(tracking_);
    }
    out.width = sum * size;
    return out;
  }

private:
  const shaped_text& text_;
  double per_em_;
  long tracking_;
};

// Returns the line that begins at glyph `begin`: as many words as fit in `limit`, at least one letter. Its end is
// where the next begins. `broken` becomes true if a word had to be.
glyph_range take_line(const measured_text& text, std::size_t begin, double limit, bool& broken) {
  double width = 0;
  auto word_end = begin;
  auto letter_end = begin;
  for (auto at = begin; at < text.size(); ++at) {
    // A space at the end of a line may hang over.
    width += text.width({at, at + 1});
    if (width > limit + rounding && !text.is(at, ' ')) {
      if (word_end > begin)
        return {begin, word_end};
      broken = true;
      if (letter_end > begin)
        return {begin, letter_end};
    }
    if (text.between_letters(at + 1)) {
      letter_end = at + 1;
      if (text.is(at, ' ') || text.is(at, '-'))
        word_end = at + 1;
    }
  }
  return {begin, text.size()};
}

// Returns the lines at a width of `limit` em, or one too many.
std::vector<glyph_range> wrap(const measured_text& text, double limit, int most, bool& broken) {
  std::vector<glyph_range> lines;
  for (std::size_t at = 0; at < text.size() && lines.size() <= static_cast<std::size_t>(most); at = lines.back().end)
    lines.push_back(take_line(text, at, limit, broken));
  return lines;
}

// Returns as much of the text from `begin` as fits in `limit` em.
glyph_range cut(const measured_text& text, std::size_t begin, double limit) {
  auto end = begin;
  double width = 0;
  for (auto at = begin; at < text.size(); ++at) {
    width += text.width({at, at + 1});
    if (width > limit)
      break;
    if (text.between_letters(at + 1))
      end = at + 1;
  }
  return text.without_spaces({begin, end});
}

} // namespace

fitted_text fit(const shaped_text& shaped, const card_font& font, const fit_rule& rule) {
  measured_text text{shaped, font, rule.tracking};
  if (text.size() == 0)
    return {rule.size, {}, false};
  glyph_range whole{0, text.size()};
  auto size = std::min(rule.size, rule.width / std::max(text.width(whole), rounding));
  if (size >= (rule.lines > 1 ? rule.wrap_below : rule.smallest))
    return {size, {text.line(whole, size)}, false};
  auto most = static_cast<std::size_t>(rule.lines);
  for (size = rule.lines > 1 ? rule.wrap_below : rule.smallest;; size = std::max(size * shrink_step, rule.smallest)) {
    bool broken = false;
    auto lines = wrap(text, rule.width / size, rule.lines, broken);
    bool last = size <= rule.smallest;
    if (!last && (broken || lines.size() > most))
      continue;
    fitted_text out{size, {}, lines.size() > most};
    lines.resize(std::min(lines.size(), most));
    for (auto line : lines)
      out.lines.push_back(text.line(text.without_spaces(line), size));
    if (out.cut) {
      auto ellipsis = font.shape("\u2026").glyphs.front();
      auto rest = cut(text, lines.back().begin, rule.width / size - text.advance(ellipsis));
      out.lines.back() = text.line(rest, size, &ellipsis);
    }
    return out;
  }
}

} // namespace tessera
