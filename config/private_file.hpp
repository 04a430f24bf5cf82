#pragma once

#include "cards/result.hpp"

#include <filesystem>
#include <string_view>

namespace tessera {

/// Makes `file`, and its directory, with this content and mode 0600, in one step: whoever reads it sees all of it or no
/// file, also after a crash. A file that is there by then, whoever made it, is left as it is, and that is no error. The
/// error is one sentence that calls the file `what` ("the cache secret file") and says what to change.
status create_private_file(const std::filesystem::path& file, std::string_view content, std::string_view what);

/// Puts this content in place of that of `file`, in one step, too; owner, group and mode remain. A symbolic link stays,
/// and what it leads to is replaced.
status replace_private_file(const std::filesystem::path& file, std::string_view content, std::string_view what);

} // namespace tessera
