#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tessera {

/// Makes request ids: 24 letters that no other request of this or another process has. Letters only, so that no id
/// ever looks like an ID number. One owner.
class request_ids {
public:
  static constexpr std::size_t length = 24;
  using text = std::array<char, length>;

  /// `seed` is random per process and loop.
  explicit request_ids(std::uint64_t seed) noexcept : seed_(seed) {
  }

  text next() noexcept;

private:
  std::uint64_t seed_;
  std::uint64_t count_ = 0;
};

/// Returns whether a client's X-Request-Id may be used: 1 to 128 characters out of letters, digits and "-_.:/+=@", and
/// nothing that could be an ID number.
bool is_sane_request_id(std::string_view id) noexcept;

/// Returns whether a client's traceparent has the shape of the W3C recommendation, version 00.
bool is_sane_traceparent(std::string_view value) noexcept;

/// Writes `value` as 16 letters from a to p, most significant first.
void write_letters(std::uint64_t value, char* out) noexcept;

} // namespace tessera
