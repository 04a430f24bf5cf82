#include "cards/drawing/vector_path.hpp"

#include "cards/drawing/decimal.hpp"

#include <cassert>
#include <charconv>
#include <cmath>

namespace tessera {

namespace {

// Coordinates beyond this are no drawing's.
constexpr double farthest = 1e6;

constexpr bool is_command(char character) noexcept {
  return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z');
}

// Reads path data. A command may be left out where it is the one before; small letters are relative to where the last
// step ended. After the first fault `failed` stays true.
class path_reader {
public:
  explicit path_reader(std::string_view text) noexcept : rest_(text) {
  }

  std::optional<vector_path> read() {
    char command = 0;
    for (skip_separators(); !rest_.empty() && !failed_; skip_separators()) {
      if (is_command(rest_.front())) {
        command = rest_.front();
        rest_.remove_prefix(1);
      } else if (command == 0 || command == 'Z' || command == 'z') {
        return std::nullopt;
      }
      relative_ = command >= 'a';
      step(relative_ ? static_cast<char>(command - 'a' + 'A') : command);
      // Further points of a move are lines.
      if (command == 'M' || command == 'm')
        command = relative_ ? 'l' : 'L';
    }
    if (failed_)
      return std::nullopt;
    return std::move(out_);
  }

private:
  void step(char command) {
    if (out_.verbs.empty() ? command != 'M' : out_.verbs.back() == path_verb::close && command != 'M' && command != 'Z')
      begin_again();
    auto control = here_; // of the next smooth curve, if this one is no curve
    switch (command) {
    case 'M':
      add(path_verb::move, {point()});
      begin_ = here_;
      break;
    case 'L':
      add(path_verb::line, {point()});
      break;
    case 'H':
      add(path_verb::line, {{number() + (relative_ ? here_.x : 0), here_.y}});
      break;
    case 'V':
      add(path_verb::line, {{here_.x, number() + (relative_ ? here_.y : 0)}});
      break;
    case 'Q':
    case 'T':
      control = command == 'Q' ? point() : mirrored(path_verb::quadratic);
      add(path_verb::quadratic, {control, point()});
      control_ = control;
      return;
    case 'C':
    case 'S': {
      auto first = command == 'C' ? point() : mirrored(path_verb::cubic);
      control = point();
      add(path_verb::cubic, {first, control, point()});
      control_ = control;
      return;
    }
    case 'Z':
      out_.add(path_verb::close, {});
      here_ = begin_;
      break;
    default:
      failed_ = true;
    }
  }

  // A step behind a close goes on where that led to. A path that does not begin with a move is none.
  void begin_again() {
    failed_ = failed_ || out_.verbs.empty();
    out_.add(path_verb::move, {begin_});
  }

  void add(path_verb verb, std::initializer_list<path_point> to) {
    out_.add(verb, to);
    here_ = out_.points.back();
  }

  // The last control point, beyond where its curve ended; that end, if the last step was no such curve.
  path_point mirrored(path_verb verb) const noexcept {
    if (out_.verbs.back() != verb)
      return here_;
    return {2 * here_.x - control_.x, 2 * here_.y - control_.y};
  }

  path_point point() noexcept {
    auto x = number();
    auto y = number();
    return relative_ ? path_point{here_.x + x, here_.y + y} : path_point{x, y};
  }

  double number() noexcept {
    skip_separators();
    if (rest_.starts_with('+'))
      rest_.remove_prefix(1);
    double value = 0;
    auto [end, fault] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    failed_ = failed_ || fault != std::errc{} || !(std::abs(value) <= farthest);
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return failed_ ? 0 : value;
  }

  void skip_separators() noexcept {
    auto at = rest_.find_first_not_of(" \t\r\n,");
    rest_.remove_prefix(at == rest_.npos ? rest_.size() : at);
  }

  std::string_view rest_;
  vector_path out_;
  path_point begin_; // of the part that a close ends
  path_point here_;
  path_point control_; // the last of the last curve
  bool relative_ = false;
  bool failed_ = false;
};

} // namespace

std::optional<vector_path> read_path(std::string_view text) {
  return path_reader{text}.read();
}

vector_path parse_path(std::string_view text) {
  auto path = read_path(text);
  assert(path);
  return path.value_or(vector_path{});
}

void append_path_data(std::string& out, const vector_path& path, const placement& where, int decimals) {
  path.for_each([&](path_verb verb, const path_point* to) {
    out.push_back("MLQCZ"[static_cast<std::size_t>(verb)]);
    for (std::size_t at = 0; at < point_count(verb); ++at) {
      if (at > 0)
        out.push_back(' ');
      auto [x, y] = where(to[at]);
      append_decimal(out, x, decimals);
      out.push_back(' ');
      append_decimal(out, y, decimals);
    }
  });
}

} // namespace tessera
