#pragma once

#include "cards/member.hpp"
#include "cards/result.hpp"
#include "config/settings.hpp"
#include "gateway/tls_stream.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>

struct ssl_ctx_st; // OpenSSL's SSL_CTX

namespace tessera {

/// A certificate with its key, and how TLS is spoken with them (docs/decisions/0015). Immutable and shared by all
/// loops: a renewed certificate is another context, and connections keep the one that they began with. Any thread.
class tls_context {
public:
  /// Reads the files. The error is one sentence that names the file and says what to change.
  static result<std::shared_ptr<const tls_context>> load(const tls_settings& files);

  /// Returns a stream that awaits a client's handshake on the non-blocking socket `fd`; null if memory is short.
  std::unique_ptr<tls_stream> accept(int fd) const;

  /// Returns until when the certificate is valid: "Nov 24 18:38:56 2027 GMT".
  std::string valid_until() const;

  /// Returns the same as a time; nothing if the certificate does not tell.
  std::optional<utc_time> ends() const;

private:
  struct freer {
    void operator()(ssl_ctx_st* context) const noexcept;
  };
  using handle = std::unique_ptr<ssl_ctx_st, freer>;

  explicit tls_context(handle context) noexcept : context_(std::move(context)) {
  }

  handle context_;
};

} // namespace tessera
