#pragma once

#include "guard/api_key.hpp"
#include "guard/client_key.hpp"
#include "guard/client_naming.hpp"
#include "guard/ip_address.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

struct sockaddr_storage;

namespace tessera {

/// What a connection's last Authorization header with a key presented: clients send the same one with each request, and
/// to hash it each time would be a twentieth of what a lookup costs.
class presented_key {
public:
  /// Returns what `line` presents, as `read_authorization` does.
  credentials read(std::string_view line);

  /// Returns what `naming` calls the holder of the key `id`, always the same `naming`.
  client_key name_of(const key_id& id, const client_naming& naming);

private:
  /// A key with its scheme; who writes more blanks between them than this is no client that sends many requests.
  static constexpr std::size_t most_remembered = 128;

  std::array<char, most_remembered> line_; ///< in place: at each request of a connection, memory is cold
  std::size_t size_ = 0;
  credentials what_;
  key_id named_; ///< whose `name_` is; no key's at first
  client_key name_{};
};

/// Who is at the other end of a connection.
struct peer {
  ip_address other_end;               ///< of the socket itself
  ip_address client;                  ///< what its PROXY header says, else the other end
  client_key name;                    ///< of `client`
  bool trusted = false;               ///< `client` is in a trusted network: a proxy, which speaks for many
  bool awaits_header = false;         ///< a PROXY header has to come first
  bool proxied = false;               ///< it came behind a PROXY header
  bool counted = false;               ///< in the connection counter, under `name`
  std::size_t header_seen = 0;        ///< bytes of its PROXY header so far
  std::unique_ptr<presented_key> key; ///< of its last request that had one
};

/// Returns the address in what the system tells of a socket; "::" for families other than IPv4 and IPv6.
ip_address address_of(const sockaddr_storage& from) noexcept;

} // namespace tessera
