#pragma once

#include <filesystem>

namespace tessera::test {

/// A directory of its own under $TMPDIR (else /tmp), mode 0700, removed with all it holds. Throws std::system_error if
/// it cannot be made.
class temp_dir {
public:
  temp_dir();
  ~temp_dir();
  temp_dir(const temp_dir&) = delete;
  temp_dir& operator=(const temp_dir&) = delete;

  const std::filesystem::path& path() const noexcept {
    return path_;
  }

  /// Returns the path of `name` within the directory.
  std::filesystem::path operator/(const std::filesystem::path& name) const {
    return path_ / name;
  }

private:
  std::filesystem::path path_;
};

} // namespace tessera::test
