#include "tests/support/temp_dir.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace tessera::test {

temp_dir::temp_dir() {
  const char* base = std::getenv("TMPDIR");
  std::string name = (base != nullptr && *base != '\0') ? base : "/tmp";
  // Short, because the path of a Unix socket within may have 107 bytes only.
  name += "/tessera.XXXXXX";
  if (::mkdtemp(name.data()) == nullptr)
    throw std::system_error(errno, std::generic_category(), "cannot make a directory " + name);
  path_ = name;
}

temp_dir::~temp_dir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

} // namespace tessera::test
