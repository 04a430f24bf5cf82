#pragma once

#include "cards/result.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace tessera {

/// Who may use a file beside its owner.
enum class file_privacy : std::uint8_t { shared, owner_only };

/// Returns whether nobody but those meant to can use a file of this mode and owner when `user` runs the service. That
/// is its owner alone; but a file of root's that another user runs with may also be readable by its group, for this is
/// how keys are handed out (Debian's group ssl-cert, systemd's credentials; PostgreSQL has the same rule).
bool is_private(mode_t mode, uid_t owner, uid_t user) noexcept;

/// Returns the content of a regular file of up to 1 MiB, or nothing if there is no such file. The error is one sentence
/// that calls it `what` ("the cache secret file") and says what to change.
result<std::optional<std::string>> read_small_file(const std::filesystem::path& file, std::string_view what,
                                                   file_privacy privacy);

} // namespace tessera
