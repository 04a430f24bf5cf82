#include "app/command.hpp"

#include <cstdio>

namespace tessera {

int give_up(int code, std::string_view sentence) {
  std::fprintf(stderr, "tessera: %.*s\n", static_cast<int>(sentence.size()), sentence.data());
  return code;
}

} // namespace tessera
