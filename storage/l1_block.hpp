#pragma once

#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace tessera {

/// An array of fixed length, every element value-initialised, that knows what it takes from the allocator.
template <class T>
class l1_block {
public:
  l1_block() noexcept = default;

  explicit l1_block(std::size_t size) : size_(size) {
    if (size == 0)
      return;
    data_ = static_cast<T*>(::operator new (size * sizeof(T), std::align_val_t{alignof(T)}));
    std::uninitialized_value_construct_n(data_, size);
  }

  l1_block(l1_block&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {
  }
  l1_block& operator=(l1_block&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }

  ~l1_block() {
    if (!data_)
      return;
    std::destroy_n(data_, size_);
    ::operator delete (data_, std::align_val_t{alignof(T)});
  }

  T& operator[](std::size_t at) noexcept {
    return data_[at];
  }
  const T& operator[](std::size_t at) const noexcept {
    return data_[at];
  }
  T* data() noexcept {
    return data_;
  }
  const T* data() const noexcept {
    return data_;
  }
  std::size_t size() const noexcept {
    return size_;
  }

  /// Returns the bytes taken from the allocator, the word that glibc puts before a block included.
  std::size_t footprint() const noexcept {
    return data_ ? ::malloc_usable_size(data_) + sizeof(std::size_t) : 0;
  }

private:
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

} // namespace tessera
