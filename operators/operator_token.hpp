#pragma once

#include "cards/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace tessera {

/// The secret by which whoever may read a file on this machine may operate the node: 32 random bytes, new at each
/// start. Its text is "tot_" and their base64url. Immutable; any thread.
class operator_token {
public:
  static constexpr std::string_view prefix = "tot_";

  /// Makes a token, to be found in `file` once published. Throws std::runtime_error if the system has no source of
  /// randomness.
  explicit operator_token(const std::filesystem::path& file);

  /// Writes it to its file (0600), in place of what an earlier start has left there. The error is one sentence.
  status publish() const;

  /// Returns whether `presented` is the token; how long that takes tells nothing about it.
  bool is(std::string_view presented) const noexcept;

  /// Returns where it stands, an absolute path.
  const std::filesystem::path& file() const noexcept {
    return file_;
  }

  /// Removes the file, unless another node has put its own token there meanwhile.
  void withdraw() const noexcept;

private:
  std::filesystem::path file_;
  std::string text_;
};

} // namespace tessera
