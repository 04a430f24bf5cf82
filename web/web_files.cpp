#include "web/web_files.hpp"

#include <algorithm>

namespace tessera {

const web_file* find_web_file(std::string_view path) noexcept {
  auto files = verify_files();
  auto found = std::ranges::find(files, path, &web_file::path);
  return found == files.end() ? nullptr : &*found;
}

} // namespace tessera
