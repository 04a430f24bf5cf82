#pragma once

#include "guard/ip_address.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tessera {

/// What the first bytes of a connection are, read as a PROXY header: by which a proxy that passes bytes on says whom it
/// does it for (haproxy's doc/proxy-protocol.txt of 2020, versions 1 and 2).
struct proxy_header {
  enum class state : std::uint8_t {
    incomplete, ///< may become a header: more bytes, please
    absent,     ///< no header: something else begins here
    malformed,  ///< neither a header nor anything else
    complete,
  };
  enum class origin : std::uint8_t {
    proxy,   ///< the proxy speaks for itself (a health check): the client is the connection's other end
    unknown, ///< the proxy speaks for somebody whose address it can't tell (or by a protocol that is not ours)
    address, ///< for `source`
  };

  state what = state::incomplete;
  std::size_t size = 0; ///< of the header, if complete: what the client sent begins behind it
  origin from = origin::proxy;
  ip_address source{}; ///< where the client connects from

  bool operator==(const proxy_header&) const noexcept = default;
};

/// Both versions fit into the smallest segment that any host must take (section 2). Extensions that make a header
/// larger (a client's certificate) are refused.
inline constexpr std::size_t most_proxy_header_bytes = 536;

/// Reads the header that `received` begins with, all bytes of the connection so far. Strict: what the specification
/// does not allow is malformed. Extensions (TLVs) are skipped unread. Looks at no more than `most_proxy_header_bytes`,
/// and says incomplete for fewer than these only. Whoever asks decides whom to believe: only connections from trusted
/// networks may begin with a header, and it is configured, never guessed, whether they do (section 2). Pure.
proxy_header parse_proxy_header(std::string_view received) noexcept;

} // namespace tessera
