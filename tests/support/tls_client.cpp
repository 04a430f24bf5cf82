#include "tests/support/tls_client.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>

namespace tessera::test {

void tls_client::freer::operator()(ssl_st* ssl) const noexcept {
  ::SSL_free(ssl);
}

void tls_client::freer::operator()(ssl_session_st* session) const noexcept {
  ::SSL_SESSION_free(session);
}

tls_client::tls_client(int fd, const options& how) {
  std::signal(SIGPIPE, SIG_IGN); // OpenSSL writes without MSG_NOSIGNAL
  std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)> context{::SSL_CTX_new(::TLS_client_method()), ::SSL_CTX_free};
  if (!context)
    throw std::runtime_error("OpenSSL cannot be used");
  // What the server refuses must not be refused here already.
  ::SSL_CTX_set_security_level(context.get(), 0);
  ::SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  ssl_.reset(::SSL_new(context.get()));
  bool done = ssl_ && ::SSL_set_fd(ssl_.get(), fd) == 1
              && (how.version == 0 ? ::SSL_set_min_proto_version(ssl_.get(), TLS1_VERSION) == 1
                                   : ::SSL_set_min_proto_version(ssl_.get(), how.version) == 1
                                         && ::SSL_set_max_proto_version(ssl_.get(), how.version) == 1)
              && (how.ciphers.empty() || ::SSL_set_cipher_list(ssl_.get(), how.ciphers.c_str()) == 1)
              && (how.protocols.empty()
                  || ::SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(how.protocols.data()),
                                           static_cast<unsigned>(how.protocols.size()))
                         == 0)
              && (!how.session || ::SSL_set_session(ssl_.get(), how.session.get()) == 1);
  if (!done)
    throw std::runtime_error("OpenSSL does not take the options of a client");
  ::SSL_set_connect_state(ssl_.get());
}

int tls_client::settle(int result) {
  switch (::SSL_get_error(ssl_.get(), result)) {
  case SSL_ERROR_WANT_READ:
  case SSL_ERROR_WANT_WRITE:
    errno = EAGAIN;
    return -1;
  case SSL_ERROR_ZERO_RETURN:
    errno = 0;
    return 0;
  default:
    const auto* reason = ::ERR_reason_error_string(::ERR_peek_last_error());
    failure_ = reason ? reason : "connection lost";
    errno = ECONNRESET;
    return -1;
  }
}

int tls_client::shake_hands() {
  ::ERR_clear_error();
  auto result = ::SSL_do_handshake(ssl_.get());
  return result == 1 ? 1 : settle(result);
}

ssize_t tls_client::read(std::span<char> to) {
  ::ERR_clear_error();
  auto result = ::SSL_read(ssl_.get(), to.data(), static_cast<int>(to.size()));
  return result > 0 ? result : settle(result);
}

ssize_t tls_client::write(std::string_view from) {
  ::ERR_clear_error();
  auto result = ::SSL_write(ssl_.get(), from.data(), static_cast<int>(from.size()));
  return result > 0 ? result : settle(result);
}

void tls_client::shut_down() {
  ::ERR_clear_error();
  ::SSL_shutdown(ssl_.get());
}

void tls_client::ask_to_renegotiate() {
  ::ERR_clear_error();
  ::SSL_renegotiate(ssl_.get());
}

void tls_client::ask_for_new_keys() {
  ::ERR_clear_error();
  ::SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED);
}

std::string tls_client::version() const {
  return ::SSL_get_version(ssl_.get());
}

std::string tls_client::cipher() const {
  return ::SSL_get_cipher_name(ssl_.get());
}

std::string tls_client::protocol() const {
  const unsigned char* text = nullptr;
  unsigned size = 0;
  ::SSL_get0_alpn_selected(ssl_.get(), &text, &size);
  return {reinterpret_cast<const char*>(text), size};
}

std::string tls_client::name() const {
  const auto* certificate = ::SSL_get0_peer_certificate(ssl_.get());
  std::array<char, 256> text{};
  if (certificate)
    ::X509_NAME_get_text_by_NID(::X509_get_subject_name(certificate), NID_commonName, text.data(), text.size());
  return text.data();
}

int tls_client::chain_length() const {
  return sk_X509_num(::SSL_get_peer_cert_chain(ssl_.get()));
}

bool tls_client::resumed() const {
  return ::SSL_session_reused(ssl_.get()) == 1;
}

bool tls_client::has_ticket() const {
  const auto* session = ::SSL_get0_session(ssl_.get());
  return session && ::SSL_SESSION_has_ticket(session) == 1;
}

tls_client::resumable tls_client::session() const {
  return {::SSL_get1_session(ssl_.get()), freer{}};
}

} // namespace tessera::test
