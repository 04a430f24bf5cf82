#pragma once

#include "cards/errors.hpp"

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace tessera {

/// Why an operation failed. `detail` is one sentence for the log or for an operator; it never holds an ID number,
/// a secret or a member's data.
struct failure {
  error_code code = error_code::internal;
  std::string detail;

  bool operator==(const failure&) const = default;
};

/// A value, or why there is none. (C++23 has std::expected; this is the part of it that we use.)
template <class T>
class [[nodiscard]] result {
public:
  result(T value) : state_(std::in_place_index<0>, std::move(value)) {
  }
  result(failure why) : state_(std::in_place_index<1>, std::move(why)) {
  }

  bool has_value() const noexcept {
    return state_.index() == 0;
  }
  explicit operator bool() const noexcept {
    return has_value();
  }

  /// REQUIRES: has_value().
  T& value() & noexcept {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& noexcept {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }
  T&& value() && noexcept {
    assert(has_value());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & noexcept {
    return value();
  }
  const T& operator*() const& noexcept {
    return value();
  }
  T&& operator*() && noexcept {
    return std::move(*this).value();
  }
  T* operator->() noexcept {
    return &value();
  }
  const T* operator->() const noexcept {
    return &value();
  }

  /// REQUIRES: !has_value().
  const failure& error() const noexcept {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }

private:
  std::variant<T, failure> state_;
};

/// The result of what returns nothing but may fail.
using status = result<std::monostate>;

/// Returns success.
inline status ok() {
  return std::monostate{};
}

} // namespace tessera
