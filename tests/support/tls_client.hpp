#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <sys/types.h>

struct ssl_st;
struct ssl_session_st;

namespace tessera::test {

/// The client's side of TLS on a non-blocking socket that it does not own. It believes any certificate.
class tls_client {
public:
  struct freer {
    void operator()(ssl_st* ssl) const noexcept;
    void operator()(ssl_session_st* session) const noexcept;
  };
  using resumable = std::shared_ptr<ssl_session_st>;

  struct options {
    int version = 0;                        ///< OpenSSL's number, of this version alone; 0: any
    std::string protocols = "\x08http/1.1"; ///< offered by ALPN, each with its length in front; "": none
    std::string ciphers{};                  ///< of TLS 1.2; "": OpenSSL's choice
    resumable session{};                    ///< what to resume
  };

  /// Throws std::runtime_error if OpenSSL cannot do what the options say.
  tls_client(int fd, const options& how);
  explicit tls_client(int fd) : tls_client(fd, options{}) {
  }

  /// Goes on with the handshake as far as it goes. Returns 1 when it is done, else -1 with errno set as by `read`.
  int shake_hands();

  /// Like recv and send: EAGAIN where more of the other side is needed, ECONNRESET when the connection has failed, 0
  /// when the other side has said that it sends nothing more.
  ssize_t read(std::span<char> to);
  ssize_t write(std::string_view from);

  /// Says that nothing more is sent (close_notify).
  void shut_down();

  /// Asks for a handshake anew (TLS 1.2).
  void ask_to_renegotiate();

  /// Gives both directions new keys (TLS 1.3), with the next write.
  void ask_for_new_keys();

  std::string version() const;  ///< e.g. "TLSv1.3"
  std::string cipher() const;   ///< e.g. "TLS_AES_128_GCM_SHA256"
  std::string protocol() const; ///< agreed by ALPN; "" if none is
  std::string name() const;     ///< the CN of the server's certificate
  int chain_length() const;     ///< certificates that the server sent
  bool resumed() const;
  bool has_ticket() const;
  resumable session() const; ///< to be resumed, once something has been read

  /// Returns OpenSSL's last reason of a failure, e.g. "no renegotiation".
  const std::string& failure() const noexcept {
    return failure_;
  }

private:
  int settle(int result);

  std::unique_ptr<ssl_st, freer> ssl_;
  std::string failure_;
};

} // namespace tessera::test
