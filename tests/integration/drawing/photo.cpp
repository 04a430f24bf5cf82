#include "tests/integration/drawing/photo.hpp"

#include "tests/integration/drawing/tools.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace tessera::test {

namespace {

constexpr double table_grey = 120;

class picture {
public:
  picture(int width, int height)
      : width(width), height(height), grey_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height)) {
  }

  static picture load(const std::filesystem::path& path) {
    auto file = read_file(path);
    std::istringstream in{file};
    std::string magic;
    int width = 0;
    int height = 0;
    int brightest = 0;
    in >> magic >> width >> height >> brightest;
    in.get();
    picture out{width, height};
    auto begin = static_cast<std::size_t>(in.tellg());
    if (magic != "P5" || brightest != 255 || file.size() < begin + out.grey_.size())
      throw std::runtime_error{"not a PGM picture: " + path.string()};
    for (std::size_t at = 0; at < out.grey_.size(); ++at)
      out.grey_[at] = static_cast<unsigned char>(file[begin + at]);
    return out;
  }

  void save(const std::filesystem::path& path) const {
    auto file = "P5\n" + std::to_string(width) + ' ' + std::to_string(height) + "\n255\n";
    for (auto grey : grey_)
      file.push_back(static_cast<char>(std::lround(std::clamp(grey, 0.0, 255.0))));
    write_file(path, file);
  }

  double& at(int x, int y) {
    return grey_[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
  }

  /// Between four pixels; the table where there is none.
  double sample(double x, double y) {
    auto left = static_cast<int>(std::floor(x));
    auto top = static_cast<int>(std::floor(y));
    auto pixel = [&](int column, int row) {
      return column >= 0 && row >= 0 && column < width && row < height ? at(column, row) : table_grey;
    };
    auto across = x - left;
    auto down = y - top;
    return (1 - down) * ((1 - across) * pixel(left, top) + across * pixel(left + 1, top))
           + down * ((1 - across) * pixel(left, top + 1) + across * pixel(left + 1, top + 1));
  }

  int width;
  int height;

private:
  std::vector<double> grey_;
};

picture blurred(picture from, double radius) {
  auto reach = static_cast<int>(std::ceil(radius));
  if (reach == 0)
    return from;
  std::vector<double> weights;
  double sum = 0;
  for (int away = -reach; away <= reach; ++away) {
    weights.push_back(std::exp(-2 * away * away / (radius * radius)));
    sum += weights.back();
  }
  for (bool across : {true, false}) {
    picture out{from.width, from.height};
    for (int y = 0; y < from.height; ++y)
      for (int x = 0; x < from.width; ++x) {
        double grey = 0;
        for (int away = -reach; away <= reach; ++away)
          grey += weights[static_cast<std::size_t>(away + reach)]
                  * from.sample(across ? x + away : x, across ? y : y + away);
        out.at(x, y) = grey / sum;
      }
    from = out;
  }
  return from;
}

} // namespace

void take_photo(const std::filesystem::path& from, const std::filesystem::path& to, const bad_photo& how) {
  auto original = picture::load(from);
  // A third more around it, which the turn may take.
  picture photo{original.width * 4 / 3, original.height * 3 / 2};
  for (int y = 0; y < photo.height; ++y)
    for (int x = 0; x < photo.width; ++x) {
      auto right = x - photo.width / 2.0;
      auto down = y - photo.height / 2.0;
      auto turned_right = std::cos(how.turn) * right + std::sin(how.turn) * down;
      auto turned_down = std::cos(how.turn) * down - std::sin(how.turn) * right;
      // Farther away is smaller: a plane in perspective.
      auto depth = 1 - how.tilt * turned_down / photo.height;
      photo.at(x, y) =
          original.sample(original.width / 2.0 + turned_right * depth, original.height / 2.0 + turned_down * depth);
    }
  photo = blurred(std::move(photo), how.blur);
  std::mt19937_64 random{how.seed};
  std::normal_distribution<double> noise{0, std::max(how.noise, 1e-9)};
  for (int y = 0; y < photo.height; ++y)
    for (int x = 0; x < photo.width; ++x) {
      auto away = (static_cast<double>(x) / photo.width + static_cast<double>(y) / photo.height) / 2;
      photo.at(x, y) = photo.at(x, y) * (1 - how.shadow * away) + noise(random);
    }
  photo.save(to);
}

} // namespace tessera::test
