#pragma once

#include "cards/card_keys.hpp"
#include "cards/result.hpp"

#include <filesystem>

/// The file with the keys that sign cards (cards/card_keys.hpp), the same on all nodes. Nobody but its owner may read
/// it. Errors are one sentence that says what to change, and hold nothing of a key.
namespace tessera {

/// Returns the keys in `file`, which must be there.
result<card_keys> load_card_keys(const std::filesystem::path& file);

/// Returns the keys in `file`, which is made with one key, and its directory with it, if there is none: of several
/// processes that start at once all end with the same key.
result<card_keys> load_or_create_card_keys(const std::filesystem::path& file);

/// Appends a new key, which signs from then on, and returns its id. The file is replaced in one step, and whoever else
/// appends a key meanwhile waits. If there is none it is made, with the new key alone.
result<card_key_id> rotate_card_keys(const std::filesystem::path& file);

} // namespace tessera
