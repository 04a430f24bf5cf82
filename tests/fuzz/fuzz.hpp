#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

/// What the fuzz targets share. Each target is one function that takes any bytes and checks what must hold for all of
/// them; libFuzzer calls it, or tests/fuzz/replay.cpp for the kept inputs.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace tessera::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) noexcept {
  return {reinterpret_cast<const char*>(data), size};
}

/// Ends the program, as a finding, where `holds` is false; also where assertions are compiled out.
inline void require(bool holds, const char* what) {
  if (holds)
    return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

/// Takes parts off the front of an input, for targets that need more than one value.
class reader {
public:
  explicit reader(std::string_view bytes) noexcept : rest_(bytes) {
  }

  std::uint8_t byte() noexcept {
    if (rest_.empty())
      return 0;
    auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  /// Returns the bytes up to the next `end`, which is taken, too.
  std::string_view up_to(char end) noexcept {
    auto at = rest_.find(end);
    auto part = rest_.substr(0, at);
    rest_.remove_prefix(at == rest_.npos ? rest_.size() : at + 1);
    return part;
  }
  std::string_view rest() const noexcept {
    return rest_;
  }
  bool empty() const noexcept {
    return rest_.empty();
  }

private:
  std::string_view rest_;
};

} // namespace tessera::fuzz
