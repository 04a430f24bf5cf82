#pragma once

#include <unistd.h>

#include <utility>

namespace tessera {

/// A file descriptor that is closed with this object.
class descriptor {
public:
  explicit descriptor(int number) noexcept : number_(number) {
  }
  ~descriptor() {
    if (number_ >= 0)
      ::close(number_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;

  int number() const noexcept {
    return number_;
  }
  /// Returns the number and lets go of it: somebody else closes it from now on.
  int release() noexcept {
    return std::exchange(number_, -1);
  }
  explicit operator bool() const noexcept {
    return number_ >= 0;
  }

private:
  int number_;
};

} // namespace tessera
