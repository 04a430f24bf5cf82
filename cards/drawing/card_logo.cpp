#include "cards/drawing/card_logo.hpp"

#include "cards/drawing/vector_path.hpp"

#include <charconv>
#include <optional>
#include <string>

namespace tessera {

namespace {

// Of path data, so that a card stays below 20 KB.
constexpr std::size_t most_data = 4'000;

constexpr std::string_view white_space = " \t\r\n";

failure refuse(std::string why) {
  return {error_code::validation, "The logo cannot be used: " + std::move(why) + "."};
}

std::string_view trimmed(std::string_view text) noexcept {
  auto begin = text.find_first_not_of(white_space);
  if (begin == text.npos)
    return {};
  return text.substr(begin, text.find_last_not_of(white_space) - begin + 1);
}

// An element's opening tag, without its angle brackets.
class tag {
public:
  explicit tag(std::string_view text) noexcept {
    auto end = text.find_first_of(" \t\r\n/");
    name_ = text.substr(0, end);
    rest_ = end == text.npos ? std::string_view{} : text.substr(end);
  }

  std::string_view name() const noexcept {
    return name_;
  }

  /// Takes the next attribute off; nothing if there is none, or none that is well formed.
  bool next(std::string_view& name, std::string_view& value) noexcept {
    auto equals = rest_.find('=');
    if (equals == rest_.npos)
      return false;
    name = trimmed(rest_.substr(0, equals));
    auto begin = rest_.find_first_not_of(white_space, equals + 1);
    if (begin == rest_.npos || (rest_[begin] != '"' && rest_[begin] != '\''))
      return false;
    auto end = rest_.find(rest_[begin], begin + 1);
    if (end == rest_.npos)
      return false;
    value = rest_.substr(begin + 1, end - begin - 1);
    rest_.remove_prefix(end + 1);
    return true;
  }

private:
  std::string_view name_;
  std::string_view rest_;
};

// "#rgb" or "#rrggbb".
std::optional<rgb> read_colour(std::string_view text) noexcept {
  if (!text.starts_with('#') || (text.size() != 4 && text.size() != 7))
    return std::nullopt;
  text.remove_prefix(1);
  auto digits = text.size() / 3;
  std::uint8_t parts[3];
  for (std::size_t at = 0; at < 3; ++at) {
    auto part = text.substr(at * digits, digits);
    auto [end, fault] = std::from_chars(part.data(), part.data() + part.size(), parts[at], 16);
    if (fault != std::errc{} || end != part.data() + part.size())
      return std::nullopt;
    if (digits == 1)
      parts[at] = static_cast<std::uint8_t>(parts[at] * 17);
  }
  return rgb{parts[0], parts[1], parts[2]};
}

class logo_reader {
public:
  status read(tag element) {
    if (element.name() == "svg")
      return read_root(element);
    if (element.name() == "path")
      return read_shape(element);
    if (element.name() == "title" || element.name() == "desc")
      return ok();
    return refuse("it holds a <" + std::string{element.name()} + ">, not only paths");
  }

  result<card_logo> finish() && {
    if (logo_.width <= 0 || logo_.height <= 0)
      return refuse("it has no viewBox");
    if (logo_.shapes.empty())
      return refuse("it holds no path");
    return std::move(logo_);
  }

private:
  status read_root(tag element) {
    std::string_view name;
    std::string_view value;
    while (element.next(name, value))
      if (name == "viewBox") {
        // Two points make a path's step, which is read already.
        auto box = read_path("M" + std::string{value});
        if (!box || box->points.size() != 2 || box->points[1].x <= 0 || box->points[1].y <= 0)
          return refuse("its viewBox is not four numbers");
        origin_ = box->points[0];
        logo_.width = box->points[1].x;
        logo_.height = box->points[1].y;
      }
    return ok();
  }

  status read_shape(tag element) {
    card_shape shape;
    bool filled = true;
    std::string_view name;
    std::string_view value;
    while (element.next(name, value)) {
      if (name == "d") {
        auto path = read_path(value);
        if (!path)
          return refuse("a path has an arc or is malformed");
        if (data_ += value.size(); data_ > most_data)
          return refuse("its paths take more than 4,000 characters");
        append_path_data(shape.path, *path, {1, 1, -origin_.x, -origin_.y}, 3);
      } else if (name == "fill") {
        filled = value != "none";
        auto colour = read_colour(value);
        if (filled && !colour)
          return refuse("a path's fill is not written as #rrggbb");
        shape.colour = colour.value_or(rgb{});
      } else if (name != "id") {
        return refuse("a path has the attribute " + std::string{name} + ", which is not understood");
      }
    }
    if (filled)
      logo_.shapes.push_back(std::move(shape));
    return ok();
  }

  card_logo logo_;
  path_point origin_;
  std::size_t data_ = 0;
};

} // namespace

result<card_logo> read_logo(std::string_view svg) {
  logo_reader reader;
  for (auto begin = svg.find('<'); begin != svg.npos; begin = svg.find('<')) {
    svg.remove_prefix(begin + 1);
    bool comment = svg.starts_with("!--");
    auto end = svg.find(comment ? "-->" : ">");
    if (end == svg.npos)
      return refuse("it is cut");
    // Closing tags, declarations and comments say nothing to us.
    if (svg.front() != '/' && svg.front() != '?' && svg.front() != '!')
      if (auto read = reader.read(tag{svg.substr(0, end)}); !read)
        return read.error();
    svg.remove_prefix(end);
  }
  return std::move(reader).finish();
}

} // namespace tessera
