#pragma once

#include "loadtest/members.hpp"
#include "loadtest/mix.hpp"

#include <string>
#include <string_view>

namespace tessera::loadtest {

/// A card that was made before, as the body of a request to verify it, and whose it is.
struct issued_card {
  load_member holder;
  std::string request; ///< the whole HTTP request
};

/// Writes requests to one server as text. What does not change of them is made once.
class request_writer {
public:
  /// `host`: for the header Host; `key`: an API key, or empty.
  request_writer(std::string_view host, std::string_view key);

  /// Returns a request for a member, or for the statistics; it is good until the next call. REQUIRES: asked is not
  /// `verify`: its requests are those of issued cards.
  std::string_view write(scenario asked, const load_member& whom);

  /// Returns the request for the card of a member with its token, which is good until the next call.
  std::string_view card_of(const load_member& whom);

  /// Returns the request that verifies a card by its token.
  std::string verify(std::string_view token) const;

private:
  /// Returns what follows the path of a POST.
  std::string post_end(std::string_view body) const;

  std::string headers_; ///< common to all, each with its end of line
  std::string get_end_;
  std::string generate_end_;
  std::string text_;
};

} // namespace tessera::loadtest
