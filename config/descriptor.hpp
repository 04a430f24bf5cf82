#pragma once

#include <unistd.h>

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
  explicit operator bool() const noexcept {
    return number_ >= 0;
  }

private:
  int number_;
};

} // namespace tessera
