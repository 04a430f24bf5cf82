#pragma once

#include "cards/id_number.hpp"
#include "cards/member.hpp"
#include "cards/member_id.hpp"
#include "cards/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

namespace tessera {
class store_connection;
}

namespace tessera::loadtest {

/// A member who is asked for, and what the answer must say.
struct load_member {
  id_number number;
  member_id id{};           ///< 0: not known
  bool may_have_card = true; ///< that is valid long enough to be verified; false: certainly not

  bool operator==(const load_member&) const = default;
};

/// Reads up to `most` active members of a store, newest first. Those whose cards expire before `valid_until` have none
/// to verify. `read` hears now and then how many there are so far.
result<std::vector<load_member>> members_of_store(store_connection& store, std::size_t most, utc_time valid_until,
                                                  const std::function<void(std::size_t)>& read);

/// Reads up to `most` members from a file: an ID number a line, and behind a comma their member id where it is known.
/// Whatever is wrong is told by the number of its line alone.
result<std::vector<load_member>> members_of_file(const std::filesystem::path& file, std::size_t most);

/// Puts the members in a random order, so that the popular ones are not those next to each other in the store.
void shuffle(std::span<load_member> members, std::uint64_t seed) noexcept;

} // namespace tessera::loadtest
