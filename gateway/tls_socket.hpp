#pragma once

struct bio_st; // OpenSSL's BIO

namespace tessera {

/// A socket as OpenSSL reads and writes it. It reads once for each time that it was allowed to: OpenSSL would go on as
/// long as a record gives nothing for the application and the peer sends more, and so never come back from a peer that
/// sends such records faster than they can be opened. Writing raises no SIGPIPE.
struct tls_socket {
  int fd = -1;
  bool may_read = false;
  bool at_end = false; ///< the peer has shut its side down

  /// Returns a BIO for this socket, which must outlive it; null if memory is short.
  bio_st* make_bio() noexcept;
};

} // namespace tessera
