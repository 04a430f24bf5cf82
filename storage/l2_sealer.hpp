#pragma once

#include "cards/member_record.hpp"
#include "cards/result.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace tessera {

/// The one secret that nodes share, and what is derived from it (BLAKE2b, crypto_kdf): the key of L2's names, the key
/// that seals L2's values, the key of ETags, the key under which clients are named. Immutable; any thread.
class l2_sealer {
public:
  static constexpr std::size_t secret_size = 32;
  using secret = std::array<std::uint8_t, secret_size>;

  /// Throws std::runtime_error if the system has no source of randomness.
  explicit l2_sealer(const secret& master);

  /// Reads the secret from `file`, or makes it (random, mode 0600, created atomically: two processes that start at
  /// once end with the same one), and its directory with it. The error says what to change: wrong size, readable by
  /// others, not ours to read.
  static result<secret> load_or_create(const std::filesystem::path& file);

  /// Returns the name under which L2 keeps what belongs to `subject`: a keyed 128-bit hash, 32 hex digits.
  std::string name_of(id_number subject) const;

  /// Returns `plain` sealed with XChaCha20-Poly1305 under a random nonce, bound to `name`, `generation` and `epoch`.
  std::string seal(std::string_view plain, std::string_view name, std::uint64_t generation, std::uint64_t epoch) const;

  /// Returns what `seal` was given, or nothing if it was sealed under another key, name, generation or epoch, or
  /// altered.
  std::optional<std::string> open(std::string_view sealed, std::string_view name, std::uint64_t generation,
                                  std::uint64_t epoch) const;

  const etag_key& etags() const noexcept {
    return etag_key_;
  }

  /// Returns the key for `client_naming`: the same on all nodes, which count a client together.
  const std::array<std::uint8_t, 16>& client_names() const noexcept {
    return client_name_key_;
  }

private:
  std::array<std::uint8_t, 32> name_key_;
  std::array<std::uint8_t, 32> seal_key_;
  etag_key etag_key_;
  std::array<std::uint8_t, 16> client_name_key_;
};

} // namespace tessera
