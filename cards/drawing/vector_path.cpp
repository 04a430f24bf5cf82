#include "cards/drawing/vector_path.hpp"

#include <cassert>
#include <charconv>

namespace tessera {

namespace {

class path_reader {
public:
  explicit path_reader(std::string_view text) noexcept : rest_(text) {
  }

  bool at_end() noexcept {
    while (!rest_.empty() && rest_.front() == ' ')
      rest_.remove_prefix(1);
    return rest_.empty();
  }

  char command() noexcept {
    auto taken = rest_.front();
    rest_.remove_prefix(1);
    return taken;
  }

  double number() noexcept {
    [[maybe_unused]] auto more = !at_end();
    assert(more);
    double value = 0;
    auto [end, fault] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    assert(fault == std::errc{});
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

  path_point point() noexcept {
    auto x = number();
    return {x, number()};
  }

private:
  std::string_view rest_;
};

} // namespace

vector_path parse_path(std::string_view text) {
  vector_path out;
  path_reader in{text};
  while (!in.at_end()) {
    auto last = out.points.empty() ? path_point{} : out.points.back();
    switch (in.command()) {
    case 'M':
      out.add(path_verb::move, {in.point()});
      break;
    case 'L':
      out.add(path_verb::line, {in.point()});
      break;
    case 'H':
      out.add(path_verb::line, {{in.number(), last.y}});
      break;
    case 'V':
      out.add(path_verb::line, {{last.x, in.number()}});
      break;
    case 'Q':
      out.add(path_verb::quadratic, {in.point(), in.point()});
      break;
    case 'C':
      out.add(path_verb::cubic, {in.point(), in.point(), in.point()});
      break;
    case 'Z':
      out.add(path_verb::close, {});
      break;
    default:
      assert(false);
    }
  }
  return out;
}

} // namespace tessera
