#pragma once

#include "guard/api_key.hpp"
#include "guard/client_key.hpp"
#include "guard/client_naming.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tessera {

/// What Authorization headers presented of late. Clients send the same one with each request, and to hash its key each
/// time would be a twentieth of what a lookup costs. A header is known by a hash under a secret (SipHash-2-4-128), so
/// that nobody can measure their way to another's key, and none is kept. One owner.
class presented_keys {
public:
  struct holder {
    credentials what;
    client_key name; ///< of who holds a key of that id
  };

  /// `naming` must outlive this.
  explicit presented_keys(const client_naming& naming);

  /// Returns what a request's only Authorization line presents (see `read_authorization`); valid until the next call.
  const holder& read(std::string_view line);

private:
  using hash = std::array<std::uint64_t, 2>;
  struct entry {
    hash of{}; ///< of no line at first: chance will not have it
    holder shown;
  };

  /// Keys that are in use at once, as a rule; those that fall together push each other out. A power of two.
  static constexpr std::size_t remembered = 1'024;

  const client_naming& naming_;
  std::array<std::uint8_t, 16> secret_;
  std::vector<entry> entries_;
  holder other_; ///< what the last line presented that was not kept
};

} // namespace tessera
