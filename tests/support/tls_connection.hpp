#pragma once

#include "tests/support/raw_connection.hpp"
#include "tests/support/tls_client.hpp"

namespace tessera::test {

/// The same over TLS: what is sent and received is what is encrypted. The constructor ends with the handshake; where
/// that fails it throws std::runtime_error with OpenSSL's reason.
class tls_connection : public raw_connection {
public:
  explicit tls_connection(std::uint16_t port) : tls_connection(port, options{}) {
  }
  tls_connection(std::uint16_t port, options how, const tls_client::options& tls = {});

  tls_client& tls() noexcept {
    return tls_;
  }

  /// Returns whether the peer has announced the end (close_notify), reading until then.
  bool ends_orderly();

private:
  ssize_t pull(std::span<char> to) override {
    return tls_.read(to);
  }
  ssize_t push(std::string_view from) override {
    return tls_.write(from);
  }

  tls_client tls_;
};

} // namespace tessera::test
