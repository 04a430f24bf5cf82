#include "web/web_files.hpp"

#include <algorithm>

namespace tessera {

const web_file* find_web_file(std::string_view path) noexcept {
  for (auto files : {verify_files(), docs_files()})
    if (auto found = std::ranges::find(files, path, &web_file::path); found != files.end())
      return &*found;
  return nullptr;
}

} // namespace tessera
