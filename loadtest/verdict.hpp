#pragma once

#include "loadtest/http_answer.hpp"
#include "loadtest/members.hpp"
#include "loadtest/mix.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tessera::loadtest {

/// What became of a request.
enum class outcome : std::uint8_t {
  good,    ///< answered with what was asked for
  wrong,   ///< answered, but with something else: another member, a status that it should not have
  refused, ///< turned away with a reason: over a limit (429), too much load or no database (503)
  failed   ///< no valid answer: no connection, closed, malformed, too late, a fault of the server's
};

struct verdict {
  outcome what = outcome::good;
  std::string kind; ///< of what is not good: "429 RATE_LIMIT_EXCEEDED", "another member"; never with an ID number
};

/// Returns what an answer is to a request for `whom`, who does not matter to `stats`. What the member id of is not known
/// is checked by the ID number alone.
verdict judge(scenario asked, const http_answer& answer, const load_member& whom);

/// Returns where an answer came from, as it says itself ("HIT L1"), or nothing if it does not.
std::string origin_of(const http_answer& answer);

/// Returns the code of an error's body ("RATE_LIMIT_EXCEEDED"); empty if there is none that looks like one.
std::string_view error_code_of(std::string_view body) noexcept;

} // namespace tessera::loadtest
