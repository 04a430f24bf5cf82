#pragma once

#include <string>
#include <string_view>

namespace tessera {

/// Returns `text` with the password of a URL replaced by "***", whatever follows the scheme: everything from the first
/// ':' up to the last '@', so that even a password with unescaped '/' or '@' stays hidden. In a redis URL a user
/// without a password is hidden too, because many mean it as the password. Text without such a part is returned as is.
std::string mask_url_password(std::string_view text);

/// Returns `text` with everything but unreserved characters (RFC 3986, section 2.3) percent-encoded.
std::string percent_encode(std::string_view text);

/// Returns whether `text` has the form sqlite:PATH or mysql://[USER[:PASSWORD]@]HOST[:PORT]/NAME[?…].
bool is_store_url(std::string_view text);

/// Returns whether `text` has the form redis://[[USER]:PASSWORD@]HOST[:PORT][/DB].
bool is_redis_url(std::string_view text);

} // namespace tessera
